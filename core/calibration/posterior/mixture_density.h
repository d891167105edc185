#pragma once
// The density of one latent under the mixture: for the pool and the demonstration. JointTarget has its own, worked out ahead for its inner
// loop.
#include <array>

#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton {

/// log sum_k exp(start_k) 2 pi N(z; mu_k, S_k) at z [2]; start: log weights, plus any constant. Writes the gradient [2] where one is
/// wanted.
double logMixture(const LatentMixture&, const std::array<double, LatentMixture::components>& start, const double* z,
                  double* gradient = nullptr);

}  // namespace inflaton
