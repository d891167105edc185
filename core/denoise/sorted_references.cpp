#include "core/denoise/sorted_references.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/machine/exp_negative.h"
#include "core/machine/target_clones.h"

// Compiled with reassociation allowed (core/CMakeLists.txt), so that the sums vectorise.

namespace inflaton {
namespace {

constexpr std::int64_t kBlock = 128;
constexpr float kReach = 32;  // what is left out weighs less than exp(-16) of the member, each
constexpr std::int64_t kBlocksAtOnce = 512;
constexpr int kMostAxes = 64;

/// Least squared distances of x to boxes.
INFLATON_WIDE void boxDistances(const float* x, const float* precision, const float* low, const float* high, std::int64_t stride,
                                std::int64_t count, int D, float* d) {
  for (std::int64_t b = 0; b < count; ++b) d[b] = 0;
  for (int i = 0; i < D; ++i) {
    const float *lo = low + i * stride, *hi = high + i * stride;
    const float xi = x[i], p = precision[i];
    for (std::int64_t b = 0; b < count; ++b) {
      const float e = std::max(std::max(lo[b] - xi, xi - hi[b]), 0.0f);
      d[b] += p * e * e;
    }
  }
}

/// sums[0] += sum of weights exp(-d/2), sums[1 + i] += sum of weight * (reference - member), over one block.
template <int D>
INFLATON_WIDE void addBlock(const float* member, const float* offset, const float* precision, const float* axes, std::int64_t stride,
                            std::int64_t count, double* sums) {
  float total = 0, mean[D] = {};
  for (std::int64_t m = 0; m < count; ++m) {
    float d = 0;
    for (int i = 0; i < D; ++i) {
      const float e = offset[i] - (axes[i * stride + m] - member[i]);
      d += precision[i] * e * e;
    }
    const float w = expNegative(-0.5f * d);
    total += w;
    for (int i = 0; i < D; ++i) mean[i] += w * (axes[i * stride + m] - member[i]);
  }
  sums[0] += total;
  for (int i = 0; i < D; ++i) sums[1 + i] += mean[i];
}

INFLATON_WIDE void addBlockOfAny(const float* member, const float* offset, const float* precision, const float* axes, std::int64_t stride,
                                 std::int64_t count, int D, double* sums) {
  float w[kBlock];
  for (std::int64_t m = 0; m < count; ++m) w[m] = 0;
  for (int i = 0; i < D; ++i)
    for (std::int64_t m = 0; m < count; ++m) {
      const float e = offset[i] - (axes[i * stride + m] - member[i]);
      w[m] += precision[i] * e * e;
    }
  float total = 0;
  for (std::int64_t m = 0; m < count; ++m) {
    w[m] = expNegative(-0.5f * w[m]);
    total += w[m];
  }
  sums[0] += total;
  for (int i = 0; i < D; ++i) {
    float sum = 0;
    for (std::int64_t m = 0; m < count; ++m) sum += w[m] * (axes[i * stride + m] - member[i]);
    sums[1 + i] += sum;
  }
}

/// Halves [from, to) of `order` along the axis on which they spread most, in kernel widths, until a block is left.
void splitInto(std::int32_t* order, std::int64_t from, std::int64_t to, const float* points, int D, const double* width) {
  if (to - from <= kBlock) return;
  int axis = 0;
  double widest = -1;
  for (int i = 0; i < D; ++i) {
    float low = points[order[from] * D + i], high = low;
    for (std::int64_t k = from; k < to; ++k) {
      const float v = points[order[k] * D + i];
      low = std::min(low, v), high = std::max(high, v);
    }
    if (const double spread = (high - low) / width[i]; spread > widest) widest = spread, axis = i;
  }
  const std::int64_t blocks = (to - from + kBlock - 1) / kBlock, middle = from + blocks / 2 * kBlock;
  std::nth_element(order + from, order + middle, order + to, [&](std::int32_t a, std::int32_t b) {
    const float u = points[a * D + axis], v = points[b * D + axis];
    return u != v ? u < v : a < b;
  });
  splitInto(order, from, middle, points, D, width);
  splitInto(order, middle, to, points, D, width);
}

}  // namespace

SortedReferences::SortedReferences(const float* points, std::int64_t n, int D, const double* width)
    : n_(n), blocks_((n + kBlock - 1) / kBlock), D_(D) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  splitInto(order.data(), 0, n, points, D, width);
  axes_.resize(static_cast<std::size_t>(n * D)), low_.resize(static_cast<std::size_t>(blocks_ * D)), high_ = low_;
  for (int i = 0; i < D; ++i) {
    float* axis = axes_.data() + i * n;
    for (std::int64_t m = 0; m < n; ++m) axis[m] = points[order[static_cast<std::size_t>(m)] * D + i];
    for (std::int64_t b = 0; b < blocks_; ++b) {
      const auto [lo, hi] = std::minmax_element(axis + b * kBlock, axis + std::min(n, (b + 1) * kBlock));
      low_[static_cast<std::size_t>(i * blocks_ + b)] = *lo, high_[static_cast<std::size_t>(i * blocks_ + b)] = *hi;
    }
  }
}

void SortedReferences::posteriorShift(const float* member, const float* offset, const float* precision, float* shift) const {
  float reach = kReach, x[kMostAxes];
  for (int i = 0; i < D_; ++i) x[i] = member[i] + offset[i], reach += precision[i] * offset[i] * offset[i];
  std::array<double, 1 + kMostAxes> sums{};
  float d[kBlocksAtOnce];
  for (std::int64_t first = 0; first < blocks_; first += kBlocksAtOnce) {
    const std::int64_t some = std::min(kBlocksAtOnce, blocks_ - first);
    boxDistances(x, precision, low_.data() + first, high_.data() + first, blocks_, some, D_, d);
    for (std::int64_t k = 0; k < some; ++k) {
      if (d[k] > reach) continue;
      const std::int64_t from = (first + k) * kBlock, count = std::min(kBlock, n_ - from);
      const float* axes = axes_.data() + from;
      if (D_ == 2)
        addBlock<2>(member, offset, precision, axes, n_, count, sums.data());
      else if (D_ == 3)
        addBlock<3>(member, offset, precision, axes, n_, count, sums.data());
      else
        addBlockOfAny(member, offset, precision, axes, n_, count, D_, sums.data());
    }
  }
  for (int i = 0; i < D_; ++i) shift[i] = static_cast<float>(sums[static_cast<std::size_t>(1 + i)] / sums[0]);
}

}  // namespace inflaton
