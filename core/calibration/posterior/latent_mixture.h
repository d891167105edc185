#pragma once
// The three Gaussians of the experiment's latent prior. Specification 3.1.
#include <array>
#include <span>
#include <vector>

#include "core/api/mcmc.h"
#include "core/flow/problem.h"

namespace inflaton {

struct LatentMixture {
  static constexpr int components = 3;
  std::array<std::array<double, 2>, components> mean, variance;  ///< eigen-axes
  std::array<double, components> truth{0.5, 0.25, 0.25};
  /// e: variance of the compressed axis (specification 3.1's table).
  static LatentMixture ofPaper(double e);
  /// e of the options: net_eps_cd, or the schedule's closed form (1 when it preserves).
  static double compressedVariance(const PosteriorOptions&, const Problem&);
};

/// Latents z [n, 2] (eigen-coordinates), component labels, f(z) and the noisy observations x [n, 2] (data coordinates).
struct GroundTruth {
  std::vector<double> z, clean, x;
  std::vector<int> component;
};

}  // namespace inflaton
