#include "core/calibration/posterior/kernel_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/machine/exp_negative.h"
#include "core/machine/target_clones.h"

namespace inflaton {
namespace {

constexpr double kFar = 1e150;     // of the points that fill up the last block: their square is still finite
constexpr double kReach = 2 * 60;  // squared distance beyond the nearest at which kernels end: e^-60 each, some 1e-21 of the sum together

/// Places along Morton's curve: neighbours there are neighbours in the plane.
std::uint32_t spread(std::uint32_t v) {
  v = (v | (v << 8)) & 0x00FF00FFu;
  v = (v | (v << 4)) & 0x0F0F0F0Fu;
  v = (v | (v << 2)) & 0x33333333u;
  return (v | (v << 1)) & 0x55555555u;
}

/// d[m] = squared distances of a block of 64; returns the least.
INFLATON_WIDE double distances(const double* px, const double* py, double x, double y, double* d) {
  double least[8];
  for (int j = 0; j < 8; ++j) least[j] = std::numeric_limits<double>::max();
  for (int m = 0; m < 64; m += 8)
    for (int j = 0; j < 8; ++j) {
      const double a = px[m + j] - x, b = py[m + j] - y;
      d[m + j] = a * a + b * b;
      least[j] = std::min(least[j], d[m + j]);
    }
  double all = least[0];
  for (int j = 1; j < 8; ++j) all = std::min(all, least[j]);
  return all;
}

/// sum of exp(-(d - least) / 2)
INFLATON_WIDE double kernels(const double* d, double least) {
  double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  for (int m = 0; m < 64; m += 8)
    for (int j = 0; j < 8; ++j) sum[j] += expNegative(0.5 * (least - d[m + j]));
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

}  // namespace

KernelSum::KernelSum(std::span<const double> points, double variance)
    : count_(static_cast<std::int64_t>(points.size() / 2)), scale_(1 / std::sqrt(variance)) {
  logFactor_ = -std::log(2 * std::numbers::pi * variance) - std::log(static_cast<double>(count_));
  const auto M = static_cast<std::size_t>(count_);
  std::array<double, 2> low{points[0], points[1]}, high = low;
  for (std::size_t i = 0; i < 2 * M; ++i) low[i % 2] = std::min(low[i % 2], points[i]), high[i % 2] = std::max(high[i % 2], points[i]);
  const auto cell = [&](std::size_t i, std::size_t axis) {
    const double width = high[axis] - low[axis];
    return width > 0 ? static_cast<std::uint32_t>(65535 * ((points[2 * i + axis] - low[axis]) / width)) : 0u;
  };
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order(M);  // place, number
  for (std::size_t i = 0; i < M; ++i) order[i] = {spread(cell(i, 0)) | spread(cell(i, 1)) << 1, static_cast<std::uint32_t>(i)};
  std::sort(order.begin(), order.end());
  const std::size_t blocks = (M + kBlock - 1) / kBlock;
  x_.assign(blocks * kBlock, kFar), y_.assign(blocks * kBlock, kFar);
  boxes_.assign(blocks, {kFar, -kFar, kFar, -kFar});
  for (std::size_t i = 0; i < M; ++i) {
    const std::size_t from = order[i].second;
    const double x = x_[i] = points[2 * from] * scale_, y = y_[i] = points[2 * from + 1] * scale_;
    Box& box = boxes_[i / kBlock];
    box = {std::min(box.left, x), std::max(box.right, x), std::min(box.bottom, y), std::max(box.top, y)};
  }
}

double KernelSum::logMean(double x, double y) const {
  x *= scale_, y *= scale_;
  const auto distance = [&](const Box& b) {
    const double a = std::max({b.left - x, x - b.right, 0.0}), c = std::max({b.bottom - y, y - b.top, 0.0});
    return a * a + c * c;
  };
  std::size_t nearest = 0;
  double closest = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < boxes_.size(); ++i)
    if (const double d = distance(boxes_[i]); d < closest) closest = d, nearest = i;
  alignas(64) double d[kBlock];
  double least = distances(x_.data() + nearest * kBlock, y_.data() + nearest * kBlock, x, y, d);
  double sum = kernels(d, least);
  for (std::size_t i = 0; i < boxes_.size(); ++i) {
    if (i == nearest || distance(boxes_[i]) > least + kReach) continue;
    const double own = distances(x_.data() + i * kBlock, y_.data() + i * kBlock, x, y, d);
    if (own < least) sum *= std::exp(0.5 * (own - least)), least = own;
    sum += kernels(d, least);
  }
  return logFactor_ - 0.5 * least + std::log(sum);
}

}  // namespace inflaton
