#include "core/train/trainer.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numbers>

#include "core/api/error.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEps = 1e-8, kEmaRampup = 0.05;
constexpr double kSmoothingSteps = 100;
constexpr std::int64_t kGoodEvery = 32;  // steps between copies of a good state

}  // namespace

TrainerState TrainerState::clone() const { return {step, weights.clone(), average.clone(), first.clone(), second.clone(), lossSmoothed}; }

Trainer::Trainer(std::shared_ptr<const Network> network, const TrainerSettings& settings, TrainerState state)
    : network_(std::move(network)),
      settings_(settings),
      state_(std::move(state)),
      good_(state_.clone()),
      gradient_(at::zeros_like(state_.weights)) {}

TrainerState Trainer::fresh(const Network& network, std::uint64_t seed, c10::Device device) {
  TrainerState s;
  s.weights = network.initialWeights(at::detail::createCPUGenerator(trainingSeed(seed, TrainingPurpose::weights))).to(device);
  s.average = s.weights.clone();
  s.first = at::zeros_like(s.weights), s.second = at::zeros_like(s.weights);
  return s;
}

double Trainer::learningRate() const {
  const double seen = static_cast<double>(state_.step * settings_.batch);
  const double ramp = settings_.rampSamples > 0 ? std::min(1.0, seen / settings_.rampSamples) : 1.0;
  const double fraction = static_cast<double>(state_.step) / static_cast<double>(settings_.steps);
  return settings_.lr * ramp * (settings_.cosine ? 0.5 + 0.5 * std::cos(std::numbers::pi * fraction) : 1.0);
}

/// Of the whole batch, into gradient_; returns the loss.
double Trainer::gradient(const Batch& b) {
  const std::int64_t n = b.y.size(0), atOnce = settings_.atOnce > 0 ? std::min(settings_.atOnce, n) : n, rounds = (n + atOnce - 1) / atOnce;
  if (rounds > 1) gradient_.zero_();
  double loss = 0;
  for (std::int64_t r = 0; r < rounds; ++r) {
    const auto rows = [&](const at::Tensor& v) { return v.slice(0, r * atOnce, std::min(n, (r + 1) * atOnce)); };
    const auto y = rows(b.y);
    const auto dropout = trainingSeed(settings_.seed, TrainingPurpose::dropout, static_cast<std::uint64_t>(state_.step * rounds + r)) | 1;
    const double share = static_cast<double>(y.size(0)) / static_cast<double>(n);
    if (rounds > 1 && !round_.defined()) round_ = at::empty_like(gradient_);
    auto& into = rounds > 1 ? round_ : gradient_;
    loss += share * network_->lossAndGradient(state_.weights, y, rows(b.t), rows(b.target), into, dropout);
    if (rounds > 1) gradient_.add_(round_, share);
  }
  if (settings_.lossScale != 1) gradient_.mul_(settings_.lossScale);
  return loss;
}

double Trainer::step(const Batch& batch) {
  const at::NoGradGuard off;
  auto& s = state_;
  const double loss = gradient(batch);
  if (settings_.cleanGradients) gradient_.nan_to_num_(0, 1e5, -1e5);
  norm_ = gradient_.norm(2, at::kDouble).item<double>();
  const bool lossFinite = std::isfinite(loss), good = lossFinite && std::isfinite(norm_);
  if (!good && !settings_.cleanGradients)
    throw Error(ErrorCode::diverged, std::string("training diverged: the ") + (lossFinite ? "gradient" : "loss") + " of step " +
                                         std::to_string(s.step + 1) + " is not finite");
  if (s.step % kGoodEvery == 0 && good) good_ = s.clone();

  const double rate = learningRate(), seen = static_cast<double>(s.step * settings_.batch);
  const double halfLife = std::min(settings_.halfLife, kEmaRampup * seen);
  const double keep = std::pow(0.5, static_cast<double>(settings_.batch) / std::max(halfLife, 1e-8));
  const double k = static_cast<double>(s.step + 1);
  s.first.lerp_(gradient_, 1 - kBeta1);
  s.second.mul_(kBeta2).addcmul_(gradient_, gradient_, 1 - kBeta2);
  const auto spread = (s.second * (1 / (1 - std::pow(kBeta2, k)))).sqrt_().add_(kEps);
  s.weights.addcdiv_(s.first, spread, -rate / (1 - std::pow(kBeta1, k)));
  s.average.lerp_(s.weights, 1 - keep);
  if (lossFinite) s.lossSmoothed = s.step == 0 ? loss : s.lossSmoothed + (loss - s.lossSmoothed) / std::min(k, kSmoothingSteps);
  ++s.step;
  return loss;
}

}  // namespace inflaton
