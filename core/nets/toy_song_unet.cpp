#include "core/nets/toy_song_unet.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/api/stop_scope.h"
#include "core/io/input_file.h"
#include "core/nets/net_coordinates.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::int64_t kRowsAtOnce = 256;  // of apply: bounds what the pictures take
constexpr double kNormEps = 1e-6, kSkipScale = 0.70710678118654752;

std::int64_t groupsOf(std::int64_t channels) { return std::min<std::int64_t>(32, channels / 4); }

[[noreturn]] void refuse(const std::string& field, const json& value, const std::string& allowed) {
  throw Error(ErrorCode::usage, field + " is " + jsonText(value) + "; allowed: " + allowed);
}

void checkRange(const std::string& field, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most) refuse(field, value, std::to_string(least) + " to " + std::to_string(most));
}

void check(const ToySongUNetSettings& s) {
  checkRange("dim", s.dim, 1, kMostDims);
  checkRange("img_res", s.img_res, 2, 128);
  checkRange("model_channels", s.model_channels, 4, 1024);
  if (s.model_channels % 4 != 0) refuse("model_channels", s.model_channels, "multiples of 4");
  checkRange("levels of channel_mult", static_cast<std::int64_t>(s.channel_mult.size()), 1, 6);
  for (const auto m : s.channel_mult) checkRange("channel_mult", m, 1, 16);
  const std::int64_t unit = std::max<std::int64_t>(2, std::int64_t{1} << (s.channel_mult.size() - 1));
  if (s.img_res % unit != 0)
    refuse("img_res", s.img_res, "multiples of " + std::to_string(unit) + " (" + std::to_string(s.channel_mult.size()) + " levels)");
  checkRange("num_blocks", s.num_blocks, 1, 32);
  if (s.attn_resolutions.size() > 16) refuse("attn_resolutions", s.attn_resolutions, "up to 16 of them");
  if (!(s.dropout >= 0 && s.dropout < 1)) refuse("dropout", s.dropout, "0 <= dropout < 1");
  if (!(std::abs(s.noise_scale) <= 1e6)) refuse("noise_scale", s.noise_scale, "-1e6 to 1e6");
  if (!(std::abs(s.noise_offset) <= 1e6)) refuse("noise_offset", s.noise_offset, "-1e6 to 1e6");
}

/// Mean of every 2x2 pixels, or each pixel four times.
at::Tensor resampled(const at::Tensor& x, bool halve) {
  if (halve) return at::avg_pool2d(x, {2, 2});
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  return x.view({n, c, h, 1, w, 1}).expand({n, c, h, 2, w, 2}).reshape({n, c, 2 * h, 2 * w});
}

}  // namespace

ToySongUNet::ToySongUNet(const ToySongUNetSettings& s) : settings_(s) {
  check(s);
  addLayers();
}

ToySongUNet::Affine ToySongUNet::addAffine(const std::string& name, std::vector<std::int64_t> shape) {
  const std::int64_t out = shape[0];
  const int weight = addWeight("model." + name + ".weight", std::move(shape));
  return {weight, addWeight("model." + name + ".bias", {out})};
}

ToySongUNet::Affine ToySongUNet::addNorm(const std::string& name, std::int64_t channels) {
  if (channels % groupsOf(channels) != 0)
    throw Error(ErrorCode::usage,
                name + " would have " + std::to_string(channels) + " channels; allowed: multiples of " + std::to_string(groupsOf(channels)),
                "Choose model_channels as a multiple of 32.");
  return addAffine(name, {channels});
}

ToySongUNet::Affine ToySongUNet::addConv(const std::string& name, std::int64_t out, std::int64_t in, std::int64_t side, bool resampled) {
  const auto conv = addAffine(name, {out, in, side, side});
  if (resampled) addWeight("model." + name + ".resample_filter", {1, 1, 2, 2});  // a constant: the mean of 2x2 pixels
  return conv;
}

ToySongUNet::Block ToySongUNet::addBlock(const std::string& name, std::int64_t in, std::int64_t out, Resample resample, bool attention) {
  const bool changes = resample != Resample::none;
  Block b{in, out, resample, attention, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  b.norm0 = addNorm(name + ".norm0", in);
  b.conv0 = addConv(name + ".conv0", out, in, 3, changes);
  b.time = addAffine(name + ".affine", {out, 4 * settings_.model_channels});
  b.norm1 = addNorm(name + ".norm1", out);
  b.conv1 = addConv(name + ".conv1", out, out, 3);
  if (changes || in != out) b.skip = addConv(name + ".skip", out, in, 1, changes);
  if (attention) {
    b.norm2 = addNorm(name + ".norm2", out);
    b.qkv = addConv(name + ".qkv", 3 * out, out, 1);
    b.proj = addConv(name + ".proj", out, out, 1);
  }
  return b;
}

void ToySongUNet::addLayers() {
  const auto& s = settings_;
  const std::int64_t C = s.model_channels, pixels = s.img_res * s.img_res;
  const auto side = [&](std::size_t level) { return s.img_res >> level; };
  const auto name = [&](const char* part, std::size_t level, const std::string& what) {
    return std::string(part) + "." + std::to_string(side(level)) + "x" + std::to_string(side(level)) + "_" + what;
  };
  const auto attends = [&](std::size_t level) {
    return std::find(s.attn_resolutions.begin(), s.attn_resolutions.end(), side(level)) != s.attn_resolutions.end();
  };
  map0_ = addAffine("map_layer0", {4 * C, C});
  map1_ = addAffine("map_layer1", {4 * C, 4 * C});
  dense_[0] = addAffine("fc1", {pixels / 2, s.dim});
  dense_[1] = addAffine("fc2", {pixels, pixels / 2});
  dense_[2] = addAffine("fc3", {pixels / 2, pixels});
  dense_[3] = addAffine("fc4", {s.dim, pixels / 2});

  const std::size_t levels = s.channel_mult.size();
  std::int64_t channels = C;
  std::vector<std::int64_t> skips{C};
  for (std::size_t level = 0; level < levels; ++level) {
    if (level == 0)
      first_ = addConv(name("enc", 0, "conv"), C, 1, 3);
    else
      encoder_.push_back(addBlock(name("enc", level, "down"), channels, channels, Resample::halve, false)), skips.push_back(channels);
    for (std::int64_t i = 0; i < s.num_blocks; ++i) {
      encoder_.push_back(
          addBlock(name("enc", level, "block" + std::to_string(i)), channels, C * s.channel_mult[level], Resample::none, attends(level)));
      skips.push_back(channels = C * s.channel_mult[level]);
    }
  }
  for (std::size_t level = levels; level-- > 0;) {
    if (level + 1 == levels) {
      decoder_.push_back(addBlock(name("dec", level, "in0"), channels, channels, Resample::none, true));
      decoder_.push_back(addBlock(name("dec", level, "in1"), channels, channels, Resample::none, false));
    } else {
      decoder_.push_back(addBlock(name("dec", level, "up"), channels, channels, Resample::twice, false));
    }
    for (std::int64_t i = 0; i <= s.num_blocks; ++i) {
      const std::int64_t in = channels + skips.back(), out = C * s.channel_mult[level];
      skips.pop_back();
      decoder_.push_back(
          addBlock(name("dec", level, "block" + std::to_string(i)), in, out, Resample::none, i == s.num_blocks && attends(level)));
      channels = out;
    }
  }
  lastNorm_ = addNorm(name("dec", 0, "aux_norm"), channels);
  last_ = addConv(name("dec", 0, "aux_conv"), 1, channels, 3);
}

ToySongUNetSettings ToySongUNet::settingsFrom(const json& c, const std::string& source) {
  const auto field = [&](const char* name) -> const json& {
    const auto found = c.find(name);
    if (found == c.end()) throwBadFile(source, std::string("has no \"") + name + "\" in its network configuration");
    return *found;
  };
  const auto number = [&](const char* name, const json& v) {
    if (!v.is_number() || !(std::abs(v.get<double>()) < 1e9))
      throwBadFile(source, std::string("has ") + jsonText(v) + " as \"" + name + "\" in its network configuration; needed: a number");
    return v.get<double>();
  };
  const auto whole = [&](const char* name, const json& v) {
    const double d = number(name, v);
    if (d != std::floor(d))
      throwBadFile(source, std::string("has ") + jsonText(v) + " as \"" + name + "\" in its network configuration; needed: a whole number");
    return static_cast<std::int64_t>(d);
  };
  const auto list = [&](const char* name) {
    const auto& v = field(name);
    if (!v.is_array() || v.size() > 64)
      throwBadFile(source, std::string("has no short list \"") + name + "\" in its network configuration");
    std::vector<std::int64_t> out;
    for (const auto& item : v) out.push_back(whole(name, item));
    return out;
  };
  ToySongUNetSettings s;
  s.dim = static_cast<int>(whole("dim", field("dim")));
  s.img_res = whole("img_res", field("img_res")), s.model_channels = whole("model_channels", field("model_channels"));
  s.channel_mult = list("channel_mult"), s.attn_resolutions = list("attn_resolutions");
  s.num_blocks = whole("num_blocks", field("num_blocks"));
  s.dropout = number("dropout", field("dropout"));
  s.noise_scale = number("noise_scale", field("noise_scale")), s.noise_offset = number("noise_offset", field("noise_offset"));
  try {
    ToySongUNet check(s);
  } catch (const Error& e) {
    throwBadFile(source, std::string("has a network configuration that cannot be: ") + e.what());
  }
  return s;
}

std::shared_ptr<const Network> ToySongUNet::fresh(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  const auto noise = NetCoordinates::noise(o.precond, schedule);
  const json c{
      {"dim", basis.dim},         {"img_res", o.img_res}, {"model_channels", 128},      {"channel_mult", {1, 2, 2, 2}}, {"num_blocks", 4},
      {"attn_resolutions", {16}}, {"dropout", 0.10},      {"noise_scale", noise.scale}, {"noise_offset", noise.offset}};
  return std::make_shared<ToySongUNet>(settingsFrom(c, std::string("--arch ") + id));
}

json ToySongUNet::configuration() const {
  const auto& s = settings_;
  return {{"arch", id},
          {"dim", s.dim},
          {"img_res", s.img_res},
          {"model_channels", s.model_channels},
          {"channel_mult", s.channel_mult},
          {"num_blocks", s.num_blocks},
          {"attn_resolutions", s.attn_resolutions},
          {"dropout", s.dropout},
          {"noise_scale", s.noise_scale},
          {"noise_offset", s.noise_offset}};
}

at::Tensor ToySongUNet::initialWeights(at::Generator generator) const {
  auto flat = at::zeros({size()}, at::kFloat);
  const auto xavier = [&](const Affine& layer, double factor = 1) {
    auto weight = part(flat, layer.weight);
    const auto area = weight.dim() == 4 ? weight.size(2) * weight.size(3) : 1;
    const double most = std::sqrt(6.0 / static_cast<double>((weight.size(0) + weight.size(1)) * area));
    weight.uniform_(-most, most, generator).mul_(factor);
  };
  const auto one = [&](const Affine& norm) { part(flat, norm.weight).fill_(1); };
  xavier(map0_), xavier(map1_), xavier(dense_[0]), xavier(dense_[1]), xavier(first_);
  for (const auto* blocks : {&encoder_, &decoder_})
    for (const auto& b : *blocks) {
      one(b.norm0), one(b.norm1);
      xavier(b.conv0), xavier(b.time), xavier(b.conv1, 1e-5);
      if (b.skip.weight >= 0) xavier(b.skip);
      if (b.attention) one(b.norm2), xavier(b.qkv, std::sqrt(0.2)), xavier(b.proj, 1e-5);
    }
  one(lastNorm_), xavier(last_), xavier(dense_[2]), xavier(dense_[3], 1e-5);
  for (std::size_t i = 0; i < layout().size(); ++i)
    if (layout()[i].name.ends_with(".resample_filter")) part(flat, static_cast<int>(i)).fill_(0.25);
  return flat;
}

at::Tensor ToySongUNet::embedding(const Weights& w, const at::Tensor& t) const {
  const std::int64_t half = settings_.model_channels / 2;
  const auto frequencies = at::pow(1e-4, at::arange(half, t.options()) / static_cast<double>(half - 1));
  const auto phase = at::outer(t * settings_.noise_scale + settings_.noise_offset, frequencies);
  auto e = at::cat({at::sin(phase), at::cos(phase)}, 1);
  for (const auto& map : {map0_, map1_})
    e = at::silu(at::linear(e, w[static_cast<std::size_t>(map.weight)], w[static_cast<std::size_t>(map.bias)]));
  return e;
}

at::Tensor ToySongUNet::attend(const Weights& w, const Block& b, const at::Tensor& x) const {
  const auto of = [&](int i) { return w[static_cast<std::size_t>(i)]; };
  const std::int64_t n = x.size(0), pixels = x.size(2) * x.size(3);
  const auto all =
      at::conv2d(at::group_norm(x, groupsOf(b.out), of(b.norm2.weight), of(b.norm2.bias), kNormEps), of(b.qkv.weight), of(b.qkv.bias))
          .view({n, b.out, 3, pixels});
  const auto q = all.select(2, 0), k = all.select(2, 1), v = all.select(2, 2);  // [n, channels, pixels]
  const auto share = at::softmax(at::bmm(q.transpose(1, 2), k / std::sqrt(static_cast<double>(b.out))), 2);
  const auto mixed = at::bmm(v, share.transpose(1, 2)).view(x.sizes());
  return (at::conv2d(mixed, of(b.proj.weight), of(b.proj.bias)) + x) * kSkipScale;
}

at::Tensor ToySongUNet::block(const Weights& w, const Block& b, const at::Tensor& x, const at::Tensor& embedding,
                              at::Generator* dropping) const {
  const auto of = [&](int i) { return w[static_cast<std::size_t>(i)]; };
  const auto conv = [&](const at::Tensor& in, const Affine& a, std::int64_t padding) {
    return at::conv2d(in, of(a.weight), of(a.bias), 1, padding);
  };
  const auto resample = [&](const at::Tensor& in) {
    return b.resample == Resample::none ? in : resampled(in, b.resample == Resample::halve);
  };
  auto h = conv(resample(at::silu(at::group_norm(x, groupsOf(b.in), of(b.norm0.weight), of(b.norm0.bias), kNormEps))), b.conv0, 1);
  h = h + at::linear(embedding, of(b.time.weight), of(b.time.bias)).unsqueeze(2).unsqueeze(3);
  h = at::silu(at::group_norm(h, groupsOf(b.out), of(b.norm1.weight), of(b.norm1.bias), kNormEps));
  if (dropping) {
    const double keep = 1 - settings_.dropout;
    // Drawn on the processor: the same on every device.
    h = h * (at::empty(h.sizes(), at::kFloat).bernoulli_(keep, *dropping) / keep).to(h.device());
  }
  h = (conv(h, b.conv1, 1) + (b.skip.weight < 0 ? x : conv(resample(x), b.skip, 0))) * kSkipScale;
  return b.attention ? attend(w, b, h) : h;
}

at::Tensor ToySongUNet::forward(const Weights& w, const at::Tensor& y, const at::Tensor& t, at::Generator* dropping) const {
  const auto of = [&](int i) { return w[static_cast<std::size_t>(i)]; };
  const auto dense = [&](const at::Tensor& x, int i) { return at::linear(x, of(dense_[i].weight), of(dense_[i].bias)); };
  const auto e = embedding(w, t);
  auto h = at::silu(dense(at::silu(dense(y, 0)), 1)).view({y.size(0), 1, settings_.img_res, settings_.img_res});
  h = at::conv2d(h, of(first_.weight), of(first_.bias), 1, 1);
  std::vector<at::Tensor> skips{h};
  for (const auto& b : encoder_) StopScope::look(), skips.push_back(h = block(w, b, h, e, dropping));
  for (const auto& b : decoder_) {
    StopScope::look();
    if (h.size(1) != b.in) h = at::cat({h, skips.back()}, 1), skips.pop_back();
    h = block(w, b, h, e, dropping);
  }
  h = at::conv2d(at::silu(at::group_norm(h, groupsOf(h.size(1)), of(lastNorm_.weight), of(lastNorm_.bias), kNormEps)), of(last_.weight),
                 of(last_.bias), 1, 1);
  return dense(at::silu(dense(h.flatten(1), 2)), 3);
}

at::Tensor ToySongUNet::apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c) const {
  refuseLabels(c, "ToySongUNet");
  const auto w = parts(net.weights);
  if (y.size(0) <= kRowsAtOnce) return forward(w, y, c.t, nullptr);
  std::vector<at::Tensor> out;
  for (std::int64_t from = 0; from < y.size(0); from += kRowsAtOnce) {
    const std::int64_t to = std::min(y.size(0), from + kRowsAtOnce);
    out.push_back(forward(w, y.slice(0, from, to), c.rows(from, to).t, nullptr));
  }
  return at::cat(out);
}

at::Tensor ToySongUNet::applyInTraining(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c,
                                        std::uint64_t dropoutSeed) const {
  refuseLabels(c, "ToySongUNet");
  at::Generator generator = at::detail::createCPUGenerator(dropoutSeed);
  return forward(parts(net.weights), y, c.t, dropoutSeed != 0 && settings_.dropout > 0 ? &generator : nullptr);
}

}  // namespace inflaton
