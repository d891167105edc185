#include "core/denoise/scaled_score.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/diag.h>

#include <algorithm>
#include <cmath>

namespace inflaton {

ScaledScore::ScaledScore(std::shared_ptr<const Denoiser> base, double scale)
    : Denoiser(base->schedule(), base->basis()), base_(std::move(base)), scale_(scale) {}

at::Tensor ScaledScore::pull(const at::Tensor& like, double t) const {
  return pull_(Moment(t, like), [&] {
    std::vector<double> axis;
    for (int j = 0; j < schedule().dim(); ++j)
      axis.push_back((1 - scale_) * std::sqrt(schedule().gamma(j, std::max(t, schedule().firstTime())) /
                                              basis().eigenvalues[static_cast<std::size_t>(j)]));
    return rowsLike(like, {axis})[0];
  });
}

at::Tensor ScaledScore::denoise(const at::Tensor& x, double t) const { return x + scale_ * (base_->denoise(x, t) - x); }

at::Tensor ScaledScore::whitened(const at::Tensor& y, double t) const { return scale_ * base_->whitened(y, t) + pull(y, t) * y; }

at::Tensor ScaledScore::whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const {
  const auto F = base_->whitenedWithJacobian(y, t, jacobian);
  jacobian = scale_ * jacobian + at::diag(pull(jacobian, t));
  return scale_ * F + pull(y, t) * y;
}

at::Tensor ScaledScore::whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const {
  const auto F = base_->whitenedWithProducts(y, t, v, products);
  products = scale_ * products + v * pull(products, t);
  return scale_ * F + pull(y, t) * y;
}

}  // namespace inflaton
