#pragma once
// A denoiser whose score is too strong or too weak by a factor: wrong on purpose.
#include <memory>

#include "core/denoise/denoiser.h"

namespace inflaton {

/// D' = x + scale (D - x), so that the score (D - x) / gamma is multiplied by scale. In whitened form F' = scale F + (1 - scale) sqrt(gamma
/// / xi) y.
class ScaledScore : public Denoiser {
 public:
  ScaledScore(std::shared_ptr<const Denoiser>, double scale);
  at::Tensor denoise(const at::Tensor& x, double t) const override;
  at::Tensor whitened(const at::Tensor& y, double t) const override;
  at::Tensor whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const override;
  at::Tensor whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const override;
  c10::Device device() const override { return base_->device(); }
  std::int64_t workPerPoint() const override { return base_->workPerPoint(); }

 private:
  at::Tensor pull(const at::Tensor& like, double t) const;  ///< (1 - scale) sqrt(gamma / xi) per axis

  std::shared_ptr<const Denoiser> base_;
  double scale_;
  Remembered<Moment, at::Tensor> pull_;
};

}  // namespace inflaton
