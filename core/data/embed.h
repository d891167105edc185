#pragma once
// Toy points in more dimensions: x -> Q x, Q [dim, D] with orthonormal columns, always the same for given sizes (specification 2.1, C.2.2).
#include "core/api/points.h"

namespace inflaton {

/// Adds Gaussian noise of standard deviation `noise` in all dimensions afterwards. Labels stay; `dim` >= the points' dimension.
/// Nothing but the noise depends on the seed, and no other draw is touched.
PointSet embed(const PointSet&, int dim, double noise, std::uint64_t seed);

}  // namespace inflaton
