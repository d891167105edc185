#pragma once
// What a run of chains leaves: the reference's two archives, one laid out as ArviZ lays out its groups, and a summary. Nothing in them
// depends on when, where or in how many sittings the run took place, so a resumed run writes the same bytes.
#include <string>
#include <vector>

#include "core/api/mcmc.h"
#include "core/calibration/chains/latent_file.h"
#include "core/calibration/posterior/mixture_experiment.h"

namespace inflaton {

struct McmcOutputs {
  const ToyMcmcOptions& options;
  const MixtureExperiment& experiment;
  const McmcDraws& draws;
  const LatentFile& latents;  ///< draws d = 0, thin, 2 thin, ... after warm-up
  const McmcUpdate& last;
  std::vector<Diagnostic> latentSummary;  ///< [n * 2]
};

/// Into `folder`; returns the paths. Every file appears whole or not at all.
std::vector<std::string> writeMcmcOutputs(const std::string& folder, const McmcOutputs&, const std::function<void()>& poll);
/// Names of the files that a run leaves.
const std::vector<std::string>& mcmcOutputNames();

/// trajs_outdir/curr_params_NNNNNN.npz: the raw logits and the latents in image space, one array, as the reference; NNNNNN = draw * chains
/// + chain.
void writeState(const std::string& folder, std::int64_t number, const std::vector<double>& q, const MixtureExperiment&);

/// Latents in image space: W z, of `n` points. float64 inside.
void toImageSpace(const MixtureExperiment&, std::span<const float> z, std::span<float> image);
/// The latents of an ended run back from its posterior.npz, for going on; the file must be empty. Throws Error(failed).
void restoreLatents(const std::string& posterior, LatentFile&, std::int64_t draws);

}  // namespace inflaton
