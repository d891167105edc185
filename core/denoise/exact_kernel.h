#pragma once
// The inner loop of the exact denoiser: posterior means under a finite set of references, by one streaming log-sum-exp.
#include <cstdint>

namespace inflaton {

/// out[q] = sum_m a_m ref_m, a = softmax_m( -1/2 sum_i (x_qi - ref_mi)^2 precision_i ).
/// queries, out: row-major [Q, D]; references: one array of M per axis (structure of arrays, [D, M]).
/// Memory beyond in- and output: one block per thread. Threads: OpenMP's current number.
void exactPosteriorMean(const float* queries, std::int64_t Q, const float* references, std::int64_t M, int D, const double* precision,
                        float* out);
void exactPosteriorMean(const double* queries, std::int64_t Q, const double* references, std::int64_t M, int D, const double* precision,
                        double* out);

}  // namespace inflaton
