#pragma once
// The posterior of three weights once the latents are integrated out: two numbers wide, so it is simply integrated. Specification 8.
#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/calibration/posterior/simplex_likelihood.h"

namespace inflaton {

/// uniform: Dirichlet(1, 1, 1), a density of 2 per dw0 dw1. softmax: flat on the logits, 1 / (w0 w1 w2) per dw0 dw1, which has no integral.
/// With it the posterior has none either, strictly: no observation makes a component impossible to do without, so the likelihood on the
/// faces of the simplex is small but not zero, and 1/w is not integrable there. Where it is below e^-30 of its maximum that is of no
/// account (logits would have to wander over 10^9 and more to notice), and the posterior is what lies within the simplex's inside; else the
/// prior is refused.
enum class SimplexPrior { uniform, softmax };

class SimplexPosterior {
 public:
  /// `poll` may throw to cancel. Throws Error(usage) when the prior is softmax and a face has too large a likelihood.
  SimplexPosterior(const SimplexLikelihood&, SimplexPrior, std::function<void()> poll = {});

  const std::array<double, 3>& mean() const { return mean_; }
  const std::array<double, 9>& covariance() const { return covariance_; }
  std::array<double, 3> sd() const;
  double logIntegral() const { return logIntegral_; }  ///< of likelihood times prior; with the uniform prior the evidence
  double integrationError() const { return change_; }  ///< by how much the last refinement of the grid moved the mean
  std::int64_t nodes() const { return static_cast<std::int64_t>(side_) * side_; }

  /// log of the normalised density per dw0 dw1 at weights [m].
  std::vector<double> logDensity(std::span<const double> w0, std::span<const double> w1, std::span<const double> w2) const;
  /// Density of weight k at values strictly between 0 and 1.
  std::vector<double> marginal(int k, std::span<const double> at) const;
  /// Independent draws: cells of a fine grid by inverse CDF, a place in each by rejection. The share of the mass where the rejection is not
  /// exact is below 1e-6. The first of more draws are those of fewer.
  struct Draws {
    std::vector<double> w[3], logDensity;  ///< [count]
  };
  Draws draws(std::int64_t count, std::uint64_t seed) const;

 private:
  /// Coordinates about component k: a = w_k, b = the next one's share of the rest; a rectangle of them.
  struct Box {
    double a0 = 0, a1 = 1, b0 = 0, b1 = 1;
  };
  struct Places {
    std::vector<double> w[3], logValue;
  };  ///< logValue: log of likelihood times prior
  void add(Places&, int k, double a, double b) const;
  void likelihoods(Places&) const;  ///< logValue becomes that of the likelihood alone, less its logScale
  void evaluate(Places&) const;
  Box whereMassIs(int k, double* best) const;  ///< `best`, where given, becomes the largest log-likelihood seen (never less)
  void integrate(int side);
  void refuseOpenFaces() const;

  const SimplexLikelihood* likelihood_;
  SimplexPrior prior_;
  std::function<void()> poll_;
  double best_;  ///< largest log-likelihood seen
  std::array<double, 3> mean_{};
  std::array<double, 9> covariance_{};
  double logIntegral_ = 0, change_ = 0;
  int side_ = 0;
  Box box_;  ///< about component 0
};

}  // namespace inflaton
