#pragma once
// Delaunay triangulations as plain arrays. Only delaunay_2.cpp and delaunay_3.cpp see CGAL.
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton {

struct Delaunay {
  int dim = 0;
  std::vector<double> points;            ///< [n, dim] distinct, lexicographic
  std::vector<std::int32_t> vertices;    ///< [m, dim + 1] of each simplex, positively oriented (exactly so: none is flat)
  std::vector<std::int32_t> neighbours;  ///< [m, dim + 1] simplex across the facet opposite each vertex; -1: none, the facet is on the hull
  std::int64_t duplicates = 0;           ///< given points that coincide with one before
  std::int64_t pointCount() const { return static_cast<std::int64_t>(points.size()) / dim; }
  std::int64_t size() const { return static_cast<std::int64_t>(vertices.size()) / (dim + 1); }
  const double* point(std::int32_t i) const { return points.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(dim); }
  const std::int32_t* simplex(std::int64_t c) const { return vertices.data() + c * (dim + 1); }
  const std::int32_t* across(std::int64_t c) const { return neighbours.data() + c * (dim + 1); }
};

/// points [n, dim], dim 2 or 3. Throws as AlphaShape's constructor says.
Delaunay delaunay(std::span<const double> points, int dim);

/// Fill vertices and neighbours from points; leave them empty when all points lie on one line or plane.
void triangulatePlane(Delaunay&);
void triangulateSpace(Delaunay&);

}  // namespace inflaton
