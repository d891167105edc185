// Derivatives with respect to a network's input: autograd for any architecture.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <torch/autograd.h>

#include "core/nets/network.h"

namespace inflaton {
namespace {

/// The gradient of `out` weighted by `cotangent`: rows do not mix, so one pass serves them all.
at::Tensor backward(const at::Tensor& out, const at::Tensor& input, const at::Tensor& cotangent, bool last) {
  return torch::autograd::grad({out}, {input}, {cotangent}, /*retain_graph=*/!last)[0];
}

}  // namespace

at::Tensor Network::applyWithJacobian(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, at::Tensor& jacobian) const {
  const at::AutoGradMode recording(true);
  const auto input = y.detach().requires_grad_(true);
  const auto out = apply({net.weights.detach(), net.buffers}, input, c);
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < out.size(1); ++i) {
    auto pick = at::zeros_like(out);
    pick.select(1, i).fill_(1);
    rows.push_back(backward(out, input, pick, i + 1 == out.size(1)));
  }
  jacobian = at::stack(rows, 1);
  return out.detach();
}

at::Tensor Network::applyWithProducts(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& v,
                                      at::Tensor& products) const {
  const at::AutoGradMode recording(true);
  const auto input = y.detach().requires_grad_(true);
  const auto out = apply({net.weights.detach(), net.buffers}, input, c);
  std::vector<at::Tensor> rows;
  for (std::int64_t p = 0; p < v.size(0); ++p) rows.push_back(backward(out, input, v[p], p + 1 == v.size(0)));
  products = at::stack(rows, 0);
  return out.detach();
}

}  // namespace inflaton
