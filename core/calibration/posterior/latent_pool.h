#pragma once
// Draws of the latent prior pushed through the map once: by their weights they stand for the posterior of every single latent, which, the
// mixture weights given, depends on nothing but its own observation. Good enough for starts and scales, never used for results.
#include <array>
#include <functional>
#include <vector>

#include "core/calibration/posterior/mixture_experiment.h"

namespace inflaton {

struct LatentPool {
  static constexpr std::int64_t kSize = 10000;
  std::vector<double> z, x;      ///< [kSize, 2] draws, evenly of the three components, and f of them
  std::vector<double> slope;     ///< [kSize, 2] gradient of the log prior with even weights
  std::vector<double> jacobian;  ///< [kSize, 2, 2] row i: gradient of x_i

  /// Deterministic in the seed. `poll` may throw to cancel.
  static LatentPool make(const LatentMixture&, const GenerativeMap&, std::uint64_t seed, const std::function<void()>& poll);
  /// log of the mixture's density with weights w over that with even weights, at every draw.
  std::vector<double> logRatio(const LatentMixture&, const std::array<double, 3>& w) const;
  /// Weights (largest 1) of the draws given one observation with noise variance `variance`; returns their effective number.
  double weigh(const double* observation, double variance, const std::vector<double>& logRatio, std::vector<double>& weight) const;
};

}  // namespace inflaton
