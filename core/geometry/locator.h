#pragma once
// Which simplex of a Delaunay triangulation holds a point: a visibility walk from a grid's hint. Each step compares the point with the
// planes of all facets in double precision, with a bound on the rounding; only where that is unsure is the exact sign asked for.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry/delaunay.h"

namespace inflaton {

template <int D>
class Locator {
 public:
  /// `triangulation` must outlive it. `queries`: how many are expected; the grid is as fine as that is worth.
  Locator(const Delaunay& triangulation, std::int64_t queries);

  struct Place {
    std::int32_t simplex = -1;  ///< closed simplex that holds the point; -1: outside the hull
    unsigned facets = 0;        ///< bit i: the point lies on the facet opposite vertex i
  };
  /// Safe to call from several threads. Points that are not finite lie outside.
  Place locate(const double* query) const;
  /// All simplices that hold a point on facets of `place`.
  void sharing(const double* query, Place place, std::vector<std::int32_t>& simplices) const;

 private:
  struct Planes {
    double normal[D][D + 1];  ///< inwards, of the facet opposite each vertex
    double origin[D];         ///< vertex 0
    double offset[D + 1];
    double unsure;  ///< values below this may have the wrong sign
    std::int32_t across[D + 1];
  };
  void addPlanes(std::int64_t simplex);
  void fillGrid(std::int64_t queries);
  std::size_t bin(const double* query) const;
  int exactSign(std::int32_t simplex, int facet, const double* query) const;
  Place walk(const double* query, std::int32_t& from, bool exactly) const;

  const Delaunay& triangulation_;
  std::vector<Planes> planes_;
  std::array<double, D> low_{}, high_{}, perBin_{};
  int bins_ = 1;
  std::vector<std::int32_t> grid_;  ///< [bins^D] a simplex at or near the middle of each
};

extern template class Locator<2>;
extern template class Locator<3>;

}  // namespace inflaton
