#pragma once
// Alpha shapes in the plane and in space, and counting in them. A point is inside when the Delaunay simplex that holds it has a
// circumradius below the limit: no closed surface is needed for that. Built on CGAL's exact-predicate triangulations.
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
  /// Smallest limit at which the shape is one component (of simplices joined by facets) and no given point is left outside its closure,
  /// and 1e-5 of it more: points on a circle or sphere, but for rounding to single precision, make a whole disc or ball.
  double autoCircumradius() const;
  /// Circumradii of all simplices, ascending: what a slider runs over. Without those that are infinite (slivers whose volume rounding
  /// hides).
  std::vector<double> spectrum() const;

  /// [n] 1: inside or on the boundary, exactly; 0 for points that are not finite. The same for any number of threads; safe to call from
  /// several threads; uses `threads` of them itself.
  std::vector<std::uint8_t> inside(std::span<const double> queries, double circumradius, int threads = 1) const;
  /// The boundary of the simplices below the limit, oriented. Empty where none is. Throws nothing for an empty shape: the caller says what
  /// that means. Where the shape touches itself in a point (or, in space, an edge) the sheets get their own copies of the point; edges that
  /// four triangles still share (the sheets join at both ends) are counted in check->nonManifold. check->isolated: given points outside the
  /// shape's closure.
  Mesh boundary(double circumradius, MeshCheck* check = nullptr) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Components are those of cells joined by points; `isolated` counts points without cells. A mesh without cells is closed.
MeshCheck checkMesh(const Mesh&);

}  // namespace inflaton
