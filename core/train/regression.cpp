#include "core/train/regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "core/data/random.h"

namespace inflaton {

Regression::Regression(std::shared_ptr<const Network> network, const RegressionSettings& settings)
    : network_(std::move(network)), settings_(settings) {}

double Regression::gradient(const NetworkTensors& net, const Batch& b, std::int64_t step, at::Tensor& gradient) {
  const std::int64_t n = b.y.size(0), atOnce = settings_.atOnce > 0 ? std::min(settings_.atOnce, n) : n, rounds = (n + atOnce - 1) / atOnce;
  if (rounds > 1) gradient.zero_();
  double loss = 0;
  for (std::int64_t r = 0; r < rounds; ++r) {
    const std::int64_t from = r * atOnce, to = std::min(n, from + atOnce);
    const auto dropout = trainingSeed(settings_.seed, TrainingPurpose::dropout, static_cast<std::uint64_t>(step * rounds + r)) | 1;
    const double share = static_cast<double>(to - from) / static_cast<double>(n);
    if (rounds > 1 && !round_.defined()) round_ = at::empty_like(gradient);
    auto& into = rounds > 1 ? round_ : gradient;
    loss +=
        share * network_->lossAndGradient(net, b.y.slice(0, from, to), b.given.rows(from, to), b.target.slice(0, from, to), into, dropout);
    if (rounds > 1) gradient.add_(round_, share);
  }
  if (settings_.lossScale != 1) gradient.mul_(settings_.lossScale);
  return loss;
}

}  // namespace inflaton
