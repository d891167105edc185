#pragma once
// The joint target in coordinates in which it is round from the start: an affine change of each latent on its own, and of the logits. The
// density is the same but for a constant, so nothing that is sampled changes; only how far a leapfrog step gets does.
#include <span>
#include <vector>

#include "core/calibration/posterior/joint_target.h"
#include "core/calibration/posterior/latent_pool.h"

namespace inflaton {

class WhitenedTarget : public mcmc::Target {
 public:
  /// The identity: the target's own coordinates.
  explicit WhitenedTarget(const JointTarget&);
  /// z_n = m_n + L_n u_n: m_n the mean of the latent given its observation, L L^T the geometric mean of its covariance and of the inverse
  /// of its mean square slopes. The two are one for a Gaussian; here, where latents bounce off the steep walls between far apart images,
  /// the slopes make a latent that meets walls move more slowly, so that all the others need not wait for it (measured on circles PRP:
  /// steps half as large again as with the covariance alone). Estimated by the pool (even weights; where too few draws count, with a
  /// blurred likelihood, the blur taken out again). Logits: common shift and two contrasts of about the width that n observations leave.
  /// Deterministic. `poll` may throw to cancel.
  WhitenedTarget(const JointTarget&, const ToyMcmcOptions&, const MixtureExperiment&, const LatentPool&, const std::function<void()>& poll);

  std::size_t size() const override { return target_->size(); }
  void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const override;
  std::vector<double> natural(std::span<const double> q) const;   ///< of one row: logits, latents
  std::vector<double> whitened(std::span<const double> q) const;  ///< and back

 private:
  struct Affine {
    double mean[2] = {0, 0}, L[3] = {1, 0, 1};  ///< L00, L10, L11
  };
  static Affine roundOf(const double* observation, double noiseVariance, const LatentMixture&, const LatentPool&);
  void toNatural(const double* q, double* into) const;

  const JointTarget* target_;
  std::vector<Affine> latents_;  ///< empty: the identity
  double contrast_ = 1;          ///< scale of the two contrasts of the logits
};

}  // namespace inflaton
