#include "core/train/resume.h"

#include <nlohmann/json.hpp>
#include <set>

namespace inflaton {
namespace {

const std::set<std::string> kFixed{"data_name",
                                   "data_file",
                                   "standardize",
                                   "data_dim",
                                   "dims_to_keep",
                                   "g_type",
                                   "inflation_gap",
                                   "g_rescaling",
                                   "rho",
                                   "gamma0",
                                   "tmin",
                                   "tmax",
                                   "seed",
                                   "batch",
                                   "width",
                                   "depth",
                                   "eigenbasis_samples",
                                   "augment_to",
                                   "augment_noise",
                                   "schedule",
                                   "arch",
                                   "precond",
                                   "space",
                                   "img_res",
                                   "batch_gpu",
                                   "targets",
                                   "target_references"};

}  // namespace

ToyTrainOptions resumedOptions(const ToyTrainOptions& asked, const nlohmann::json& stored, const std::string& statePath) {
  const auto& table = parameterTable<ToyTrainOptions>();
  const ToyTrainOptions defaults;
  ToyTrainOptions options;
  fromJson(options, stored, statePath);
  for (const auto& p : table.parameters) {
    const auto wanted = p.get(&asked), had = p.get(&options);
    if (wanted == p.get(&defaults) || wanted == had) continue;
    if (kFixed.contains(p.name))
      throw Error(ErrorCode::usage,
                  p.name + " is " + formatParameter(wanted) + "; allowed when resuming " + statePath + ": " + formatParameter(had) +
                      ", what the run was started with",
                  "Leave it out, or start a new run.");
    p.set(&options, wanted);
  }
  return options;
}

}  // namespace inflaton
