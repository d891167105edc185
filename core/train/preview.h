#pragma once
// Points generated while training: always from the same latent draw, so that one sees the network move and not the dice.
#include <functional>
#include <memory>
#include <vector>

#include "core/nets/net_denoiser.h"

namespace inflaton {

class Preview {
 public:
  /// `points` of them for networks of this dimension.
  Preview(int dim, std::int64_t points, std::uint64_t seed);
  /// [points, dim] in data coordinates: a few Heun steps in the angle form from t_max to 0, of the first `atMost` of them.
  /// `poll` is called before each evaluation of the network and may throw.
  std::shared_ptr<const std::vector<float>> draw(const NetDenoiser&, std::int64_t atMost, const std::function<void()>& poll) const;

 private:
  at::Tensor latent_;  ///< whitened: N(0, I)
};

}  // namespace inflaton
