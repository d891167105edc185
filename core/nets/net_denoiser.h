#pragma once
// A trained network as a denoiser: D = cSkip x + cOut F(cIn x, t) (specification 1.1), whatever coordinates the network sees.
#include <memory>

#include "core/denoise/denoiser.h"
#include "core/nets/net_coordinates.h"
#include "core/nets/network.h"

namespace inflaton {

class NetDenoiser : public Denoiser {
 public:
  /// The network's weights (and buffers, where it has any), float32; their device is where it computes. Its dimension is the basis's.
  /// precond and space: as NetCoordinates has them. Throws Error(usage) when the parts do not fit each other.
  NetDenoiser(Schedule, Eigenbasis, std::shared_ptr<const Network>, NetworkTensors, const std::string& precond = "ifs",
              const std::string& space = "ES");

  at::Tensor denoise(const at::Tensor& x, double t) const override;
  /// F itself: nothing is subtracted, so nothing cancels where cOut is small.
  at::Tensor whitened(const at::Tensor& y, double t) const override;
  at::Tensor whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const override;
  at::Tensor whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const override;
  c10::Device device() const override { return weights().device(); }
  std::int64_t workPerPoint() const override { return network_->size(); }

  /// One time per point: x [N, D], t float64 [N] -> D(x, t) [N, D]; `weight` receives 1 / cOut [N, D] when not null.
  at::Tensor denoiseEach(const at::Tensor& x, const at::Tensor& t, at::Tensor* weight = nullptr) const;

  const Network& network() const { return *network_; }
  const NetCoordinates& coordinates() const { return coordinates_; }
  const NetworkTensors& tensors() const { return tensors_; }
  const at::Tensor& weights() const { return tensors_.weights; }

 private:
  /// F of whitened y at times t ([N] or [1]), whose terms these are.
  at::Tensor evaluate(const at::Tensor& y, const at::Tensor& t, const NetCoordinates::Terms&) const;
  /// For one time; those of the last one asked are kept.
  NetCoordinates::Terms termsAt(double t, const at::Tensor& y) const;

  NetCoordinates coordinates_;
  std::shared_ptr<const Network> network_;
  NetworkTensors tensors_;
  Remembered<Moment, NetCoordinates::Terms> terms_;
};

}  // namespace inflaton
