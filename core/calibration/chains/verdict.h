#pragma once
// What is said of chains while they run and afterwards: diagnostics of the weights, a verdict in words.
#include <memory>

#include "core/api/mcmc.h"
#include "core/calibration/chains/checkpoint.h"

namespace inflaton {

constexpr double kPoorEbfmi = 0.3;

/// Values of one weight, or of one coordinate of a watched latent, of the draws after warm-up: [chain][draw].
std::vector<std::vector<double>> weightDraws(const McmcDraws&, int component);
std::vector<std::vector<double>> latentDraws(const McmcDraws&, std::size_t watched, int axis);
std::vector<Diagnostic> diagnoseWeights(const McmcDraws&);  ///< "weights[k]"; empty before the first draw
std::vector<Diagnostic> diagnoseWatched(const McmcDraws&);  ///< "z[i,j]"

/// Sets verdict and good from everything else in the update.
void judge(McmcUpdate&);
/// Of everything so far; `total`: transitions in all. No ETA and no folder.
McmcUpdate summarise(std::shared_ptr<const McmcDraws>, std::int64_t total, double seconds, double samplingSeconds);
double worstRhat(const std::vector<Diagnostic>&);  ///< NaN when one is undefined
double leastEss(const std::vector<Diagnostic>&);   ///< least bulk ESS; NaN when one is undefined

/// One transition of every chain, appended. positions [chains][3 + 2 n]: logits, then latents.
void appendDraw(McmcDraws&, const std::vector<mcmc::Transition>&, const std::vector<std::vector<double>>& positions);
/// softmax of the logits.
std::vector<double> weightsOf(const double* logits, int components);

/// More than half of the draws after warm-up diverged, or step sizes collapsed: what to say; empty when neither.
std::string divergedBecause(const McmcDraws&, const ToyMcmcOptions&);

}  // namespace inflaton
