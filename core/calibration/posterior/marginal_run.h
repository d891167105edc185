#pragma once
// The marginal posterior through any map.
#include <vector>

#include "core/api/calibration.h"
#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

/// All of the result but truth, table, seconds and command, for observations x [n, 2]. Of the options only gt_eps_mvn, points, draws, prior
/// and seed are looked at. The same bytes for any number of threads, if the map's rows do not hang on each other.
void integrateMarginal(MarginalPosterior&, const GenerativeMap&, const LatentMixture&, const std::vector<double>& x, const MarginalOptions&,
                       const JobContext&);

}  // namespace inflaton
