#pragma once
// Alpha shapes in the plane and in space, and counting in them. A point is inside when the Delaunay simplex that holds it has a circumradius
// below the limit: no closed surface is needed for that. Built on CGAL's exact-predicate triangulations.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/api/mesh.h"

namespace inflaton {

class AlphaShape {
 public:
  /// points [n, dim], dim 2 or 3. Throws Error(failed) naming the first offending point for values that are not finite, and for fewer
  /// than dim + 1 distinct points or points on one line or plane. Coincident points count once (`duplicates`).
  AlphaShape(std::span<const double> points, int dim);
  ~AlphaShape();
  AlphaShape(AlphaShape&&) noexcept;
  AlphaShape& operator=(AlphaShape&&) noexcept;

  int dim() const;
  std::int64_t duplicates() const;
  /// Smallest limit at which the shape is one component and no given point is left outside its closure.
  double autoCircumradius() const;
  /// Circumradii of all simplices, ascending: what a slider runs over.
  std::vector<double> spectrum() const;

  /// [n] 1: inside or on the boundary. Deterministic; safe to call from several threads; uses `threads` of them itself.
  std::vector<std::uint8_t> inside(std::span<const double> queries, double circumradius, int threads = 1) const;
  /// The boundary of the simplices below the limit, oriented. Empty where none is. Throws nothing for an empty shape: the caller says what that means.
  Mesh boundary(double circumradius, MeshCheck* check = nullptr) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

MeshCheck checkMesh(const Mesh&);

}  // namespace inflaton
