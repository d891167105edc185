#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

LatentMixture LatentMixture::ofPaper(double e) {
  LatentMixture m;
  m.mean = {{{0, 0}, {-0.05, 0}, {0.05, 0}}};
  const double wide = 0.75 * 0.75, narrow = 0.1 * 0.1;
  m.variance = {{{wide, wide * e}, {narrow, e}, {1, narrow * e}}};
  return m;
}

double LatentMixture::compressedVariance(const PosteriorOptions& o, const Problem& problem) {
  if (o.net_eps_cd > 0) return o.net_eps_cd;
  if (problem.schedule.preserving()) return 1;
  const auto& xi = problem.denoiser->basis().eigenvalues;
  const int last = problem.schedule.dim() - 1;
  return problem.schedule.scaledVariance(last, problem.schedule.tMax(), xi[static_cast<std::size_t>(last)], xi.front());
}

}  // namespace inflaton
