#include "core/train/learner.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>

#include "core/api/error.h"
#include "core/data/random.h"
#include "core/train/smoothed_loss.h"

namespace inflaton {
namespace {

constexpr std::int64_t kGoodEvery = 32;  // steps between copies of a good state

}  // namespace

LearnerState LearnerState::clone() const { return {optimiser.clone(), buffers.defined() ? buffers.clone() : buffers, lossSmoothed}; }

LearnerState LearnerState::to(c10::Device device) const {
  return {optimiser.to(device), buffers.defined() ? buffers.to(device) : buffers, lossSmoothed};
}

Learner::Learner(std::shared_ptr<const Network> network, const OptimiserSettings& optimiser, const RegressionSettings& regression,
                 LearnerState state)
    : regression_(std::move(network), regression),
      optimiser_(optimiser, state.optimiser),
      buffers_(state.buffers),
      lossSmoothed_(state.lossSmoothed),
      good_(state.clone()),
      gradient_(at::zeros_like(state.optimiser.weights)) {}

LearnerState Learner::fresh(const Network& network, std::uint64_t seed, c10::Device device) {
  LearnerState s;
  s.optimiser =
      Optimiser::fresh(network.initialWeights(at::detail::createCPUGenerator(trainingSeed(seed, TrainingPurpose::weights))).to(device));
  if (network.bufferSize() > 0) s.buffers = network.initialBuffers().to(device);
  return s;
}

double Learner::step(const Batch& batch) {
  const at::NoGradGuard off;
  const auto now = state();
  const auto buffers = buffers_.defined() ? buffers_.clone() : buffers_;
  const double loss = [&] {
    try {
      return regression_.gradient(now.current(), batch, now.step(), gradient_);
    } catch (...) {  // a step that is left half-way has not been taken
      if (buffers_.defined()) buffers_.copy_(buffers);
      throw;
    }
  }();
  norm_ = optimiser_.prepare(gradient_);
  const bool lossFinite = std::isfinite(loss), good = lossFinite && std::isfinite(norm_);
  if (!good && !optimiser_.settings().cleanGradients)
    throw Error(ErrorCode::diverged, std::string("training diverged: the ") + (lossFinite ? "gradient" : "loss") + " of step " +
                                         std::to_string(now.step() + 1) + " is not finite");
  if (now.step() % kGoodEvery == 0 && good) good_ = now.clone();
  optimiser_.step(gradient_);
  if (lossFinite) lossSmoothed_ = smoothedLoss(lossSmoothed_, loss, now.step());
  return loss;
}

void Learner::goBack() {
  auto back = good_.clone();
  optimiser_ = Optimiser(optimiser_.settings(), std::move(back.optimiser));
  buffers_ = back.buffers;
  lossSmoothed_ = back.lossSmoothed;
}

}  // namespace inflaton
