#pragma once
// Posterior mean and covariance under a finite set of references, in one pass: the denoiser and, over gamma, its Jacobian.
#include <cstdint>

namespace inflaton {

/// mean[q] [Q, D] = sum_m a_m ref_m and covariance[q] [Q, D, D] = sum_m a_m (ref_m - mean)(ref_m - mean)^T with the weights a of
/// exactPosteriorMean (core/denoise/exact_kernel.h). Shapes and threads as there.
void exactPosteriorMoments(const double* queries, std::int64_t Q, const double* references, std::int64_t M, int D, const double* precision,
                           double* mean, double* covariance);

}  // namespace inflaton
