// The MLP's Jacobian, forward: D tangents travel with every row through the same layers, so it is exact and costs 1 + D evaluations.
// Fewer products with it than that go backwards.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid.h>

#include "core/machine/slices.h"
#include "core/nets/mlp.h"
#include "core/nets/mlp_kernels.h"

namespace inflaton {
namespace {

constexpr std::int64_t kRows = 256;  // of points and tangents together: their activations stay in a core's cache

/// silu in place; returns its slope.
at::Tensor activate(at::Tensor& z) {
  if (!z.is_cpu()) {
    const auto gate = at::sigmoid(z);
    z.mul_(gate);
    return gate + z * (1 - gate);
  }
  auto slope = at::empty_like(z);
  siluInPlace(z.data_ptr<float>(), slope.data_ptr<float>(), z.numel());
  return slope;
}

}  // namespace

at::Tensor Mlp::applyWithJacobian(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, at::Tensor& jacobian) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const auto& weights = net.weights;
  const std::int64_t n = y.size(0), D = settings_.dim;
  auto out = at::empty({n, D}, y.options());
  jacobian = at::empty({n, D, D}, y.options());
  const auto slice = [&](std::int64_t from, std::int64_t to) {
    const auto rows = y.slice(0, from, to), times = c.rows(from, to).t;
    const auto features = timeFeatures(times), faded = fade(times);
    const std::int64_t m = rows.size(0);
    auto z = affine(weights, in_, rows, features);
    auto slope = activate(z);
    // Tangent j of the first layer is column j of its weight. h [m, width], dh [m, D, width].
    auto h = z;
    auto dh = at::mul(slope.unsqueeze(1), part(weights, in_.weight).t().contiguous().unsqueeze(0));
    const std::int64_t width = h.size(1);
    for (const auto& block : blocks_) {
      z = affine(weights, block, h, features);
      slope = activate(z);
      h.add_(z);
      dh.add_(at::mm(dh.view({m * D, width}), part(weights, block.weight).t()).view({m, D, width}).mul_(slope.unsqueeze(1)));
    }
    out.slice(0, from, to).copy_(affine(weights, out_, h, features).mul_(faded));
    const auto columns = at::mm(dh.view({m * D, width}), part(weights, out_.weight).t()).view({m, D, D}).mul_(faded.unsqueeze(2));
    jacobian.slice(0, from, to).copy_(columns.transpose(1, 2));
  };
  const std::int64_t step = y.is_cpu() ? std::max<std::int64_t>(1, kRows / (1 + D)) : n;
  if (n <= step) {
    if (n > 0) slice(0, n);
  } else {
    forSlices((n + step - 1) / step, [&](std::int64_t i) { slice(i * step, std::min(n, (i + 1) * step)); });
  }
  return out;
}

at::Tensor Mlp::applyWithProducts(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& v,
                                  at::Tensor& products) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const auto& weights = net.weights;
  const std::int64_t n = y.size(0), P = v.size(0), D = settings_.dim;
  if (P >= D) {
    at::Tensor jacobian;
    auto out = applyWithJacobian(net, y, c, jacobian);
    products = at::matmul(v.unsqueeze(2), jacobian.unsqueeze(0)).squeeze(2);
    return out;
  }
  // Fewer products than axes: backwards, one pass each.
  auto out = at::empty({n, D}, y.options());
  products = at::empty({P, n, D}, y.options());
  const auto slice = [&](std::int64_t from, std::int64_t to) {
    const auto rows = y.slice(0, from, to), times = c.rows(from, to).t;
    const auto features = timeFeatures(times), faded = fade(times);
    auto h = affine(weights, in_, rows, features);
    std::vector<at::Tensor> slopes{activate(h)};
    for (const auto& block : blocks_) {
      auto z = affine(weights, block, h, features);
      slopes.push_back(activate(z));
      h.add_(z);
    }
    out.slice(0, from, to).copy_(affine(weights, out_, h, features).mul_(faded));
    for (std::int64_t p = 0; p < P; ++p) {
      auto dh = at::mm(v.select(0, p).slice(0, from, to) * faded, part(weights, out_.weight));
      for (std::size_t l = blocks_.size(); l-- > 0;) dh.addmm_(slopes[l + 1] * dh, part(weights, blocks_[l].weight));
      products.select(0, p).slice(0, from, to).copy_(at::mm(dh.mul_(slopes[0]), part(weights, in_.weight)));
    }
  };
  const std::int64_t step = y.is_cpu() ? kRows : n;
  if (n <= step) {
    if (n > 0) slice(0, n);
  } else {
    forSlices((n + step - 1) / step, [&](std::int64_t i) { slice(i * step, std::min(n, (i + 1) * step)); });
  }
  return out;
}

}  // namespace inflaton
