#include "core/denoise/exact_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/machine/exp_negative.h"
#include "core/machine/target_clones.h"

// Compiled with reassociation allowed (core/CMakeLists.txt), so that the sums vectorise.

namespace inflaton {
namespace {

constexpr std::int64_t kBlock = 512;  // references at a time: distances stay in L1

/// Distances of one query to a block: d[m] = sum_i p_i (x_i - r_i[m])^2; returns the least.
template <class T>
INFLATON_WIDE T distances(const T* x, const T* ref, std::int64_t stride, std::int64_t count, int D, const T* p, T* d) {
  for (std::int64_t m = 0; m < count; ++m) {
    const T e = x[0] - ref[m];
    d[m] = p[0] * e * e;
  }
  for (int i = 1; i < D; ++i) {
    const T* axis = ref + i * stride;
    const T xi = x[i], pi = p[i];
    for (std::int64_t m = 0; m < count; ++m) {
      const T e = xi - axis[m];
      d[m] += pi * e * e;
    }
  }
  T least = d[0];
  for (std::int64_t m = 1; m < count; ++m) least = std::min(least, d[m]);
  return least;
}

/// d[m] becomes the weight exp(-(d - least)/2); returns their sum.
template <class T>
INFLATON_WIDE T weights(T* d, std::int64_t count, T least) {
  T sum = 0;
  for (std::int64_t m = 0; m < count; ++m) {
    d[m] = expNegative(T(0.5) * (least - d[m]));
    sum += d[m];
  }
  return sum;
}

template <class T>
INFLATON_WIDE T dot(const T* a, const T* b, std::int64_t count) {
  T sum = 0;
  for (std::int64_t m = 0; m < count; ++m) sum += a[m] * b[m];
  return sum;
}

template <class T>
void posteriorMean(const T* queries, std::int64_t Q, const T* references, std::int64_t M, int D, const double* precision, T* out) {
  std::vector<T> p(static_cast<std::size_t>(D));
  for (int i = 0; i < D; ++i) p[static_cast<std::size_t>(i)] = static_cast<T>(precision[i]);
#pragma omp parallel if (Q * M > 50000)
  {
    std::vector<T> d(static_cast<std::size_t>(std::min(kBlock, M)));
    std::vector<double> mean(static_cast<std::size_t>(D));  // double: many small blocks are added up
#pragma omp for schedule(dynamic, 32)
    for (std::int64_t q = 0; q < Q; ++q) {
      const T* x = queries + q * D;
      T least = std::numeric_limits<T>::max();
      double total = 0;
      std::fill(mean.begin(), mean.end(), 0.0);
      for (std::int64_t from = 0; from < M; from += kBlock) {
        const std::int64_t count = std::min(kBlock, M - from);
        const T blockLeast = distances(x, references + from, M, count, D, p.data(), d.data());
        if (blockLeast < least) {  // a nearer reference: what was summed shrinks by the same factor
          const double shrink = total > 0 ? std::exp(0.5 * (static_cast<double>(blockLeast) - static_cast<double>(least))) : 0.0;
          total *= shrink;
          for (double& v : mean) v *= shrink;
          least = blockLeast;
        } else if (blockLeast - least > T(170)) {
          continue;  // every weight of this block is below 1e-36
        }
        total += weights(d.data(), count, least);
        for (int i = 0; i < D; ++i) mean[static_cast<std::size_t>(i)] += dot(d.data(), references + i * M + from, count);
      }
      for (int i = 0; i < D; ++i) out[q * D + i] = static_cast<T>(mean[static_cast<std::size_t>(i)] / total);
    }
  }
}

}  // namespace

void exactPosteriorMean(const float* queries, std::int64_t Q, const float* references, std::int64_t M, int D, const double* precision,
                        float* out) {
  posteriorMean(queries, Q, references, M, D, precision, out);
}
void exactPosteriorMean(const double* queries, std::int64_t Q, const double* references, std::int64_t M, int D, const double* precision,
                        double* out) {
  posteriorMean(queries, Q, references, M, D, precision, out);
}

}  // namespace inflaton
