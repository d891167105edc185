#pragma once
// Where the chains begin.
#include <functional>
#include <vector>

#include "core/calibration/posterior/latent_pool.h"
#include "core/calibration/posterior/mixture_experiment.h"

namespace inflaton {

/// [chains][3 + 2 n]: logits, latents in eigen-coordinates.
///   truth: the reference's logits (1.06, 0.37, 0.37) and the true latents, for every chain.
///   dispersed: each chain has weights of its own, drawn flat from the simplex (but no weight below 0.05), and latents drawn given these
///   from the posterior of a blurred experiment with four times the noise variance: wider than the posterior and of another weight vector,
///   yet each latent lies where its observation can come from. (One from the bare prior would have to find its way across the plane first;
///   all chains do in the end, but warm-up would be spent on it.) By resampling the pool.
/// Deterministic in options.seed. `poll` may throw to cancel.
std::vector<std::vector<double>> chainStarts(const ToyMcmcOptions&, const MixtureExperiment&, const LatentPool&,
                                             const std::function<void()>& poll);

}  // namespace inflaton
