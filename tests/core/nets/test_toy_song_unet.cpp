#include "core/nets/toy_song_unet.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;

/// The same network written down a second time, layer by layer from its description: filters as grouped convolutions, attention as
/// sums over pixels, everything in double precision and by weight name.
class Direct {
 public:
  Direct(const Network& net, const at::Tensor& weights, const ToySongUNetSettings& s) : s_(s) {
    for (const auto& part : net.layout()) w_[part.name] = weights.narrow(0, part.offset, part.count()).view(part.shape).to(at::kDouble);
  }

  at::Tensor operator()(const at::Tensor& y, const at::Tensor& t) const {
    const std::int64_t half = s_.model_channels / 2;
    const auto noise = t * s_.noise_scale + s_.noise_offset;
    std::vector<at::Tensor> features;
    for (std::int64_t i = 0; i < 2 * half; ++i) {
      const auto phase = noise * std::pow(10000.0, -static_cast<double>(i % half) / static_cast<double>(half - 1));
      features.push_back(i < half ? phase.sin() : phase.cos());
    }
    auto e = at::silu(linear("map_layer1", at::silu(linear("map_layer0", at::stack(features, 1)))));
    auto x = at::silu(linear("fc2", at::silu(linear("fc1", y)))).view({y.size(0), 1, s_.img_res, s_.img_res});

    std::vector<at::Tensor> skips;
    const auto levels = s_.channel_mult.size();
    const auto name = [&](const char* part, std::size_t level, const std::string& what) {
      const auto side = std::to_string(s_.img_res >> level);
      return std::string(part) + "." + side + "x" + side + "_" + what;
    };
    for (std::size_t level = 0; level < levels; ++level) {
      x = level == 0 ? conv(name("enc", 0, "conv"), x) : block(name("enc", level, "down"), x, e, -1);
      skips.push_back(x);
      for (std::int64_t i = 0; i < s_.num_blocks; ++i) skips.push_back(x = block(name("enc", level, "block" + std::to_string(i)), x, e, 0));
    }
    for (std::size_t level = levels; level-- > 0;) {
      if (level + 1 == levels) {
        x = block(name("dec", level, "in0"), x, e, 0);
        x = block(name("dec", level, "in1"), x, e, 0);
      } else {
        x = block(name("dec", level, "up"), x, e, 1);
      }
      for (std::int64_t i = 0; i <= s_.num_blocks; ++i) {
        x = block(name("dec", level, "block" + std::to_string(i)), at::cat({x, skips.back()}, 1), e, 0);
        skips.pop_back();
      }
    }
    EXPECT_TRUE(skips.empty());
    x = conv(name("dec", 0, "aux_conv"), at::silu(norm(name("dec", 0, "aux_norm"), x)));
    return linear("fc4", at::silu(linear("fc3", x.flatten(1))));
  }
  bool has(const std::string& name) const { return w_.contains("model." + name); }

 private:
  const at::Tensor& of(const std::string& name) const { return w_.at("model." + name); }
  at::Tensor linear(const std::string& n, const at::Tensor& x) const { return x.matmul(of(n + ".weight").t()) + of(n + ".bias"); }
  at::Tensor norm(const std::string& n, const at::Tensor& x) const {
    const std::int64_t C = x.size(1), groups = std::min<std::int64_t>(32, C / 4);
    const auto g = x.reshape({x.size(0), groups, -1});
    const auto centred = g - g.mean(2, true);
    const auto unit = (centred / (centred.square().mean(2, true) + 1e-6).sqrt()).view(x.sizes());
    return unit * of(n + ".weight").view({1, C, 1, 1}) + of(n + ".bias").view({1, C, 1, 1});
  }
  at::Tensor conv(const std::string& n, at::Tensor x, int resample = 0) const {
    const auto& w = of(n + ".weight");
    const std::int64_t C = x.size(1);
    if (resample != 0) {
      const auto f = of(n + ".resample_filter");
      x = at::convolution(x, (resample < 0 ? f : 4 * f).repeat({C, 1, 1, 1}), at::Tensor(), {2, 2}, {0, 0}, {1, 1}, resample > 0, {0, 0},
                          C);
    }
    return at::conv2d(x, w, of(n + ".bias"), 1, w.size(2) / 2);
  }
  at::Tensor block(const std::string& n, const at::Tensor& x, const at::Tensor& e, int resample) const {
    auto h = conv(n + ".conv0", at::silu(norm(n + ".norm0", x)), resample) + linear(n + ".affine", e).unsqueeze(2).unsqueeze(3);
    h = conv(n + ".conv1", at::silu(norm(n + ".norm1", h)));
    h = (h + (has(n + ".skip.weight") ? conv(n + ".skip", x, resample) : x)) * std::sqrt(0.5);
    if (!has(n + ".qkv.weight")) return h;
    const auto all = conv(n + ".qkv", norm(n + ".norm2", h));
    const std::int64_t C = h.size(1), side = h.size(2), pixels = side * side;
    auto mixed = at::zeros_like(h);
    const auto channel = [&](std::int64_t c, std::int64_t which) { return all.select(1, 3 * c + which).flatten(1); };
    for (std::int64_t q = 0; q < pixels; ++q) {
      auto score = at::zeros({h.size(0), pixels}, h.options());
      for (std::int64_t c = 0; c < C; ++c) score += channel(c, 0).select(1, q).unsqueeze(1) * channel(c, 1);
      const auto share = at::softmax(score / std::sqrt(static_cast<double>(C)), 1);
      for (std::int64_t c = 0; c < C; ++c) mixed.select(1, c).select(1, q / side).select(1, q % side).copy_((share * channel(c, 2)).sum(1));
    }
    return (conv(n + ".proj", mixed) + h) * std::sqrt(0.5);
  }

  ToySongUNetSettings s_;
  std::map<std::string, at::Tensor> w_;
};

ToySongUNetSettings small() {
  ToySongUNetSettings s;
  s.dim = 3, s.model_channels = 8, s.num_blocks = 2, s.noise_scale = 9, s.noise_offset = 0.3;
  return s;
}

/// Weights with which every layer does something.
at::Tensor lively(const ToySongUNet& net) {
  auto weights = net.initialWeights(at::detail::createCPUGenerator(1));
  for (const auto& part : net.layout())
    if (!part.name.ends_with("resample_filter"))
      weights.narrow(0, part.offset, part.count())
          .add_(at::normal(0., 0.15, {part.count()}, at::detail::createCPUGenerator(static_cast<std::uint64_t>(part.offset) + 5)));
  return weights;
}

at::Tensor points(std::int64_t n, int dim) { return at::normal(0., 1., {n, dim}, at::detail::createCPUGenerator(7)); }

TEST(ToySongUNet, IsWhatItsDescriptionSays) {
  auto attentive = small();
  attentive.img_res = 16, attentive.channel_mult = {1, 2, 3};
  for (const auto& s : {small(), attentive}) {
    const ToySongUNet net(s);
    const auto weights = lively(net);
    const auto y = points(5, 3), t = at::linspace(0, 7, 5);
    const Direct direct(net, weights, s);
    EXPECT_EQ(direct.has("enc.16x16_block1.qkv.weight"), s.img_res == 16);
    const auto expected = direct(y.to(at::kDouble), t.to(at::kDouble));
    const auto ours = net.apply(weights, y, t);
    EXPECT_GT(expected.abs().mean().item<double>(), 0.05);
    EXPECT_LT(((ours - expected).abs().max() / expected.square().mean().sqrt()).item<double>(), 2e-5);
    EXPECT_TRUE(at::allclose(net.apply(weights, y, at::full({1}, 2.f)), net.apply(weights, y, at::full({5}, 2.f)), 1e-5, 1e-6));
  }
}

TEST(ToySongUNet, NamesAndShapesAreTheReferences) {
  const ToySongUNet net({});
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& part : net.layout()) shapes[part.name] = part.shape;
  using Shape = std::vector<std::int64_t>;
  EXPECT_EQ(shapes.at("model.fc1.weight"), (Shape{32, 2}));
  EXPECT_EQ(shapes.at("model.fc4.bias"), Shape{2});
  EXPECT_EQ(shapes.at("model.map_layer0.weight"), (Shape{512, 128}));
  EXPECT_EQ(shapes.at("model.enc.8x8_conv.weight"), (Shape{128, 1, 3, 3}));
  EXPECT_EQ(shapes.at("model.enc.4x4_down.conv0.resample_filter"), (Shape{1, 1, 2, 2}));
  EXPECT_EQ(shapes.at("model.enc.4x4_down.skip.resample_filter"), (Shape{1, 1, 2, 2}));
  EXPECT_EQ(shapes.at("model.enc.4x4_block0.skip.weight"), (Shape{256, 128, 1, 1}));
  EXPECT_EQ(shapes.at("model.dec.1x1_in0.qkv.weight"), (Shape{768, 256, 1, 1}));
  EXPECT_EQ(shapes.at("model.dec.1x1_in1.affine.weight"), (Shape{256, 512}));
  EXPECT_EQ(shapes.at("model.dec.8x8_block4.conv0.weight"), (Shape{128, 256, 3, 3}));
  EXPECT_EQ(shapes.at("model.dec.8x8_aux_norm.weight"), Shape{128});
  EXPECT_EQ(shapes.at("model.dec.8x8_aux_conv.weight"), (Shape{1, 128, 3, 3}));
  EXPECT_FALSE(shapes.contains("model.dec.1x1_in1.qkv.weight"));
  EXPECT_FALSE(shapes.contains("model.enc.8x8_block0.skip.weight"));
}

TEST(ToySongUNet, RowsGoThroughInSlicesUnchanged) {
  auto s = small();
  s.num_blocks = 1;
  const ToySongUNet net(s);
  const auto weights = lively(net), y = points(300, 3), t = at::linspace(0, 7, 300);
  const auto all = net.apply(weights, y, t);
  EXPECT_TRUE(at::allclose(all.slice(0, 250, 300), net.apply(weights, y.slice(0, 250, 300), t.slice(0, 250, 300)), 1e-4, 1e-5));
}

TEST(ToySongUNet, GradientAgreesWithDifferences) {
  auto s = small();
  s.num_blocks = 1;
  const ToySongUNet net(s);
  const auto weights = lively(net), y = points(6, 3), t = at::linspace(0, 7, 6), target = points(6, 3) * 0.3;
  auto gradient = at::empty_like(weights);
  const double loss = net.lossAndGradient(weights, y, t, target, gradient);
  const auto f = [&](const at::Tensor& w) {
    return (Direct(net, w, s)(y.to(at::kDouble), t.to(at::kDouble)) - target).square().sum().item<double>() / 6;
  };
  EXPECT_NEAR(loss, f(weights), 1e-5 * loss);
  for (std::uint64_t seed : {1, 2, 3}) {
    auto direction = at::normal(0., 1., {net.size()}, at::detail::createCPUGenerator(seed)).to(at::kDouble);
    for (const auto& part : net.layout())
      if (part.name.ends_with("resample_filter")) {
        direction.narrow(0, part.offset, part.count()).zero_();
        EXPECT_EQ(gradient.narrow(0, part.offset, part.count()).abs().max().item<float>(), 0) << part.name;
      }
    const double h = 1e-5, along = (gradient.to(at::kDouble) * direction).sum().item<double>();
    const auto w = weights.to(at::kDouble);
    EXPECT_NEAR(along, (f(w + h * direction) - f(w - h * direction)) / (2 * h), 1e-3 * std::max(1.0, std::abs(along)));
  }
}

TEST(ToySongUNet, DropoutFollowsItsSeed) {
  auto s = small();
  s.num_blocks = 1;
  const ToySongUNet net(s);
  const auto weights = lively(net), y = points(20, 3), t = at::linspace(0, 7, 20), target = points(20, 3);
  auto gradient = at::empty_like(weights), again = at::empty_like(weights);
  const double none = net.lossAndGradient(weights, y, t, target, gradient), a = net.lossAndGradient(weights, y, t, target, gradient, 5);
  const double b = net.lossAndGradient(weights, y, t, target, again, 5), c = net.lossAndGradient(weights, y, t, target, gradient, 6);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, none);
  auto dry = s;
  dry.dropout = 0;
  EXPECT_EQ(ToySongUNet(dry).lossAndGradient(weights, y, t, target, again, 5), none);
}

TEST(ToySongUNet, StartsAsTheFlowOfGaussianData) {
  const ToySongUNet net({});
  const auto weights = net.initialWeights(at::detail::createCPUGenerator(3));
  EXPECT_LT(net.apply(weights, points(4, 2), at::ones({4})).abs().max().item<double>(), 1e-3);
  EXPECT_TRUE(at::equal(weights, net.initialWeights(at::detail::createCPUGenerator(3))));
}

TEST(ToySongUNet, ConfigurationMakesItAgainAndIsChecked) {
  const auto c = ToySongUNet(small()).configuration();
  EXPECT_EQ(makeNetwork(c, "F")->configuration(), c);
  const auto spoiled = [&](const char* field, const nlohmann::json& value) {
    auto changed = c;
    changed[field] = value;
    return errorOf([&] { makeNetwork(changed, "F"); });
  };
  EXPECT_THAT(spoiled("img_res", 12), HasSubstr("img_res is 12; allowed: multiples of 8"));
  EXPECT_THAT(spoiled("img_res", 12.5), HasSubstr("needed: a whole number"));
  EXPECT_THAT(spoiled("model_channels", 6), HasSubstr("multiples of 4"));
  EXPECT_THAT(spoiled("channel_mult", nlohmann::json::array()), HasSubstr("channel_mult"));
  EXPECT_THAT(spoiled("channel_mult", {1, 0}), HasSubstr("channel_mult is 0"));
  EXPECT_THAT(spoiled("num_blocks", "four"), HasSubstr("\"four\" as \"num_blocks\""));
  EXPECT_THAT(spoiled("dropout", 1), HasSubstr("dropout"));
  auto without = c;
  without.erase("attn_resolutions");
  EXPECT_THAT(errorOf([&] { makeNetwork(without, "F"); }), HasSubstr("has no \"attn_resolutions\""));
}

}  // namespace
}  // namespace inflaton
