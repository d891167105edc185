#pragma once
// The denoiser that needs no training: the posterior mean over finite data (specification 9).
#include "core/nets/denoiser.h"

namespace inflaton {

class ExactDenoiser : public Denoiser {
 public:
  /// references [M, D] in eigen-coordinates, M >= 1; their dtype and device are those of the answers.
  ExactDenoiser(Schedule, Eigenbasis, const at::Tensor& references);
  at::Tensor denoise(const at::Tensor& x, double t) const override;
  /// Softmax weights per axis precision; shared by denoise on other devices.
  const at::Tensor& referencesByAxis() const { return byAxis_; }  ///< [D, M]

 private:
  at::Tensor byAxis_;
};

/// W^T (x - mean) for [n, dim] values in data coordinates, as float32 or float64.
at::Tensor toEigen(const Eigenbasis&, const at::Tensor& x);
/// W x_es + mean.
at::Tensor toData(const Eigenbasis&, const at::Tensor& x_es);
at::Tensor eigenTensor(const Eigenbasis&, const PointSet&, at::ScalarType type);

}  // namespace inflaton
