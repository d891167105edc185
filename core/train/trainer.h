#pragma once
// Adam with a learning-rate ramp and cosine decay, and a running average (EMA) of the weights, which is what gets used.
#include <memory>

#include "core/nets/network.h"
#include "core/train/batch_source.h"

namespace inflaton {

struct TrainerSettings {
  std::int64_t batch = 1024, steps = 1;  ///< steps: all of the run's
  double lr = 1e-3;
  double rampSamples = 0;  ///< the learning rate rises linearly over these
  bool cosine = true;      ///< and falls to zero along a cosine over the run
  double halfLife = 0;     ///< of the average, samples; shortened to 5 % of what has been seen
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

  /// One step; returns the batch's loss: mean over points of the sum over axes of (weight (D - y))^2.
  /// Throws Error(diverged) naming the step when loss or gradient are not finite; good() is then what to keep.
  double step(const Batch&);
  const TrainerState& state() const { return state_; }
  /// A recent state whose loss and gradient were finite.
  const TrainerState& good() const { return good_; }
  double learningRate() const;  ///< of the next step
  bool done() const { return state_.step >= settings_.steps; }

 private:
  std::shared_ptr<const Network> network_;
  TrainerSettings settings_;
  TrainerState state_, good_;
  at::Tensor gradient_;
};

}  // namespace inflaton
