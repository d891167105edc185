#pragma once
// The denoiser that needs no training: the posterior mean over finite data (specification 9).
#include <functional>

#include "core/denoise/denoiser.h"

namespace inflaton {

class ExactDenoiser : public Denoiser {
 public:
  /// references [M, D] in eigen-coordinates, M >= 1; their dtype and device are those of the answers.
  ExactDenoiser(Schedule, Eigenbasis, const at::Tensor& references);
  at::Tensor denoise(const at::Tensor& x, double t) const override;
  c10::Device device() const override { return byAxis_.device(); }
  /// The closed form dD/dx = Cov / gamma, with Cov the posterior covariance of the clean point. Computed in float64.
  at::Tensor whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const override;
  /// Called on the calling thread every few milliseconds of a large evaluation; may throw to cancel it.
  void setPoll(std::function<void()> poll) { poll_ = std::move(poll); }

 private:
  at::Tensor byAxis_;
  std::function<void()> poll_;
};

/// W^T (x - mean) for [n, dim] values in data coordinates, as float32 or float64.
at::Tensor toEigen(const Eigenbasis&, const at::Tensor& x);
/// W x_es + mean.
at::Tensor toData(const Eigenbasis&, const at::Tensor& x_es);
at::Tensor eigenTensor(const Eigenbasis&, const PointSet&, at::ScalarType type);

}  // namespace inflaton
