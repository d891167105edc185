#pragma once
// A network that learns by regression: one batch, one step of its optimiser, with safeguards against numbers that are not finite.
#include "core/train/optimiser.h"
#include "core/train/regression.h"

namespace inflaton {

/// All that changes while a network learns.
struct LearnerState {
  OptimiserState optimiser;
  at::Tensor buffers;  ///< as NetworkTensors has them
  double lossSmoothed = 0;
  LearnerState clone() const;
  LearnerState to(c10::Device) const;
  std::int64_t step() const { return optimiser.step; }
  NetworkTensors current() const { return {optimiser.weights, buffers}; }
  NetworkTensors averaged() const { return {optimiser.average, buffers}; }  ///< what gets used
};

class Learner {
 public:
  Learner(std::shared_ptr<const Network>, const OptimiserSettings&, const RegressionSettings&, LearnerState);
  /// A state to start from, on the device.
  static LearnerState fresh(const Network&, std::uint64_t seed, c10::Device);

  /// One step; returns the batch's loss. Throws Error(diverged) naming the step when loss or gradient are not finite, unless gradients
  /// are cleaned; the weights are then untouched, and goBack() leads to a state to keep.
  double step(const Batch&);
  /// Back to a recent state whose loss and gradient were finite.
  void goBack();

  LearnerState state() const { return {optimiser_.state(), buffers_, lossSmoothed_}; }
  double learningRate() const { return optimiser_.learningRate(); }  ///< of the next step
  double gradientNorm() const { return norm_; }                      ///< of the last step
  bool done() const { return optimiser_.done(); }

 private:
  Regression regression_;
  Optimiser optimiser_;
  at::Tensor buffers_;
  double lossSmoothed_;
  LearnerState good_;
  at::Tensor gradient_;
  double norm_ = 0;
};

}  // namespace inflaton
