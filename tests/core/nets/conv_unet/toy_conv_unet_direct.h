#pragma once
// ToyConvUNet as its definition reads, layer by layer, with LibTorch's own operations and autograd: what the fast one is held against,
// in tests for its results and in the bench for its time.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/ger.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>

#include <numbers>
#include <string>

#include "core/nets/network.h"

namespace inflaton::testing {

class DirectToyConvUNet {
 public:
  DirectToyConvUNet(const Network& net, double noiseScale) : net_(net), noiseScale_(noiseScale) {}

  /// t [N] or [1].
  at::Tensor operator()(const at::Tensor& flat, const at::Tensor& y, const at::Tensor& t) const {
    const auto fc = at::silu(linear(flat, "map_fc_layer0", fourier(weight(flat, "map_fc_noise.freqs"), t)));
    const auto conv = at::silu(linear(flat, "map_conv_layer0", fourier(weight(flat, "map_conv_noise.freqs"), t)));
    auto h = y;
    for (const char* k : {"1", "2", "3", "4"}) h = at::silu(timed(flat, k, h, fc));
    h = h.reshape({-1, 1, 8, 8});
    const auto d1 = block(flat, "downresblock1", h, conv, 4, false, 1);
    const auto d2 = block(flat, "downresblock2", d1, conv, 32, false, 1);
    const auto d3 = block(flat, "downresblock3", d2, conv, 32, false, 1);
    const auto d4 = block(flat, "downresblock4", d3, conv, 32, false, 2);
    h = block(flat, "upresblock1", d4, conv, 32, true, 3);
    h = block(flat, "upresblock2", at::cat({h, d3}, 1), conv, 32, true, 1);
    h = block(flat, "upresblock3", at::cat({h, d2}, 1), conv, 32, true, 1);
    h = block(flat, "upresblock4", at::cat({h, d1}, 1), conv, 1, true, 1);
    h = timed(flat, "5", h.reshape({-1, 64}), fc);
    for (const char* k : {"6", "7"}) h = at::silu(timed(flat, k, h, fc));
    return linear(flat, "dense81", h);
  }

  /// Loss and gradient by autograd.
  double lossAndGradient(const at::Tensor& flat, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                         at::Tensor& gradient) const {
    const auto leaf = flat.detach().clone().requires_grad_(true);
    const auto loss = ((*this)(leaf, y, t) - target).square().sum() / static_cast<double>(y.size(0));
    loss.backward();
    gradient = leaf.grad();
    return loss.item<double>();
  }

  at::Tensor weight(const at::Tensor& flat, const std::string& name) const {
    for (const auto& w : net_.layout())
      if (w.name == "model." + name) return flat.narrow(0, w.offset, w.count()).view(w.shape);
    throw std::runtime_error("no weight " + name);
  }

 private:
  at::Tensor fourier(const at::Tensor& frequencies, const at::Tensor& t) const {
    const auto angle = at::ger(t * noiseScale_, 2 * std::numbers::pi * frequencies.detach());
    const auto e = at::cat({angle.cos(), angle.sin()}, 1);
    return e.reshape({e.size(0), 2, -1}).flip(1).reshape(e.sizes());
  }
  at::Tensor linear(const at::Tensor& flat, const std::string& name, const at::Tensor& x) const {
    return at::linear(x, weight(flat, name + ".weight"), weight(flat, name + ".bias"));
  }
  at::Tensor timed(const at::Tensor& flat, const std::string& k, const at::Tensor& x, const at::Tensor& e) const {
    return linear(flat, "dense" + k + "1", x) + linear(flat, "dense" + k + "2", e);
  }
  at::Tensor block(const at::Tensor& flat, const std::string& name, const at::Tensor& x, const at::Tensor& e, std::int64_t groups, bool up,
                   std::int64_t stride) const {
    const auto filter = weight(flat, name + ".conv1.resample_filter").detach();
    const auto each = [&](const at::Tensor& f) { return f.tile({x.size(1), 1, 1, 1}); };
    const std::int64_t none = 0;
    auto h = up ? at::conv_transpose2d(x, each(filter * 4), {}, stride, none, none, x.size(1))
                : at::conv2d(x, each(filter), {}, stride, none, 1, x.size(1));
    h = at::conv2d(h, weight(flat, name + ".conv1.weight"), weight(flat, name + ".conv1.bias"), 1, 1);
    h = h + linear(flat, name + ".dense1", e).unsqueeze(2).unsqueeze(3);
    return at::silu(at::group_norm(h, groups, weight(flat, name + ".gnorm1.weight"), weight(flat, name + ".gnorm1.bias"), 1e-5));
  }

  const Network& net_;
  double noiseScale_;
};

}  // namespace inflaton::testing
