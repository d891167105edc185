#pragma once
// log p(z | x, w): one observation's latent, weights known. Two-dimensional, so that it can be looked at.
#include <array>
#include <memory>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"
#include "core/mcmc/target.h"

namespace inflaton {

/// Unnormalised: log prior of the mixture with its true weights plus log N(x; f(z), noiseVariance).
class LatentTarget : public mcmc::Target {
 public:
  LatentTarget(std::shared_ptr<const GenerativeMap>, LatentMixture, std::array<double, 2> observation, double noiseVariance);
  std::size_t size() const override { return 2; }
  void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const override;
  /// The log-density alone: z [n, 2] -> [n].
  void values(std::span<const double> z, std::span<double> logDensity) const;

 private:
  double prior(const double* z, double* gradient) const;
  std::shared_ptr<const GenerativeMap> map_;
  LatentMixture mixture_;
  std::array<double, 2> x_;
  double variance_;
};

}  // namespace inflaton
