#pragma once
// A reasonable step size to begin with (Hoffman and Gelman 2014, algorithm 4).
#include "core/mcmc/walk.h"

namespace inflaton::mcmc {

inline constexpr double kGreatestStepSize = 1e7;  ///< above it the log-density does not fall anywhere: it is no density

/// The step size found is finish().stepSize; below kLeastStepSize or above kGreatestStepSize when there is none. Moves nothing.
std::unique_ptr<Walk> searchWalk(const Settings&);

}  // namespace inflaton::mcmc
