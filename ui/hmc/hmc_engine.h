#pragma once
// What the stage computes with: the real functions, or those a test puts in their place.
#include <functional>

#include "core/api/calibration.h"
#include "core/api/mcmc.h"

namespace inflaton::ui {

struct HmcEngine {
  std::function<Expected<McmcResult>(const ToyMcmcOptions&, const JobContext&, const std::function<void(const McmcUpdate&)>&)> chains =
      toyMcmc;
  std::function<Expected<McmcResult>(const std::string&)> load = loadMcmc;
  std::function<Expected<std::shared_ptr<const MarginalPosterior>>(const MarginalOptions&, const JobContext&)> marginal = marginalPosterior;
  std::function<Expected<std::shared_ptr<const SbcResult>>(const SbcOptions&, const JobContext&,
                                                           const std::function<void(const std::shared_ptr<const SbcResult>&)>&)>
      sbc = simulationBasedCalibration;
  std::function<Expected<std::shared_ptr<const HmcDemo>>(const HmcDemoOptions&, const JobContext&)> demo = hmcDemo;
};

}  // namespace inflaton::ui
