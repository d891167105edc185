#include "core/nets/conv_unet/toy_conv_unet.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/autograd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/error.h"
#include "core/api/system.h"
#include "core/io/npz.h"
#include "core/nets/conv_unet/toy_conv_unet_axis.h"
#include "tests/core/nets/conv_unet/toy_conv_unet_direct.h"
#include "tests/core/nets/net_testing.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using testing::DirectToyConvUNet;
using testing::errorOf;

at::Generator dice(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

double relative(const at::Tensor& a, const at::Tensor& b) {
  return std::sqrt((a - b).square().mean().item<double>() / b.square().mean().item<double>());
}

/// Weights that all do something: norms off one and zero, biases off zero, a last layer of full size.
at::Tensor lively(const ToyConvUNet& net, std::uint64_t seed) {
  auto w = net.initialWeights(dice(seed));
  for (const auto& part : net.layout()) {
    auto values = w.narrow(0, part.offset, part.count());
    if (part.name.find("filter") != std::string::npos || part.name.find("freqs") != std::string::npos) continue;
    if (part.name.find("gnorm") != std::string::npos || part.name.find("bias") != std::string::npos)
      values += at::normal(0., 0.2, values.sizes(), dice(seed + 1));
    if (part.name.find("dense81.weight") != std::string::npos) values.normal_(0, 0.5, dice(seed + 2));
  }
  return w;
}

struct Example {
  ToyConvUNetSettings settings;
  ToyConvUNet net;
  DirectToyConvUNet direct;
  at::Tensor weights, y, t, target;
  Example(std::int64_t n, const ToyConvUNetSettings& s) : settings(s), net(s), direct(net, s.noise_scale) {
    weights = lively(net, 1);
    y = at::normal(0., 1., {n, s.dim}, dice(3));
    t = at::rand({n}, dice(4)) * 7;
    target = at::normal(0., 1., {n, s.dim}, dice(5));
  }
};

const ToyConvUNetSettings kSmall{.dim = 2, .channels = {32, 32, 32, 32}, .conv_embed_dim = 16};

TEST(ConvAxis, ProductsMakeResamplingAndConvolution) {
  struct Case {
    int in;
    bool up;
    int stride, out, products;
  };
  for (const auto& [in, up, stride, out, products] :
       {Case{7, false, 1, 6, 9}, {6, false, 1, 5, 8}, {5, false, 2, 2, 3}, {2, true, 3, 5, 5}, {5, true, 1, 6, 8}, {6, true, 1, 7, 9}}) {
    const ConvAxis axis(in, up, stride);
    ASSERT_EQ(axis.out, out);
    EXPECT_EQ(axis.products, products);
    for (int i = 0; i < in; ++i)
      for (int k = 0; k < 3; ++k) {
        // One input at a time through the definition.
        const auto x = at::zeros({1, 1, in}, at::kDouble), w = at::zeros({1, 1, 3}, at::kDouble);
        x[0][0][i] = 1, w[0][0][k] = 1;
        const auto filter = at::full({1, 1, 2}, up ? 1.0 : 0.5, at::kDouble);
        const auto expected = at::conv1d(up ? at::conv_transpose1d(x, filter, {}, stride) : at::conv1d(x, filter, {}, stride), w, {}, 1, 1);
        for (int o = 0; o < out; ++o) {
          double sum = 0;
          for (int p = 0; p < axis.products; ++p)
            sum += double{axis.fromProducts[static_cast<std::size_t>(o * axis.products + p)]} *
                   axis.toProducts[static_cast<std::size_t>(p * in + i)] * axis.kernel[static_cast<std::size_t>(p * 3 + k)];
          EXPECT_NEAR(sum, expected[0][0][o].item<double>(), 3e-7) << in << up << " out " << o << " in " << i << " tap " << k;
        }
      }
  }
}

TEST(ToyConvUNet, HasTheWeightsOfThePaper) {
  for (const auto& [dim, count] : {std::pair{2, 1122204}, {3, 1122213}}) {
    const ToyConvUNet net({.dim = dim});
    std::int64_t trained = 0;
    for (const auto& w : net.layout())
      if (w.name.find("freqs") == std::string::npos && w.name.find("resample_filter") == std::string::npos) trained += w.count();
    EXPECT_EQ(trained, count);
  }
}

/// The settings and weights of a fixture.
struct Fixture {
  NpzReader file;
  std::shared_ptr<const Network> net;
  at::Tensor weights;
  double noiseScale;
  explicit Fixture(const std::string& name) : file(test::golden(name + ".npz")) {
    const auto json = test::goldenJson(name + ".json");
    noiseScale = file.doubles("M")[0] - 1;
    net = makeNetwork({{"arch", json["model_type"]},
                       {"dim", json["data_dim"]},
                       {"channels", json["channels"]},
                       {"fc_embed_dim", json["fc_embed_dim"]},
                       {"conv_embed_dim", json["conv_embed_dim"]},
                       {"out_ch", json["out_ch"]},
                       {"noise_scale", noiseScale}},
                      name);
    weights = at::empty({net->size()});
    for (const auto& w : net->layout()) {
      file.expectShape("w/" + w.name, w.shape);
      const auto values = file.floats("w/" + w.name);
      weights.narrow(0, w.offset, w.count()).copy_(at::from_blob(const_cast<float*>(values.data()), {w.count()}));
    }
  }
  at::Tensor array(const std::string& name) {
    const auto values = file.floats(name);
    return at::from_blob(const_cast<float*>(values.data()), file.shape(name)).clone();
  }
};

class ToyConvUNetParity : public ::testing::TestWithParam<const char*> {};

TEST_P(ToyConvUNetParity, RawNetworkAgreesWithTheReference) {
  Fixture f(GetParam());
  std::size_t arrays = 0;
  for (const auto& a : f.file.arrays()) arrays += a.name.rfind("w/", 0) == 0;
  EXPECT_EQ(arrays, f.net->layout().size());
  const auto x = f.array("x"), t = f.array("t"), F = f.array("F");
  EXPECT_LT(relative(f.net->apply(f.weights, x, t), F), 2e-5);
  EXPECT_LT(relative(DirectToyConvUNet(*f.net, f.noiseScale)(f.weights, x, t), F), 2e-5);
  const auto recorded = f.net->apply(f.weights, x.clone().requires_grad_(true), t);  // the way of other devices and of autograd
  EXPECT_TRUE(recorded.requires_grad());
  EXPECT_LT(relative(recorded.detach(), F), 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ToyConvUNetParity,
                         ::testing::Values("toy_net_prp_es", "toy_net_prr_es", "toy_net_prp_is", "toy_net_prr_is"));

class ToyConvUNetSizes : public ::testing::TestWithParam<ToyConvUNetSettings> {};

TEST_P(ToyConvUNetSizes, ResultsAndGradientsAreThoseOfTheDefinition) {
  Example e(131, GetParam());  // an odd number, over several slices and groups
  EXPECT_LT(relative(e.net.apply(e.weights, e.y, e.t), e.direct(e.weights, e.y, e.t)), 2e-5);
  auto gradient = at::empty({e.net.size()}), expected = gradient;
  const double loss = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, gradient);
  const double expectedLoss = e.direct.lossAndGradient(e.weights, e.y, e.t, e.target, expected);
  EXPECT_NEAR(loss, expectedLoss, 2e-5 * expectedLoss);
  EXPECT_LT(relative(gradient, expected), 1e-4);
  const double rms = std::sqrt(expected.square().mean().item<double>());
  for (const auto& part : e.net.layout()) {
    const auto own = gradient.narrow(0, part.offset, part.count()), theirs = expected.narrow(0, part.offset, part.count());
    if (part.name.find("freqs") != std::string::npos || part.name.find("resample_filter") != std::string::npos) {
      EXPECT_EQ(own.abs().max().item<float>(), 0) << part.name;
      continue;
    }
    // A convolution's bias is taken out again by a norm of one channel a group: nothing but rounding is left of its gradient.
    const double size = std::max(theirs.norm().item<double>(), 0.1 * rms * std::sqrt(static_cast<double>(part.count())));
    EXPECT_LT((own - theirs).norm().item<double>(), 3e-4 * size) << part.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Settings, ToyConvUNetSizes,
    ::testing::Values(kSmall, ToyConvUNetSettings{}, ToyConvUNetSettings{.dim = 3, .channels = {32, 64, 96, 64}, .fc_embed_dim = 6},
                      ToyConvUNetSettings{.dim = 5, .channels = {96, 32, 64, 160}, .conv_embed_dim = 10, .noise_scale = 40},
                      ToyConvUNetSettings{.dim = 4, .channels = {64, 32, 32, 32}, .fc_embed_dim = 4, .conv_embed_dim = 2}));

TEST(ToyConvUNet, GradientIsTheSlopeOfTheLoss) {
  Example e(90, {.dim = 3, .channels = {32, 32, 64, 32}, .conv_embed_dim = 8, .noise_scale = 3});
  auto gradient = at::empty({e.net.size()}), unused = gradient.clone();
  e.net.lossAndGradient(e.weights, e.y, e.t, e.target, gradient);
  for (int trial = 0; trial < 4; ++trial) {
    auto direction = trial == 0 ? gradient.clone() : at::normal(0., 1., {e.net.size()}, dice(20 + trial)) * gradient.ne(0);
    direction /= direction.norm();
    const double h = 2e-3, slope = (direction * gradient).sum().item<double>();
    const double up = e.net.lossAndGradient(e.weights + h * direction, e.y, e.t, e.target, unused);
    const double down = e.net.lossAndGradient(e.weights - h * direction, e.y, e.t, e.target, unused);
    EXPECT_NEAR((up - down) / (2 * h), slope, 5e-3 * std::abs(slope) + 1e-3) << trial;
  }
}

TEST(ToyConvUNet, AutogradSeesThroughIt) {
  Example e(6, kSmall);
  const auto leaf = e.y.clone().requires_grad_(true), again = e.y.clone().requires_grad_(true);
  const auto own = torch::autograd::grad({e.net.apply(e.weights, leaf, e.t).square().sum()}, {leaf})[0];
  const auto theirs = torch::autograd::grad({e.direct(e.weights, again, e.t).square().sum()}, {again})[0];
  EXPECT_LT(relative(own, theirs), 1e-4);
}

TEST(ToyConvUNet, GradientHasTheSameBytesForAnyNumberOfThreads) {
  Example e(700, kSmall);
  auto one = at::empty({e.net.size()}), three = one.clone();
  useThreads(1);
  const double a = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, one);
  const auto F = e.net.apply(e.weights, e.y, e.t);
  useThreads(3);
  const double b = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, three);
  EXPECT_TRUE(at::equal(F, e.net.apply(e.weights, e.y, e.t)));
  useThreads(0);
  EXPECT_EQ(a, b);
  EXPECT_TRUE(at::equal(one, three));
}

TEST(ToyConvUNet, OneTimeForAllIsTheSameAsThatTimeForEach) {
  Example e(150, kSmall);
  const auto together = e.net.apply(e.weights, e.y, at::full({1}, 1.7f)), each = e.net.apply(e.weights, e.y, at::full({150}, 1.7f));
  EXPECT_LT(relative(together, each), 1e-5);
  EXPECT_LT(relative(e.net.apply(e.weights, e.y.slice(0, 149, 150), at::full({1}, 1.7f)), each.slice(0, 149, 150)), 1e-5);
  EXPECT_EQ(e.net.apply(e.weights, e.y.slice(0, 0, 0), at::full({1}, 1.7f)).size(0), 0);
  auto common = at::empty({e.net.size()}), rows = common.clone();
  e.net.lossAndGradient(e.weights, e.y, at::full({1}, 1.7f), e.target, common);
  e.net.lossAndGradient(e.weights, e.y, at::full({150}, 1.7f), e.target, rows);
  EXPECT_LT(relative(common, rows), 1e-5);
}

TEST(ToyConvUNet, NoiseOffsetShiftsTheTimes) {
  auto s = kSmall;
  s.noise_scale = 2, s.noise_offset = 3;
  Example e(20, s);
  s.noise_offset = 0;
  const ToyConvUNet plain(s);
  EXPECT_LT(relative(e.net.apply(e.weights, e.y, e.t), plain.apply(e.weights, e.y, e.t + 1.5)), 1e-5);
}

TEST(ToyConvUNet, StartsNearZeroWithXavierWeights) {
  const ToyConvUNet net(kSmall);
  const auto w = net.initialWeights(dice(1));
  EXPECT_LT(net.apply(w, at::normal(0., 1., {50, 2}, dice(2)), at::rand({50}, dice(3)) * 7).abs().max().item<float>(), 1e-3);
  const DirectToyConvUNet names(net, 999);
  const auto conv = names.weight(w, "upresblock2.conv1.weight");  // [32, 64, 3, 3]
  const double bound = std::sqrt(6. / (9 * (32 + 64)));
  EXPECT_LE(conv.abs().max().item<double>(), bound);
  EXPECT_NEAR(conv.std().item<double>(), bound / std::sqrt(3), 0.02 * bound);
  EXPECT_TRUE(names.weight(w, "downresblock2.gnorm1.weight").eq(1).all().item<bool>());
  EXPECT_TRUE(names.weight(w, "downresblock2.conv1.resample_filter").eq(0.25).all().item<bool>());
  EXPECT_EQ(names.weight(w, "downresblock2.conv1.bias").abs().max().item<float>(), 0);
  EXPECT_TRUE(at::equal(w, net.initialWeights(dice(1))));
}

TEST(ToyConvUNet, NaNInAWeightShows) {
  Example e(5, kSmall);
  e.direct.weight(e.weights, "upresblock1.conv1.weight")[0][0][1][1] = NAN;
  EXPECT_TRUE(e.net.apply(e.weights, e.y, e.t).isnan().all().item<bool>());
}

TEST(ToyConvUNet, RefusesAnotherResampleFilter) {
  Example e(5, kSmall);
  e.direct.weight(e.weights, "upresblock1.conv1.resample_filter")[0][0][0][1] = 0.3;
  EXPECT_NE(errorOf([&] { e.net.apply(e.weights, e.y, e.t); }).find("resample_filter"), std::string::npos);
}

TEST(ToyConvUNet, ConfigurationBuildsTheSameNetwork) {
  auto s = kSmall;
  s.noise_scale = 500.5, s.noise_offset = -1;
  Example e(9, s);
  const auto again = makeNetwork(e.net.configuration(), "here");
  EXPECT_EQ(again->configuration(), e.net.configuration());
  EXPECT_TRUE(at::equal(again->apply(e.weights, e.y, e.t), e.net.apply(e.weights, e.y, e.t)));
}

TEST(ToyConvUNet, RefusesSettingsThatCannotBe) {
  const auto refused = [](const char* field, const nlohmann::json& value) {
    auto c = ToyConvUNet(kSmall).configuration();
    c[field] = value;
    return errorOf([&] { makeNetwork(c, "net.safetensors"); });
  };
  for (const auto& [field, value] : std::vector<std::pair<const char*, nlohmann::json>>{{"channels", {32, 33, 32, 32}},
                                                                                        {"channels", {32, 0, 32, 32}},
                                                                                        {"channels", {32, 32}},
                                                                                        {"channels", "many"},
                                                                                        {"channels", {32, 32, "x", 32}},
                                                                                        {"channels", {32, 32, 32, 1e7}},
                                                                                        {"dim", 0},
                                                                                        {"dim", 2.5},
                                                                                        {"dim", nullptr},
                                                                                        {"fc_embed_dim", 3},
                                                                                        {"conv_embed_dim", 0},
                                                                                        {"conv_embed_dim", 1e300},
                                                                                        {"out_ch", 2},
                                                                                        {"noise_scale", "fast"}}) {
    const auto text = refused(field, value);
    EXPECT_NE(text.find("net.safetensors"), std::string::npos) << field << value << text;
    EXPECT_NE(text.find(field), std::string::npos) << field << value << text;
  }
}

}  // namespace
}  // namespace inflaton
