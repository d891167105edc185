#pragma once
// log p(w, z | x): mixture prior of the latents, Gaussian observations of f(z). Specification 3.2; parity with the fixtures' hmc/*.
#include <memory>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"
#include "core/mcmc/target.h"

namespace inflaton {

/// Parameters: `components` logits, then z [n, 2] in eigen-coordinates (W^T of the reference's image-space latents: the same density).
/// w = softmax(logits); no prior on the logits beyond that (improper, flat), but along their common shift, which nothing identifies: there
/// a standard normal on their mean keeps chains from drifting when `anchored`; it does not touch w.
class JointTarget : public mcmc::Target {
 public:
  JointTarget(std::shared_ptr<const GenerativeMap>, LatentMixture, std::vector<double> observations, double noiseVariance,
              bool anchored = true);
  std::size_t size() const override;
  void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const override;
  /// The two parts of one row, without the anchor: what the fixtures hold.
  struct Parts {
    double logPrior = 0, logLikelihood = 0;
  };
  Parts parts(std::span<const double> q) const;
  std::int64_t observations() const { return n_; }

 private:
  std::shared_ptr<const GenerativeMap> map_;
  LatentMixture mixture_;
  std::vector<double> x_;
  double variance_;
  bool anchored_;
  std::int64_t n_;
};

/// Latents, images and noisy observations, drawn from options.seed.
GroundTruth drawGroundTruth(const LatentMixture&, const GenerativeMap&, std::int64_t n, double noiseVariance, std::uint64_t seed);

}  // namespace inflaton
