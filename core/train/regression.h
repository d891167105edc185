#pragma once
// Denoising as a regression: the loss of a batch through a network and its gradient, in as many rounds as memory asks for.
#include <memory>

#include "core/nets/network.h"

namespace inflaton {

/// What a network is shown and what it should have answered, row by row, in the coordinates that it sees.
struct Batch {
  at::Tensor y, target;  ///< float32 [batch, D]
  Conditioning given;    ///< times float32 [batch], and labels where the data have any
};

struct RegressionSettings {
  std::int64_t atOnce = 0;  ///< rows of a batch at a time; gradients of the rounds are added up; 0: all
  double lossScale = 1;     ///< factor on the gradient; the loss is told without it
  std::uint64_t seed = 0;   ///< of dropout
};

class Regression {
 public:
  Regression(std::shared_ptr<const Network>, const RegressionSettings&);
  /// The batch's loss: mean over rows of the sum over axes of (F - target)^2. Its gradient, scaled, is written into `gradient` [size];
  /// buffers move in place. `step`: which of the run's it is, for dropout follows from (seed, step) alone.
  double gradient(const NetworkTensors&, const Batch&, std::int64_t step, at::Tensor& gradient);

 private:
  std::shared_ptr<const Network> network_;
  RegressionSettings settings_;
  at::Tensor round_;  ///< a round's gradient
};

}  // namespace inflaton
