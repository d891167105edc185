// The MLP's Jacobian, forward: D tangents travel with every row through the same layers, so it is exact and costs 1 + D evaluations.
// Fewer products with it than that go backwards. At one time for all points, and where registers are wide, weights are laid out once for
// all of them and a block of points goes through all layers without leaving the cache.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/machine/slices.h"
#include "core/nets/conv_unet/toy_conv_unet_kernels.h"
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

/// A matrix [N, K] laid out for unet::multiply, N filled up to whole panels by zeros.
class PackedMatrix {
 public:
  PackedMatrix(const at::Tensor& weight, const at::Tensor& shift) : shift_(shift.contiguous()) {
    const auto w = weight.contiguous();
    const std::int64_t N = w.size(0);
    K_ = w.size(1), panels_ = (N + kPanel - 1) / kPanel;
    data_.assign(static_cast<std::size_t>(panels_ * kPanel * K_), 0.0f);
    const float* from = w.data_ptr<float>();
    for (std::int64_t n = 0; n < N; ++n)
      for (std::int64_t k = 0; k < K_; ++k)
        data_[static_cast<std::size_t>(n / kPanel * kPanel * K_ + k * kPanel + n % kPanel)] = from[n * K_ + k];
  }
  /// out [rows, width()] = a [rows, K] times the matrix.
  void multiply(const float* a, std::int64_t rows, float* out, std::int64_t columns) const {
    unet::multiply(rows, columns, K_, {a, K_, 1}, {data_.data(), kPanel, kPanel * K_}, out, columns, false);
  }
  const float* shift() const { return shift_.data_ptr<float>(); }  ///< what the time adds

 private:
  static constexpr std::int64_t kPanel = 32;
  std::int64_t K_ = 0, panels_ = 0;
  std::vector<float> data_;
  at::Tensor shift_;
};

constexpr std::int64_t kOutColumns = 16;   // the least that unet::multiply makes
constexpr std::int64_t kMostWidth = 1024;  // beyond, a block's rows leave the cache

/// All layers for points [from, to) of y [n, D].
class TangentPass {
 public:
  /// columns [D, width]: of the first layer's weight.
  TangentPass(PackedMatrix in, at::Tensor columns, std::vector<PackedMatrix> blocks, PackedMatrix out, float faded)
      : in_(std::move(in)),
        columns_(columns.contiguous()),
        blocks_(std::move(blocks)),
        out_(std::move(out)),
        D_(columns.size(0)),
        width_(columns.size(1)),
        faded_(faded) {}

  void operator()(const float* y, std::int64_t from, std::int64_t to, float* values, float* jacobian) const {
    const std::int64_t m = to - from, rows = (1 + D_) * m, size = m * width_;
    const auto h = std::make_unique<float[]>(static_cast<std::size_t>(rows * width_));  // zeros: the first layer adds to nothing
    const auto z = std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(rows * width_));
    in_.multiply(y + from * D_, m, z.get(), width_);
    for (std::int64_t j = 0; j < D_; ++j)  // tangent j of the first layer is column j of its weight
      for (std::int64_t i = 0; i < m; ++i)
        std::copy_n(columns_.data_ptr<float>() + j * width_, width_, z.get() + (1 + j) * size + i * width_);
    addSiluWithTangents(z.get(), in_.shift(), m, D_, width_, h.get());
    for (const auto& block : blocks_) {
      block.multiply(h.get(), rows, z.get(), width_);
      addSiluWithTangents(z.get(), block.shift(), m, D_, width_, h.get());
    }
    out_.multiply(h.get(), rows, z.get(), kOutColumns);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t r = 0; r < D_; ++r) {
        values[(from + i) * D_ + r] = faded_ * (z[static_cast<std::size_t>(i * kOutColumns + r)] + out_.shift()[r]);
        for (std::int64_t j = 0; j < D_; ++j)
          jacobian[((from + i) * D_ + r) * D_ + j] = faded_ * z[static_cast<std::size_t>(((1 + j) * m + i) * kOutColumns + r)];
      }
  }

 private:
  PackedMatrix in_;
  at::Tensor columns_;
  std::vector<PackedMatrix> blocks_;
  PackedMatrix out_;
  std::int64_t D_, width_;
  float faded_;
};

}  // namespace

at::Tensor Mlp::applyWithJacobian(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, at::Tensor& jacobian) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const auto& weights = net.weights;
  const std::int64_t n = y.size(0), D = settings_.dim;
  auto out = at::empty({n, D}, y.options());
  jacobian = at::empty({n, D, D}, y.options());
  const std::int64_t step = y.is_cpu() ? std::max<std::int64_t>(1, kRows / (1 + D)) : n;
  const bool fits = settings_.width % kOutColumns == 0 && settings_.width <= kMostWidth && D <= kOutColumns;
  if (y.is_cpu() && c.t.size(0) == 1 && n > 0 && fits && unet::hasManyRegisters()) {
    const auto features = timeFeatures(c.t);
    const auto packed = [&](const Layer& layer) {
      return PackedMatrix(part(weights, layer.weight), at::mm(features, part(weights, layer.time).t()));
    };
    std::vector<PackedMatrix> blocks;
    for (const auto& block : blocks_) blocks.push_back(packed(block));
    const TangentPass pass(packed(in_), part(weights, in_.weight).t(), std::move(blocks), packed(out_), fade(c.t).item<float>());
    const auto points = y.contiguous();
    const std::int64_t each = step >= 8 ? step / 8 * 8 : step;  // the product's tiles are 8 rows high
    forSlices((n + each - 1) / each, [&](std::int64_t i) {
      pass(points.data_ptr<float>(), i * each, std::min(n, (i + 1) * each), out.data_ptr<float>(), jacobian.data_ptr<float>());
    });
    return out;
  }
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
