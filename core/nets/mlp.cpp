#include "core/nets/mlp.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/io/input_file.h"
#include "core/machine/slices.h"
#include "core/nets/mlp_kernels.h"

namespace inflaton {
namespace {

constexpr std::int64_t kSlice = 256;  // rows: their activations stay in a core's cache

void activate(at::Tensor& z) {
  if (z.is_cpu())
    siluInPlace(z.data_ptr<float>(), z.numel());
  else
    at::silu_(z);
}

/// silu in place; returns its slope.
at::Tensor activateWithSlope(at::Tensor& z) {
  if (z.is_cpu()) {
    auto slope = at::empty_like(z);
    siluInPlace(z.data_ptr<float>(), slope.data_ptr<float>(), z.numel());
    return slope;
  }
  const auto gate = at::sigmoid(z);
  z.mul_(gate);
  return gate + z * (1 - gate);
}

void checkRange(const char* field, double value, double least, double most) {
  if (!(value >= least && value <= most))
    throw Error(ErrorCode::usage, std::string(field) + " is " + jsonText(nlohmann::json(value)) +
                                      "; allowed: " + jsonText(nlohmann::json(least)) + " to " + jsonText(nlohmann::json(most)));
}

}  // namespace

Mlp::Mlp(const MlpSettings& s) : settings_(s) {
  checkRange("dim", s.dim, 1, kMostDims);
  checkRange("width", static_cast<double>(s.width), 1, 16384);
  checkRange("depth", static_cast<double>(s.depth), 1, 1024);
  checkRange("features", static_cast<double>(s.features), 2, 1024);
  checkRange("t_max", s.t_max, 1e-6, 1e6);
  checkRange("fade_ratio", s.fade_ratio, 0, 1e30);
  checkRange("fade_rate", s.fade_rate, -1e6, 1e6);
  in_ = addLayer("in", s.width, s.dim);
  for (std::int64_t l = 0; l < s.depth; ++l) blocks_.push_back(addLayer("block" + std::to_string(l), s.width, s.width));
  out_ = addLayer("out", s.dim, s.width);
}

Mlp::Layer Mlp::addLayer(const std::string& name, std::int64_t out, std::int64_t in) {
  const int weight = addWeight("model." + name + ".weight", {out, in});
  return {weight, addWeight("model." + name + ".time", {out, settings_.features})};
}

MlpSettings Mlp::settingsFrom(const nlohmann::json& c, const std::string& source) {
  const auto number = [&](const char* field) {
    const auto found = c.find(field);
    if (found == c.end() || !found->is_number())
      throwBadFile(source, std::string("has no number \"") + field + "\" in its network configuration");
    const double v = found->get<double>();
    if (!(std::abs(v) < 1e15))
      throwBadFile(source, std::string("has ") + jsonText(*found) + " as \"" + field + "\" in its network configuration");
    return v;
  };
  MlpSettings s;
  s.dim = static_cast<int>(number("dim"));
  s.width = static_cast<std::int64_t>(number("width"));
  s.depth = static_cast<std::int64_t>(number("depth"));
  s.features = static_cast<std::int64_t>(number("features"));
  s.t_max = number("t_max");
  s.fade_ratio = number("fade_ratio"), s.fade_rate = number("fade_rate");
  try {
    Mlp check(s);
  } catch (const Error& e) {
    throwBadFile(source, std::string("has a network configuration that cannot be: ") + e.what());
  }
  return s;
}

std::shared_ptr<const Network> Mlp::fresh(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  MlpSettings s;
  s.dim = basis.dim, s.width = o.width, s.depth = o.depth, s.t_max = schedule.tMax();
  // EDM's own form has no data variance but 1, so that F does not shrink where the data's is another.
  if (o.precond == "edm") return std::make_shared<Mlp>(s);
  // Data seen through much noise look Gaussian, as fast as the least noisy axis lets them: F shrinks with that axis's cSkip.
  for (int j = 0; j < s.dim; ++j) {
    const double ratio = schedule.proportional() ? 1 : schedule.gamma0() / basis.eigenvalues[static_cast<std::size_t>(j)],
                 rate = schedule.rate(j);
    if (j == 0 || ratio * std::exp(rate * s.t_max) < s.fade_ratio * std::exp(s.fade_rate * s.t_max))
      s.fade_ratio = ratio, s.fade_rate = rate;
  }
  return std::make_shared<Mlp>(s);
}

nlohmann::json Mlp::configuration() const {
  return {{"arch", id},
          {"dim", settings_.dim},
          {"width", settings_.width},
          {"depth", settings_.depth},
          {"features", settings_.features},
          {"t_max", settings_.t_max},
          {"fade_ratio", settings_.fade_ratio},
          {"fade_rate", settings_.fade_rate}};
}

at::Tensor Mlp::initialWeights(at::Generator generator) const {
  auto flat = at::zeros({size()}, at::kFloat);
  const auto fill = [&](const Layer& layer, double fanIn) {
    part(flat, layer.weight).normal_(0, 1 / std::sqrt(fanIn), generator);
    // Half the spread of the other inputs: cosines have variance 1/2 each.
    part(flat, layer.time).normal_(0, std::sqrt(0.5 / static_cast<double>(settings_.features)), generator);
  };
  fill(in_, settings_.dim);
  for (const auto& block : blocks_) fill(block, static_cast<double>(settings_.width));
  return flat;  // the last layer stays zero: F = 0 is the flow of Gaussian data
}

at::Tensor Mlp::timeFeatures(const at::Tensor& t) const {
  const auto u = (t / settings_.t_max).unsqueeze(1);
  const auto k = at::arange(1, settings_.features - 1, u.options());
  return at::cat({at::ones_like(u), 2 * u - 1, at::cos(u * (k * std::numbers::pi))}, 1);
}

at::Tensor Mlp::fade(const at::Tensor& t) const {
  return at::reciprocal(1 + settings_.fade_ratio * at::exp(settings_.fade_rate * t)).unsqueeze(1);
}

at::Tensor Mlp::affine(const at::Tensor& weights, const Layer& layer, const at::Tensor& h, const at::Tensor& features) const {
  auto time = at::mm(features, part(weights, layer.time).t());
  const auto weight = part(weights, layer.weight).t();
  if (time.size(0) == h.size(0)) return time.addmm_(h, weight);
  return at::addmm(time.squeeze(0), h, weight);  // one time for all rows
}

at::Tensor Mlp::apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const auto& weights = net.weights;
  const auto slice = [&](const at::Tensor& rows, const at::Tensor& times) {
    const auto features = timeFeatures(times);
    auto h = affine(weights, in_, rows, features);
    activate(h);
    for (const auto& block : blocks_) {
      auto z = affine(weights, block, h, features);
      activate(z);
      h.add_(z);
    }
    return affine(weights, out_, h, features).mul_(fade(times));
  };
  const std::int64_t n = y.size(0);
  if (!y.is_cpu() || n <= kSlice) return slice(y, c.t);
  auto out = at::empty({n, settings_.dim}, y.options());
  forSlices((n + kSlice - 1) / kSlice, [&](std::int64_t i) {
    const std::int64_t from = i * kSlice, to = std::min(n, from + kSlice);
    out.slice(0, from, to).copy_(slice(y.slice(0, from, to), c.rows(from, to).t));
  });
  return out;
}

at::Tensor Mlp::forward(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, Pass& pass) const {
  pass.features = timeFeatures(t), pass.faded = fade(t);
  auto z = affine(weights, in_, y, pass.features);
  pass.slopes.push_back(activateWithSlope(z));
  pass.inputs.push_back(z);
  for (const auto& block : blocks_) {
    z = affine(weights, block, pass.inputs.back(), pass.features);
    pass.slopes.push_back(activateWithSlope(z));
    pass.inputs.push_back(z.add_(pass.inputs.back()));
  }
  return affine(weights, out_, pass.inputs.back(), pass.features).mul_(pass.faded);
}

void Mlp::backward(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& dF, Pass& pass, at::Tensor gradient) const {
  // dz: gradient at a layer's output before its activation.
  const auto record = [&](const Layer& layer, const at::Tensor& dz, const at::Tensor& input) {
    auto weight = part(gradient, layer.weight), time = part(gradient, layer.time);
    at::mm_out(weight, dz.t(), input);
    at::mm_out(time, dz.t(), pass.features);
  };
  record(out_, dF, pass.inputs.back());
  auto dh = at::mm(dF, part(weights, out_.weight));
  for (std::size_t l = blocks_.size(); l-- > 0;) {
    const auto& dz = pass.slopes[l + 1].mul_(dh);
    record(blocks_[l], dz, pass.inputs[l]);
    dh.addmm_(dz, part(weights, blocks_[l].weight));
  }
  record(in_, pass.slopes[0].mul_(dh), y);
}

double Mlp::lossAndGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& target,
                            at::Tensor& gradient, std::uint64_t) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const std::int64_t n = y.size(0);
  const double scale = 1.0 / static_cast<double>(n);
  // One slice: forward and backward while its activations are in the cache.
  const auto slice = [&](std::int64_t from, std::int64_t to, const at::Tensor& into) {
    Pass pass;
    const auto rows = y.slice(0, from, to);
    const auto residual = forward(net.weights, rows, c.rows(from, to).t, pass).sub_(target.slice(0, from, to));
    const double loss = residual.square().sum().item<double>();
    backward(net.weights, rows, residual * pass.faded * (2 * scale), pass, into);
    return loss;
  };
  const std::int64_t rows = y.is_cpu() ? kSlice : n, slices = (n + rows - 1) / rows;
  if (slices == 1) return scale * slice(0, n, gradient);
  // One gradient per slice, added up in order: the sum does not depend on who computed what.
  const auto gradients = at::empty({slices, size()}, net.weights.options());
  std::vector<double> losses(static_cast<std::size_t>(slices));
  forSlices(slices,
            [&](std::int64_t i) { losses[static_cast<std::size_t>(i)] = slice(i * rows, std::min(n, (i + 1) * rows), gradients[i]); });
  at::sum_out(gradient, gradients, at::IntArrayRef{0});
  double loss = 0;
  for (const double l : losses) loss += l;
  return scale * loss;
}

at::Tensor Mlp::applyWithGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const Cotangent& cotangent,
                                  at::Tensor& gradient, std::uint64_t) const {
  refuseLabels(c, "Mlp");
  const at::NoGradGuard off;
  const std::int64_t n = y.size(0), rows = y.is_cpu() ? kSlice : n, slices = (n + rows - 1) / rows;
  std::vector<Pass> passes(static_cast<std::size_t>(slices));
  auto out = at::empty({n, settings_.dim}, y.options());
  const auto each = [&](const auto& work) {
    forSlices(slices, [&](std::int64_t i) { work(i * rows, std::min(n, (i + 1) * rows), passes[static_cast<std::size_t>(i)], i); });
  };
  each([&](std::int64_t from, std::int64_t to, Pass& pass, std::int64_t) {
    out.slice(0, from, to).copy_(forward(net.weights, y.slice(0, from, to), c.rows(from, to).t, pass));
  });
  const auto dF = cotangent(out);
  const auto gradients = at::empty({slices, size()}, net.weights.options());
  each([&](std::int64_t from, std::int64_t to, Pass& pass, std::int64_t i) {
    backward(net.weights, y.slice(0, from, to), dF.slice(0, from, to) * pass.faded, pass, gradients[i]);
  });
  at::sum_out(gradient, gradients, at::IntArrayRef{0});
  return out;
}

}  // namespace inflaton
