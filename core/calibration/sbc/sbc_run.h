#pragma once
// Replicates from the prior and the ranks of their truths, through any two maps.
#include <functional>
#include <memory>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"
#include "core/calibration/sbc/sbc_summary.h"

namespace inflaton {

/// What makes the data, and what they are analysed with.
struct SbcFlows {
  std::shared_ptr<const GenerativeMap> truth, tested;
  LatentMixture mixture;
  std::shared_ptr<const DataOrigin> origin = {};  ///< of own points; else null
};

/// Of the options those of the replicates, gt_eps_mvn and seed are looked at. `round` is told the ranks so far, now and then and at the
/// end. context.finish ends it early, with the rounds that are done by then; before the first of them it throws StopAndKeep. The same bytes
/// for any number of threads, if the maps' rows do not hang on each other.
SbcRanks sbcRanks(const SbcFlows&, const SbcOptions&, const JobContext&, const std::function<void(const SbcRanks&)>& round = {});

}  // namespace inflaton
