#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include "core/denoise/denoiser.h"

namespace inflaton::test {

/// The reference's arithmetic for finite data: kernels clipped from below before they are normalised.
class ClippedDenoiser : public Denoiser {
 public:
  ClippedDenoiser(Schedule s, Eigenbasis b, at::Tensor references)
      : Denoiser(std::move(s), std::move(b)), references_(std::move(references)) {}
  at::Tensor denoise(const at::Tensor& x, double t) const override {
    at::Tensor exponent = at::zeros({x.size(0), references_.size(0)}, x.options());
    for (int j = 0; j < basis().dim; ++j)
      exponent -= 0.5 * (x.select(1, j).unsqueeze(1) - references_.select(1, j).unsqueeze(0)).square() / schedule().gamma(j, t);
    const auto kernel = exponent.exp().clamp_min(1e-30);
    return (kernel / kernel.sum(1, true)).matmul(references_);
  }

 private:
  at::Tensor references_;
};

}  // namespace inflaton::test
