#pragma once
// p(x | component): latents integrated out by quasi-Monte Carlo through the flow. Specification 8.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/api/job.h"
#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/kernel_sum.h"
#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

/// L_nk = integral N(z; mu_k, S_k) N(x_n; f(z), eps I) dz for any x: the mean of the kernel over scrambled Sobol latents of each component,
/// which are pushed through f once, here.
class MarginalLikelihood {
 public:
  /// `points` latents of each component, in so many independent randomisations (their scatter tells the error), as equal as can be.
  /// `map` is asked here only. Reports progress; polls to cancel. Throws Error(diverged) for images that are not finite.
  MarginalLikelihood(const GenerativeMap& map, const LatentMixture&, double noiseVariance, std::int64_t points, int randomisations,
                     std::uint64_t seed, const JobContext&);

  int randomisations() const { return randomisations_; }
  /// log L of one observation by each randomisation, [randomisations][3]. Callable from many threads.
  void logEach(double x, double y, std::span<double> out) const;
  /// Their mean, as a logarithm.
  std::array<double, 3> pooled(std::span<const double> each) const;
  /// Without randomisation `left`.
  std::array<double, 3> pooledWithout(std::span<const double> each, int left) const;

 private:
  int randomisations_;
  std::vector<KernelSum> sums_;  ///< [randomisations][3]
};

/// Images [n, 2] of latents z [n, 2], piece by piece: `done(n)` is called after each piece and may throw. Local maps are asked on all
/// threads. Throws Error(diverged) when one is not finite.
void pushThrough(const GenerativeMap&, std::span<const double> z, std::span<double> x, const std::function<void(std::int64_t)>& done);

}  // namespace inflaton
