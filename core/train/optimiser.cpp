#include "core/train/optimiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/train/state_file.h"

namespace inflaton {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEps = 1e-8, kEmaRampup = 0.05;

}  // namespace

OptimiserState OptimiserState::clone() const { return {step, weights.clone(), average.clone(), first.clone(), second.clone()}; }

OptimiserState OptimiserState::to(c10::Device device) const {
  return {step, weights.to(device), average.to(device), first.to(device), second.to(device)};
}

void OptimiserState::write(StateWriter& out, const std::string& prefix) const {
  out.tensor(prefix + "weights", weights);
  out.tensor(prefix + "average", average);
  out.tensor(prefix + "first", first);
  out.tensor(prefix + "second", second);
}

OptimiserState OptimiserState::read(const StateReader& in, std::int64_t size, std::int64_t step, const std::string& prefix) {
  OptimiserState s;
  s.step = step;
  s.weights = in.floats(prefix + "weights", {size});
  s.average = in.floats(prefix + "average", {size});
  s.first = in.floats(prefix + "first", {size});
  s.second = in.floats(prefix + "second", {size});
  return s;
}

Optimiser::Optimiser(const OptimiserSettings& settings, OptimiserState state) : settings_(settings), state_(std::move(state)) {}

OptimiserState Optimiser::fresh(at::Tensor weights) {
  OptimiserState s;
  s.weights = std::move(weights);
  s.average = s.weights.clone();
  s.first = at::zeros_like(s.weights);
  s.second = at::zeros_like(s.weights);
  return s;
}

double Optimiser::learningRate() const {
  const double seen = static_cast<double>(state_.step * settings_.batch);
  const double ramp = settings_.rampSamples > 0 ? std::min(1.0, seen / settings_.rampSamples) : 1.0;
  const double fraction = static_cast<double>(state_.step) / static_cast<double>(settings_.steps);
  return settings_.lr * ramp * (settings_.cosine ? 0.5 + 0.5 * std::cos(std::numbers::pi * fraction) : 1.0);
}

double Optimiser::prepare(at::Tensor& gradient) const {
  if (settings_.cleanGradients) gradient.nan_to_num_(0, 1e5, -1e5);
  return gradient.norm(2, at::kDouble).item<double>();
}

void Optimiser::step(const at::Tensor& gradient) {
  const at::NoGradGuard off;
  auto& s = state_;
  const double rate = learningRate(), seen = static_cast<double>(s.step * settings_.batch);
  const double halfLife = std::min(settings_.halfLife, kEmaRampup * seen);
  const double keep = std::pow(0.5, static_cast<double>(settings_.batch) / std::max(halfLife, 1e-8));
  const double k = static_cast<double>(s.step + 1);
  s.first.lerp_(gradient, 1 - kBeta1);
  s.second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
  const auto spread = (s.second * (1 / (1 - std::pow(kBeta2, k)))).sqrt_().add_(kEps);
  s.weights.addcdiv_(s.first, spread, -rate / (1 - std::pow(kBeta1, k)));
  s.average.lerp_(s.weights, 1 - keep);
  ++s.step;
}

}  // namespace inflaton
