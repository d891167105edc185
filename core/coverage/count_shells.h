#pragma once
// Boundaries of both kinds, and how many points lie inside.
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/api/coverage.h"
#include "core/geometry/advected.h"

namespace inflaton {

struct CountSettings {
  int dim = 2, threads = 1;
  bool keepAll = true;         ///< mesh, check and which points; else only how many
  std::function<void()> poll;  ///< between shells and blocks of queries; may throw to cancel
};

/// "the latent start", "data space", "the latent after the round trip"
const char* placeName(CoveragePlace);

/// One alpha shape for each radius. boundary [radii, n, dim] and queries [m, dim], scaled eigen-coordinates. limit: circumradius, 0: auto.
/// Throws Error naming radius and place for points that make no shape, and for a limit below which there is no simplex.
std::vector<CoverageShell> alphaShells(std::span<const double> boundary, std::span<const double> radii, std::span<const double> queries,
                                       double limit, CoveragePlace, const CountSettings&);

/// The shells themselves at the three places, carried and refined.
struct CarriedShells {
  std::array<std::vector<Mesh>, kCoveragePlaces> meshes;  ///< [place][radius]; the same cells at all places
  std::vector<std::int64_t> added;                        ///< [radius] points that refinement put in
  std::vector<std::uint8_t> complete;                     ///< [radius] 0: refinement stopped at its limit
};
/// At least `boundaryPoints` points a shell, and enough that a chord's sagitta does not matter to the counts.
CarriedShells carryShells(std::span<const double> radii, std::int64_t boundaryPoints, std::span<const double> sd, const PointMap& generate,
                          const PointMap& inflate);
std::vector<CoverageShell> advectedShells(const CarriedShells&, CoveragePlace, std::span<const double> queries, const CountSettings&);

}  // namespace inflaton
