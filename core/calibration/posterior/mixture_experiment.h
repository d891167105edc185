#pragma once
// The experiment that the options describe, set up once for everyone: flow, mixture, map and the observations. Specification 3.1.
#include <memory>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

struct MixtureExperiment {
  Problem problem;
  LatentMixture mixture;
  std::shared_ptr<const GenerativeMap> solver;  ///< the observations come from here, whatever the map
  std::shared_ptr<const GenerativeMap> map;     ///< solver itself, or its table
  TableReport table;                            ///< cells 0 with map solver
  GroundTruth truth;                            ///< empty unless asked for
};

/// Loads the network or makes the exact score, checks that it is two-dimensional, evaluates the table where there is one, and (observe)
/// draws gt_n latents and their noisy observations through the solver: the same for every map. Throws Error(usage) naming the field.
MixtureExperiment makeMixtureExperiment(const PosteriorOptions&, const JobContext&, bool observe = true);

}  // namespace inflaton
