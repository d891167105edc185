#include "core/denoise/exact_moments.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/machine/exp_negative.h"
#include "core/machine/target_clones.h"

// Compiled with reassociation allowed (core/CMakeLists.txt), so that the sums vectorise.

namespace inflaton {
namespace {

constexpr std::int64_t kBlock = 512;  // references at a time: they stay in L1

/// Distances of one query to a block: d[m] = sum_i p_i (x_i - r_i[m])^2; returns the least.
INFLATON_WIDE double distances(const double* x, const double* ref, std::int64_t stride, std::int64_t count, int D, const double* p,
                               double* d) {
  for (std::int64_t m = 0; m < count; ++m) {
    const double e = x[0] - ref[m];
    d[m] = p[0] * e * e;
  }
  for (int i = 1; i < D; ++i)
    for (std::int64_t m = 0; m < count; ++m) {
      const double e = x[i] - ref[i * stride + m];
      d[m] += p[i] * e * e;
    }
  double least = d[0];
  for (std::int64_t m = 1; m < count; ++m) least = std::min(least, d[m]);
  return least;
}

/// d[m] becomes the weight exp(-(d - least)/2); returns their sum.
INFLATON_WIDE double weights(double* d, std::int64_t count, double least) {
  double sum = 0;
  for (std::int64_t m = 0; m < count; ++m) {
    d[m] = expNegative(0.5 * (least - d[m]));
    sum += d[m];
  }
  return sum;
}

INFLATON_WIDE double dot(const double* a, const double* b, std::int64_t count) {
  double sum = 0;
  for (std::int64_t m = 0; m < count; ++m) sum += a[m] * b[m];
  return sum;
}

/// centred = r - mean, and weighted = w centred.
INFLATON_WIDE void centre(const double* r, const double* w, double mean, std::int64_t count, double* centred, double* weighted) {
  for (std::int64_t m = 0; m < count; ++m) {
    centred[m] = r[m] - mean;
    weighted[m] = w[m] * centred[m];
  }
}

/// Running weight, mean and central second moment of one query (Chan, Golub and LeVeque 1983): nothing is a difference of large sums.
struct Moments {
  double total = 0;
  std::vector<double> mean, second;
  explicit Moments(int D) : mean(static_cast<std::size_t>(D)), second(static_cast<std::size_t>(D * D)) {}
  void clear() {
    total = 0;
    std::fill(mean.begin(), mean.end(), 0.0), std::fill(second.begin(), second.end(), 0.0);
  }
  void shrink(double by) {
    total *= by;
    for (double& v : second) v *= by;
  }
  void join(const Moments& b) {
    const double sum = total + b.total, share = b.total / sum, cross = total * share;
    const std::size_t D = mean.size();
    for (std::size_t i = 0; i < D; ++i)
      for (std::size_t j = 0; j < D; ++j) second[i * D + j] += b.second[i * D + j] + cross * (b.mean[i] - mean[i]) * (b.mean[j] - mean[j]);
    for (std::size_t i = 0; i < D; ++i) mean[i] += share * (b.mean[i] - mean[i]);
    total = sum;
  }
};

}  // namespace

void exactPosteriorMoments(const double* queries, std::int64_t Q, const double* references, std::int64_t M, int D, const double* precision,
                           double* mean, double* covariance) {
#pragma omp parallel if (Q * M > 50000)
  {
    const std::int64_t most = std::min(kBlock, M);
    std::vector<double> w(static_cast<std::size_t>(most)), centred(static_cast<std::size_t>(most * D)),
        weighted(static_cast<std::size_t>(most * D));
    Moments all(D), block(D);
#pragma omp for schedule(dynamic, 32)
    for (std::int64_t q = 0; q < Q; ++q) {
      double least = std::numeric_limits<double>::max();
      all.clear();
      for (std::int64_t from = 0; from < M; from += kBlock) {
        const std::int64_t count = std::min(kBlock, M - from);
        const double blockLeast = distances(queries + q * D, references + from, M, count, D, precision, w.data());
        if (blockLeast < least) {  // a nearer reference: what was summed shrinks
          if (all.total > 0) all.shrink(std::exp(0.5 * (blockLeast - least)));
          least = blockLeast;
        } else if (blockLeast - least > 170) {
          continue;  // every weight of this block is below 1e-36
        }
        block.total = weights(w.data(), count, least);
        if (!(block.total > 0)) continue;
        for (int i = 0; i < D; ++i) {
          const double* axis = references + i * M + from;
          block.mean[static_cast<std::size_t>(i)] = dot(w.data(), axis, count) / block.total;
          centre(axis, w.data(), block.mean[static_cast<std::size_t>(i)], count, centred.data() + i * most, weighted.data() + i * most);
          for (int j = 0; j <= i; ++j)
            block.second[static_cast<std::size_t>(i * D + j)] = block.second[static_cast<std::size_t>(j * D + i)] =
                dot(weighted.data() + i * most, centred.data() + j * most, count);
        }
        all.join(block);
      }
      std::copy(all.mean.begin(), all.mean.end(), mean + q * D);
      for (int k = 0; k < D * D; ++k) covariance[q * D * D + k] = all.second[static_cast<std::size_t>(k)] / all.total;
    }
  }
}

}  // namespace inflaton
