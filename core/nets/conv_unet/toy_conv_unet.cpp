#include "core/nets/conv_unet/toy_conv_unet.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/io/input_file.h"
#include "core/nets/conv_unet/toy_conv_unet_rows.h"
#include "core/nets/net_coordinates.h"

namespace inflaton {
namespace {

constexpr double kFrequencySpread = 16;  // of the random Fourier features

void checkSetting(const std::string& field, double value, double least, double most, int multiple) {
  if (value >= least && value <= most && std::fmod(value, multiple) == 0) return;
  std::string text = field + " is " + jsonText(nlohmann::json(value)) + "; allowed: ";
  if (multiple > 1) text += "multiples of " + std::to_string(multiple) + " from ";
  throw Error(ErrorCode::usage, text + std::to_string(static_cast<int>(least)) + " to " + std::to_string(static_cast<int>(most)));
}

/// 2x2 mean with a stride, or its transpose times four: copies and sums.
at::Tensor resample(const at::Tensor& x, bool up, std::int64_t stride) {
  if (!up) return at::avg_pool2d(x, {2, 2}, {stride, stride});
  if (stride == 1) return 4 * at::avg_pool2d(at::constant_pad_nd(x, {1, 1, 1, 1}), {2, 2}, {1, 1});
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  const auto copies = x.view({n, c, h, 1, w, 1}).expand({n, c, h, 2, w, 2});
  const auto apart = at::constant_pad_nd(copies, {0, stride - 2, 0, 0, 0, stride - 2}).reshape({n, c, h * stride, w * stride});
  return apart.narrow(2, 0, (h - 1) * stride + 2).narrow(3, 0, (w - 1) * stride + 2);
}

}  // namespace

at::Tensor fourierFeatures(const at::Tensor& noise, const at::Tensor& frequencies) {
  const auto angle = noise.unsqueeze(1) * (2 * std::numbers::pi * frequencies);
  return at::cat({at::sin(angle), at::cos(angle)}, 1);
}

ToyConvUNet::ToyConvUNet(const ToyConvUNetSettings& s) : settings_(s) {
  checkSetting("dim", s.dim, 1, kMostDims, 1);
  for (std::size_t i = 0; i < 4; ++i) checkSetting("channels[" + std::to_string(i) + "]", static_cast<double>(s.channels[i]), 32, 4096, 32);
  checkSetting("fc_embed_dim", static_cast<double>(s.fc_embed_dim), 2, 4096, 2);
  checkSetting("conv_embed_dim", static_cast<double>(s.conv_embed_dim), 2, 4096, 2);
  if (!std::isfinite(s.noise_scale) || !std::isfinite(s.noise_offset))
    throw Error(ErrorCode::usage, "noise_scale and noise_offset must be finite");

  parts_.convFrequencies = addWeight("model.map_conv_noise.freqs", {s.conv_embed_dim / 2});
  parts_.convMap = addAffine("map_conv_layer0", {s.conv_embed_dim, s.conv_embed_dim});
  parts_.fcFrequencies = addWeight("model.map_fc_noise.freqs", {s.fc_embed_dim / 2});
  parts_.fcMap = addAffine("map_fc_layer0", {s.fc_embed_dim, s.fc_embed_dim});
  const std::int64_t widths[] = {s.dim, 4, 16, 32, 64, 32, 16, 4, s.dim};
  for (std::size_t k = 0; k < 8; ++k) {
    const std::string name = "dense" + std::to_string(k + 1);
    parts_.dense[k] = addAffine(name + "1", {widths[k + 1], widths[k]});
    if (k < 7) parts_.denseTime[k] = addAffine(name + "2", {widths[k + 1], s.fc_embed_dim});
  }
  const auto& c = s.channels;
  const std::int64_t in[] = {1, c[0], c[1], c[2], c[3], 2 * c[2], 2 * c[1], 2 * c[0]};
  const std::int64_t out[] = {c[0], c[1], c[2], c[3], c[2], c[1], c[0], 1};
  const std::int64_t groups[] = {4, 32, 32, 32, 32, 32, 32, 1}, stride[] = {1, 1, 1, 2, 3, 1, 1, 1};
  for (std::size_t b = 0; b < 8; ++b) {
    auto& block = parts_.blocks[b];
    block.in = in[b], block.out = out[b], block.groups = groups[b], block.stride = stride[b], block.up = b >= 4;
    const std::string name = (block.up ? "upresblock" : "downresblock") + std::to_string(b % 4 + 1);
    block.conv = addAffine(name + ".conv1", {out[b], in[b], 3, 3});
    block.filter = addWeight("model." + name + ".conv1.resample_filter", {1, 1, 2, 2});
    block.dense = addAffine(name + ".dense1", {out[b], s.conv_embed_dim});
    block.norm = addAffine(name + ".gnorm1", {out[b]});
  }
  rows_ = std::make_unique<ToyConvUNetRows>(settings_, parts_, layout());
}

ToyConvUNet::~ToyConvUNet() = default;

ToyConvUNetParts::Affine ToyConvUNet::addAffine(const std::string& name, std::vector<std::int64_t> shape) {
  const std::int64_t out = shape[0];
  const int weight = addWeight("model." + name + ".weight", std::move(shape));
  return {weight, addWeight("model." + name + ".bias", {out})};
}

ToyConvUNetSettings ToyConvUNet::settingsFrom(const nlohmann::json& c, const std::string& source) {
  const auto checked = [&](const nlohmann::json& value, const std::string& field) {
    if (!value.is_number()) throwBadFile(source, "has no number \"" + field + "\" in its network configuration");
    const double v = value.get<double>();
    if (!(std::abs(v) < 1e9)) throwBadFile(source, "has " + jsonText(value) + " as \"" + field + "\" in its network configuration");
    return v;
  };
  const auto whole = [&](const nlohmann::json& value, const std::string& field) {
    const double v = checked(value, field);
    if (v != std::floor(v))
      throwBadFile(source, "has " + jsonText(value) + " as \"" + field + "\" in its network configuration; it must be whole");
    return static_cast<std::int64_t>(v);
  };
  const auto get = [&](const char* field) {
    const auto found = c.find(field);
    return found == c.end() ? nlohmann::json() : *found;
  };
  ToyConvUNetSettings s;
  s.dim = static_cast<int>(whole(get("dim"), "dim"));
  const auto channels = get("channels");
  if (!channels.is_array() || channels.size() != 4) throwBadFile(source, "has no four \"channels\" in its network configuration");
  for (std::size_t i = 0; i < 4; ++i) s.channels[i] = whole(channels[i], "channels[" + std::to_string(i) + "]");
  s.fc_embed_dim = whole(get("fc_embed_dim"), "fc_embed_dim");
  s.conv_embed_dim = whole(get("conv_embed_dim"), "conv_embed_dim");
  if (const auto v = get("out_ch"); !v.is_null() && v != 1)
    throwBadFile(source, "has " + jsonText(v) + " as \"out_ch\" in its network configuration; allowed: 1");
  if (c.contains("noise_scale")) s.noise_scale = checked(get("noise_scale"), "noise_scale");
  if (c.contains("noise_offset")) s.noise_offset = checked(get("noise_offset"), "noise_offset");
  try {
    ToyConvUNet check(s);
  } catch (const Error& e) {
    throwBadFile(source, std::string("has a network configuration that cannot be: ") + e.what());
  }
  return s;
}

std::shared_ptr<const Network> ToyConvUNet::fresh(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  const auto noise = NetCoordinates::noise(o.precond, schedule);
  const nlohmann::json c{{"dim", basis.dim},      {"channels", {32, 64, 128, 256}}, {"fc_embed_dim", 2},
                         {"conv_embed_dim", 256}, {"noise_scale", noise.scale},     {"noise_offset", noise.offset}};
  return std::make_shared<ToyConvUNet>(settingsFrom(c, std::string("--arch ") + id));
}

nlohmann::json ToyConvUNet::configuration() const {
  return {{"arch", id},
          {"dim", settings_.dim},
          {"channels", settings_.channels},
          {"fc_embed_dim", settings_.fc_embed_dim},
          {"conv_embed_dim", settings_.conv_embed_dim},
          {"out_ch", 1},
          {"noise_scale", settings_.noise_scale},
          {"noise_offset", settings_.noise_offset}};
}

at::Tensor ToyConvUNet::initialWeights(at::Generator generator) const {
  auto flat = at::zeros({size()}, at::kFloat);
  for (const int frequencies : {parts_.convFrequencies, parts_.fcFrequencies})
    part(flat, frequencies).normal_(0, kFrequencySpread, generator);
  const auto xavier = [&](const ToyConvUNetParts::Affine& a, double gain = 1) {
    auto w = part(flat, a.weight);
    const auto taps = static_cast<double>(w.numel() / (w.size(0) * w.size(1)));
    const double bound = gain * std::sqrt(6 / (taps * static_cast<double>(w.size(0) + w.size(1))));
    w.uniform_(-bound, bound, generator);
  };
  xavier(parts_.convMap), xavier(parts_.fcMap);
  for (std::size_t k = 0; k < 8; ++k) {
    xavier(parts_.dense[k], k == 7 ? 1e-5 : 1);
    if (k < 7) xavier(parts_.denseTime[k]);
  }
  for (const auto& block : parts_.blocks) {
    xavier(block.conv), xavier(block.dense);
    part(flat, block.norm.weight).fill_(1);
    part(flat, block.filter).fill_(0.25);
  }
  return flat;
}

void ToyConvUNet::checkFilters(const at::Tensor& weights) const {
  std::vector<at::Tensor> filters;
  for (const auto& block : parts_.blocks) filters.push_back(part(weights, block.filter).flatten());
  const auto all = at::cat(filters);
  if (!all.eq(0.25).all().item<bool>())
    throw Error(ErrorCode::failed,
                "a resample_filter of the network is not the 2x2 mean (0.25 four times), which is the only one supported");
}

at::Tensor ToyConvUNet::applyPlainly(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const {
  const auto all = parts(weights);
  const auto of = [&](int index) { return all[static_cast<std::size_t>(index)]; };
  const auto affine = [&](const ToyConvUNetParts::Affine& a, const at::Tensor& x) { return at::addmm(of(a.bias), x, of(a.weight).t()); };
  const auto noise = settings_.noise_scale * t + settings_.noise_offset;
  const auto embedding = [&](int frequencies, const ToyConvUNetParts::Affine& map) {  // [N or 1, features]
    return at::silu(affine(map, fourierFeatures(noise, of(frequencies).detach())));
  };
  const auto e = embedding(parts_.fcFrequencies, parts_.fcMap), eConv = embedding(parts_.convFrequencies, parts_.convMap);
  const auto dense = [&](std::size_t k, const at::Tensor& x) { return affine(parts_.dense[k], x) + affine(parts_.denseTime[k], e); };
  auto h = y;
  for (std::size_t k = 0; k < 4; ++k) h = at::silu(dense(k, h));
  h = h.view({-1, 1, 8, 8});
  std::vector<at::Tensor> skips;
  for (std::size_t b = 0; b < 8; ++b) {
    const auto& block = parts_.blocks[b];
    if (b > 4) {
      h = at::cat({h, skips.back()}, 1);
      skips.pop_back();
    }
    h = at::conv2d(resample(h, block.up, block.stride), of(block.conv.weight), of(block.conv.bias), 1, 1);
    h = h + affine(block.dense, eConv).unsqueeze(2).unsqueeze(3);
    h = at::silu(at::group_norm(h, block.groups, of(block.norm.weight), of(block.norm.bias), 1e-5));
    if (b < 3) skips.push_back(h);
  }
  h = dense(4, h.flatten(1));
  h = at::silu(dense(5, h));
  h = at::silu(dense(6, h));
  return affine(parts_.dense[7], h);
}

at::Tensor ToyConvUNet::apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c) const {
  refuseLabels(c, "ToyConvUNet");
  checkFilters(net.weights);
  const bool recorded = at::GradMode::is_enabled() && (net.weights.requires_grad() || y.requires_grad() || c.t.requires_grad());
  if (!y.is_cpu() || recorded) return applyPlainly(net.weights, y, c.t);
  return rows_->apply(net.weights, y, c.t);
}

double ToyConvUNet::lossAndGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& target,
                                    at::Tensor& gradient, std::uint64_t dropoutSeed) const {
  if (!y.is_cpu()) return Network::lossAndGradient(net, y, c, target, gradient, dropoutSeed);  // constants take no part in it
  refuseLabels(c, "ToyConvUNet");
  checkFilters(net.weights);
  return rows_->lossAndGradient(net.weights, y, c.t, target, gradient);
}

}  // namespace inflaton
