#pragma once
// Adam with a learning-rate ramp and cosine decay on a flat tensor, and a running average (EMA) of it, which is what gets used.
// What the gradient is of is not its business.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace inflaton {

class StateReader;
class StateWriter;

struct OptimiserSettings {
  std::int64_t batch = 1024, steps = 1;  ///< samples a step; steps: all of the run's
  double lr = 1e-3;
  double rampSamples = 0;       ///< the learning rate is lr min(samples seen before the step / this, 1), as the reference's
  bool cosine = true;           ///< and falls to zero along a cosine over the run
  double halfLife = 0;          ///< of the average, samples; shortened to 5 % of what has been seen
  bool cleanGradients = false;  ///< NaN becomes 0, infinity 1e5 and its negative -1e5, as the reference does
};

/// All that changes with the steps. Tensors float32 [size], on one device.
struct OptimiserState {
  std::int64_t step = 0;
  at::Tensor weights, average;
  at::Tensor first, second;  ///< Adam's moments
  /// Shares no memory with this one.
  OptimiserState clone() const;
  OptimiserState to(c10::Device) const;

  // By name, in a training state: `prefix` + weights, average, first, second. The step is the caller's to keep.
  void write(StateWriter&, const std::string& prefix = {}) const;
  static OptimiserState read(const StateReader&, std::int64_t size, std::int64_t step, const std::string& prefix = {});
};

class Optimiser {
 public:
  Optimiser(const OptimiserSettings&, OptimiserState);
  /// A state to start from: the average is the weights, the moments are zero. Takes the tensor as it is.
  static OptimiserState fresh(at::Tensor weights);

  /// Cleans the gradient [size] in place, where the settings say so; returns its length.
  double prepare(at::Tensor& gradient) const;
  /// One step down a prepared gradient. The state's tensors move in place.
  void step(const at::Tensor& gradient);

  const OptimiserSettings& settings() const { return settings_; }
  const OptimiserState& state() const { return state_; }
  double learningRate() const;  ///< of the next step
  bool done() const { return state_.step >= settings_.steps; }

 private:
  OptimiserSettings settings_;
  OptimiserState state_;
};

}  // namespace inflaton
