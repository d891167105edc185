#include "core/calibration/posterior/simplex_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/machine/target_clones.h"

namespace inflaton {
namespace {

constexpr std::size_t kBatch = 256;  // points at a time: weights, products and exponents stay in L1
constexpr std::size_t kGroup = 4;    // observations multiplied up before the exponent is taken out

/// product[i] *= prod over `count` rows of their mixture; then its exponent moves to `exponent`.
INFLATON_WIDE void multiply(const std::array<double, 3>* rows, std::size_t count, const double* w0, const double* w1, const double* w2,
                            double* product, std::int64_t* exponent) {
  for (std::size_t r = 0; r < count; ++r) {
    const double a = rows[r][0], b = rows[r][1], c = rows[r][2];
    for (std::size_t i = 0; i < kBatch; ++i) product[i] *= w0[i] * a + w1[i] * b + w2[i] * c;
  }
  for (std::size_t i = 0; i < kBatch; ++i) {
    std::int64_t bits;
    std::memcpy(&bits, product + i, sizeof bits);
    exponent[i] += (bits >> 52) - 1023;
    bits = (bits & 0x000FFFFFFFFFFFFFll) | 0x3FF0000000000000ll;
    std::memcpy(product + i, &bits, sizeof bits);
  }
}

}  // namespace

SimplexLikelihood::SimplexLikelihood(std::span<const double> logL) : rows_(logL.size() / 3) {
  for (std::size_t n = 0; n < rows_.size(); ++n) {
    const double* row = logL.data() + 3 * n;
    const double most = std::max({row[0], row[1], row[2]});
    for (std::size_t k = 0; k < 3; ++k) rows_[n][k] = std::exp(row[k] - most);
    logScale_ += most;
  }
}

void SimplexLikelihood::evaluate(std::span<const double> w0, std::span<const double> w1, std::span<const double> w2,
                                 std::span<double> out) const {
  const std::span<const double> all[3]{w0, w1, w2};
  const auto batches = static_cast<std::int64_t>((out.size() + kBatch - 1) / kBatch);
#pragma omp parallel for schedule(static) if (out.size() * rows_.size() > 1000000)
  for (std::int64_t batch = 0; batch < batches; ++batch) {
    alignas(64) double w[3][kBatch], product[kBatch];
    alignas(64) std::int64_t exponent[kBatch];
    const std::size_t from = static_cast<std::size_t>(batch) * kBatch, count = std::min(kBatch, out.size() - from);
    for (int k = 0; k < 3; ++k) {
      std::copy_n(all[k].data() + from, count, w[k]);
      std::fill(w[k] + count, w[k] + kBatch, 1.0 / 3);
    }
    std::fill_n(product, kBatch, 1.0), std::fill_n(exponent, kBatch, std::int64_t{0});
    for (std::size_t n = 0; n < rows_.size(); n += kGroup)
      multiply(rows_.data() + n, std::min(kGroup, rows_.size() - n), w[0], w[1], w[2], product, exponent);
    for (std::size_t i = 0; i < count; ++i) out[from + i] = std::log(product[i]) + static_cast<double>(exponent[i]) * std::numbers::ln2;
  }
}

}  // namespace inflaton
