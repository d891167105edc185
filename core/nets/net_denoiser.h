#pragma once
// A trained network as a denoiser: D = cSkip x + cOut F(cIn x, t), the preconditioning "ifs" of specification 1.1.
#include <memory>

#include "core/nets/denoiser.h"
#include "core/nets/network.h"

namespace inflaton {

class NetDenoiser : public Denoiser {
 public:
  /// weights [network->size()] float32; their device is where it computes. The network's dimension is the basis's.
  NetDenoiser(Schedule, Eigenbasis, std::shared_ptr<const Network>, at::Tensor weights);

  at::Tensor denoise(const at::Tensor& x, double t) const override;
  /// F itself: nothing is subtracted, so nothing cancels where cOut is small.
  at::Tensor whitened(const at::Tensor& y, double t) const override;

  /// One time per point: x [N, D], t float64 [N] -> D(x, t) [N, D]; `weight` receives 1 / cOut [N, D] when not null.
  at::Tensor denoiseEach(const at::Tensor& x, const at::Tensor& t, at::Tensor* weight = nullptr) const;

  const Network& network() const { return *network_; }
  const at::Tensor& weights() const { return weights_; }

 private:
  std::shared_ptr<const Network> network_;
  at::Tensor weights_;
};

}  // namespace inflaton
