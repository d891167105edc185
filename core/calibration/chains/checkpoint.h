#pragma once
// checkpoint.npz of a chain's run folder: where every chain stands, and what is plotted of all transitions so far. Together with
// latents.part (or, once a run has ended, posterior.npz) a run goes on from it as if it had never stopped.
#include <string>
#include <vector>

#include "core/api/mcmc.h"
#include "core/mcmc/sampler.h"

namespace inflaton {

struct McmcCheckpoint {
  std::vector<mcmc::ChainState> chains;  ///< in the sampler's coordinates (whitened_target.h)
  McmcDraws draws;                       ///< all transitions, warm-up included
  std::vector<double> truth;             ///< weights
  std::int64_t latents = 0;              ///< draws that latents.part holds
  std::int64_t gradients = 0;            ///< so far, all chains
  double seconds = 0;                    ///< that the chains took so far
  double samplingSeconds = 0;            ///< of these, after warm-up
  TableReport table;
};

constexpr const char* kCheckpointFile = "checkpoint.npz";
constexpr const char* kLatentsFile = "latents.part";

/// Atomically.
void saveCheckpoint(const std::string& path, const McmcCheckpoint&);
/// Throws Error(failed) naming the file and what is wrong with it.
McmcCheckpoint loadCheckpoint(const std::string& path);

}  // namespace inflaton
