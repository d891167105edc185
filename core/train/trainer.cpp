#include "core/train/trainer.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numbers>

#include "core/api/error.h"

namespace inflaton {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEps = 1e-8, kEmaRampup = 0.05;
constexpr double kSmoothingSteps = 100;
constexpr std::int64_t kGoodEvery = 32;  // steps between copies of a good state

}  // namespace

TrainerState TrainerState::clone() const {
  return {step, weights.clone(), average.clone(), first.clone(), second.clone(), lossSmoothed};
}

Trainer::Trainer(std::shared_ptr<const Network> network, const TrainerSettings& settings, TrainerState state)
    : network_(std::move(network)), settings_(settings), state_(std::move(state)), good_(state_.clone()),
      gradient_(at::zeros_like(state_.weights)) {}

TrainerState Trainer::fresh(const Network& network, std::uint64_t seed, c10::Device device) {
  TrainerState s;
  s.weights = network.initialWeights(at::detail::createCPUGenerator(derivedSeed(seed, SeedStream::weights))).to(device);
  s.average = s.weights.clone();
  s.first = at::zeros_like(s.weights), s.second = at::zeros_like(s.weights);
  return s;
}

double Trainer::learningRate() const {
  const double seen = static_cast<double>((state_.step + 1) * settings_.batch);
  const double ramp = settings_.rampSamples > 0 ? std::min(1.0, seen / settings_.rampSamples) : 1.0;
  const double fraction = static_cast<double>(state_.step) / static_cast<double>(settings_.steps);
  return settings_.lr * ramp * (settings_.cosine ? 0.5 + 0.5 * std::cos(std::numbers::pi * fraction) : 1.0);
}

double Trainer::step(const Batch& batch) {
  const at::NoGradGuard off;
  auto& s = state_;
  const double loss = network_->lossAndGradient(s.weights, batch.y, batch.t, batch.target, gradient_);
  const bool lossFinite = std::isfinite(loss);
  if (!lossFinite || !std::isfinite(gradient_.sum().item<double>()))
    throw Error(ErrorCode::diverged, std::string("training diverged: the ") + (lossFinite ? "gradient" : "loss") + " of step " +
                                         std::to_string(s.step + 1) + " is not finite");
  if (s.step % kGoodEvery == 0) good_ = s.clone();

  const double rate = learningRate(), seen = static_cast<double>(s.step * settings_.batch);
  const double halfLife = std::min(settings_.halfLife, kEmaRampup * seen);
  const double keep = std::pow(0.5, static_cast<double>(settings_.batch) / std::max(halfLife, 1e-8));
  const double k = static_cast<double>(s.step + 1);
  s.first.lerp_(gradient_, 1 - kBeta1);
  s.second.mul_(kBeta2).addcmul_(gradient_, gradient_, 1 - kBeta2);
  const auto spread = (s.second * (1 / (1 - std::pow(kBeta2, k)))).sqrt_().add_(kEps);
  s.weights.addcdiv_(s.first, spread, -rate / (1 - std::pow(kBeta1, k)));
  s.average.lerp_(s.weights, 1 - keep);
  s.lossSmoothed = s.step == 0 ? loss : s.lossSmoothed + (loss - s.lossSmoothed) / std::min(k, kSmoothingSteps);
  ++s.step;
  return loss;
}

}  // namespace inflaton
