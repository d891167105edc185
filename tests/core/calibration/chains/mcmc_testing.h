#pragma once
// A joint sampling that takes a second: an exact score of few points, few latents, much noise.
#include <map>
#include <string>

#include "core/api/mcmc.h"
#include "tests/core/io/io_testing.h"

namespace inflaton::testing {

inline ToyMcmcOptions smallChains(const TempFolder& outdir) {
  ToyMcmcOptions o;
  o.source = "discrete", o.total_samples = 40, o.gamma0 = 0.05, o.map = "solver", o.solver = "rk4", o.steps = 6;
  o.gt_n = 60, o.gt_eps_mvn = 0.05;
  o.chains = 2, o.burn = 25, o.mcmc_n = 30, o.max_depth = 4, o.outdir = outdir.path(), o.threads = 2;
  return o;
}

/// The files that must not depend on when, where or in how many sittings a run took place.
inline std::map<std::string, std::string> lasting(const std::string& run) {
  std::map<std::string, std::string> all;
  for (const char* name : {"sampled_weights.npz", "sampled_zs.npz", "posterior.npz", "summary.csv", "summary.json"})
    all[name] = bytesOf(run + "/" + name);
  return all;
}

}  // namespace inflaton::testing
