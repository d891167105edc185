#pragma once
// The ways to count how often a mesh winds about a point.
#include <array>
#include <cstdint>
#include <vector>

#include "core/api/mesh.h"

namespace inflaton {

/// Closed polygons: signed crossings of the ray to the right. Segments are sorted into slabs of y.
class PolygonWinding {
 public:
  explicit PolygonWinding(const Mesh&);
  double at(const double* query) const;

 private:
  std::size_t slab(double y) const;
  const Mesh& mesh_;
  double low_ = 0, high_ = 0, perSlab_ = 0;
  std::vector<std::int32_t> starts_, segments_;  ///< segments_[starts_[s] .. starts_[s + 1]) reach into slab s
};

/// Closed surfaces: signed crossings of the ray upwards. Triangles are sorted into columns over the x-y plane.
class SurfaceWinding {
 public:
  explicit SurfaceWinding(const Mesh&);
  double at(const double* query) const;

 private:
  std::size_t column(int axis, double x) const;
  const double* corner(std::int32_t triangle, int k) const;
  const Mesh& mesh_;
  std::array<double, 3> low_{}, high_{};
  std::array<double, 2> perColumn_{};
  std::size_t columns_ = 1;
  std::vector<std::int32_t> starts_, triangles_;
};

/// Any oriented surface: solid angles of the triangles near by, and of dipoles in place of clusters of them far off.
class DipoleTree {
 public:
  explicit DipoleTree(const Mesh&);
  double at(const double* query) const;

 private:
  struct Node {
    double centre[3], dipole[3];  ///< area-weighted middle; sum of area times normal
    double reach = 0;             ///< no point of its triangles is farther from the centre
    std::int32_t first = 0, last = 0;
    std::int32_t left = -1, right = -1;  ///< none: a leaf
  };
  std::int32_t build(std::int32_t first, std::int32_t last);
  double solidAngle(std::int32_t triangle, const double* query) const;
  const Mesh& mesh_;
  std::vector<std::int32_t> order_;
  std::vector<Node> nodes_;
};

}  // namespace inflaton
