#pragma once
// Adam with a learning-rate ramp and cosine decay, and a running average (EMA) of the weights, which is what gets used.
#include <memory>

#include "core/nets/network.h"
#include "core/train/batch_source.h"

namespace inflaton {

struct TrainerSettings {
  std::int64_t batch = 1024, steps = 1;  ///< steps: all of the run's
  std::int64_t atOnce = 0;               ///< rows of a batch at a time, a divisor of it; gradients of the rounds are added up; 0: all
  double lr = 1e-3;
  double rampSamples = 0;       ///< the learning rate is lr min(samples seen before the step / this, 1), as the reference's
  bool cosine = true;           ///< and falls to zero along a cosine over the run
  double halfLife = 0;          ///< of the average, samples; shortened to 5 % of what has been seen
  double lossScale = 1;         ///< factor on the gradient; the loss is told without it
  bool cleanGradients = false;  ///< NaN becomes 0 and infinity 1e5; otherwise they end the training
  std::uint64_t seed = 0;       ///< of dropout
};

/// All that changes while training.
struct TrainerState {
  std::int64_t step = 0;
  at::Tensor weights, average;  ///< float32 [size]
  at::Tensor first, second;     ///< Adam's moments
  double lossSmoothed = 0;
  TrainerState clone() const;
};

class Trainer {
 public:
  Trainer(std::shared_ptr<const Network>, const TrainerSettings&, TrainerState);
  /// A state to start from, on the device.
  static TrainerState fresh(const Network&, std::uint64_t seed, c10::Device);

  /// One step on network inputs and targets; returns the batch's loss: mean over points of the sum over axes of (weight (D - y))^2.
  /// Throws Error(diverged) naming the step when loss or gradient are not finite; good() is then what to keep.
  double step(const Batch&);
  const TrainerState& state() const { return state_; }
  /// A recent state whose loss and gradient were finite.
  const TrainerState& good() const { return good_; }
  double learningRate() const;                   ///< of the next step
  double gradientNorm() const { return norm_; }  ///< of the last step
  bool done() const { return state_.step >= settings_.steps; }

 private:
  std::shared_ptr<const Network> network_;
  TrainerSettings settings_;
  TrainerState state_, good_;
  double gradient(const Batch&);

  at::Tensor gradient_, round_;
  double norm_ = 0;
};

}  // namespace inflaton
