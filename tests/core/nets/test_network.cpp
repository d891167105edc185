#include "core/nets/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nets/conv_unet/toy_conv_unet.h"
#include "core/nets/toy_song_unet.h"
#include "tests/core/nets/net_testing.h"
#include "tests/core/nets/normalising_network.h"

namespace inflaton {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::NormalisingNetwork;

at::Generator dice(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }
at::Tensor points(std::int64_t n, std::uint64_t seed) { return at::normal(0., 1., {n, 2}, dice(seed)); }

std::vector<std::pair<std::string, std::shared_ptr<const Network>>> toyNetworks() {
  return {
      {"Mlp", std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 16, .depth = 2})},
      {"ToyConvUNet", std::make_shared<ToyConvUNet>(ToyConvUNetSettings{.channels = {32, 32, 32, 32}})},
      {"ToySongUNet", std::make_shared<ToySongUNet>(ToySongUNetSettings{.model_channels = 16, .channel_mult = {1, 1}, .num_blocks = 1})}};
}

at::Tensor someWeights(const Network& net) {
  auto w = net.initialWeights(dice(1));
  for (const auto& part : net.layout())  // the last layers start at or near zero
    if (!part.name.ends_with(".resample_filter")) w.narrow(0, part.offset, part.count()) += at::normal(0., 0.05, {part.count()}, dice(2));
  return w;
}

TEST(Network, GradientsOfAnyLossAreThoseOfTheSquaredOne) {
  const at::NoGradGuard off;  // as in the training job
  for (const auto& [name, net] : toyNetworks()) {
    const std::int64_t n = name == "Mlp" ? 700 : 60;  // several slices
    const auto w = someWeights(*net), y = points(n, 3), target = points(n, 4), t = at::rand({n}, dice(5)) * 7;
    auto fused = at::empty_like(w), general = at::empty_like(w);
    const double loss = net->lossAndGradient(w, y, t, target, fused);
    const auto out = net->applyWithGradient(
        w, y, t, [&](const at::Tensor& F) { return (F - target) * (2.0 / static_cast<double>(n)); }, general);
    EXPECT_NEAR((out - target).square().sum(1).mean().item<double>(), loss, 1e-4 * loss) << name;
    EXPECT_LT((general - fused).norm().item<double>(), 1e-4 * fused.norm().item<double>()) << name;
    EXPECT_GT(fused.norm().item<double>(), 0) << name;
  }
}

TEST(Network, GradientsOfALossOverAllRowsTogether) {
  // sum over pairs of rows of F_a . F_b = |sum over rows of F|^2: no loss of each row alone. Against a difference quotient.
  const at::NoGradGuard off;
  const Mlp net({.dim = 2, .width = 16, .depth = 2});
  const auto w = someWeights(net), y = points(600, 3), t = at::rand({600}, dice(5)) * 7;
  const auto loss = [&](const at::Tensor& weights) {
    return net.apply(weights, y, t).to(at::kDouble).mean(0).square().sum().item<double>();
  };
  auto gradient = at::empty_like(w);
  net.applyWithGradient(
      w, y, t, [](const at::Tensor& F) { return (2 * F.mean(0, true) / static_cast<double>(F.size(0))).expand_as(F); }, gradient);
  const auto direction = at::normal(0., 1., {net.size()}, dice(6));
  const double h = 1e-3, slope = (loss(w + h * direction) - loss(w - h * direction)) / (2 * h);
  EXPECT_NEAR((gradient * direction).sum().item<double>(), slope, 2e-3 * std::abs(slope) + 1e-6);
}

TEST(Network, LabelsAreRefusedByTheToys) {
  for (const auto& each : toyNetworks()) {
    const auto& name = each.first;
    const auto& net = each.second;
    const auto w = someWeights(*net), y = points(4, 3), t = at::rand({4}, dice(5)), labels = at::ones({4, 3});
    auto gradient = at::empty_like(w);
    at::Tensor rest;
    const std::string classes = "the network " + name + " takes no labels of classes",
                      augment = "the network " + name + " takes no labels of an augmentation";
    EXPECT_THAT(errorOf([&] { net->apply(w, y, {t, labels}); }), HasSubstr(classes));
    EXPECT_THAT(errorOf([&] { net->apply(w, y, {t, {}, labels}); }), HasSubstr(augment));
    EXPECT_THAT(errorOf([&] { net->lossAndGradient(w, y, {t, labels}, y, gradient); }), HasSubstr(classes));
    EXPECT_THAT(errorOf([&] {
                  net->applyWithGradient(
                      w, y, {t, labels}, [](const at::Tensor& F) { return F; }, gradient);
                }),
                HasSubstr(classes));
    EXPECT_THAT(errorOf([&] { net->applyWithJacobian(w, y, {t, {}, labels}, rest); }), HasSubstr(augment));
    EXPECT_THAT(errorOf([&] { net->applyWithProducts(w, y, {t, labels}, at::ones({1, 4, 2}), rest); }), HasSubstr(classes));
  }
}

TEST(Conditioning, RowsAreThoseOfEveryPart) {
  const Conditioning whole(at::arange(5, at::kFloat), at::arange(10, at::kFloat).view({5, 2}));
  const auto some = whole.rows(1, 3);
  EXPECT_TRUE(at::equal(some.t, at::tensor(std::vector<float>{1, 2})));
  EXPECT_TRUE(at::equal(some.classes, whole.classes.slice(0, 1, 3)));
  EXPECT_FALSE(some.augment.defined());
  EXPECT_EQ(Conditioning(at::ones({1})).rows(1, 3).t.size(0), 1) << "one time for all rows";
}

TEST(Network, BuffersAreNoWeights) {
  const NormalisingNetwork net;
  EXPECT_EQ(net.size(), 2);
  EXPECT_EQ(net.bufferSize(), 4);
  EXPECT_EQ(net.bufferLayout()[1].name, "model.norm.running_var");
  EXPECT_EQ(net.bufferLayout()[1].offset, 2);
  EXPECT_EQ(Mlp({.dim = 2}).bufferSize(), 0);
  EXPECT_EQ(Mlp({.dim = 2}).initialBuffers().numel(), 0);
}

TEST(Network, BuffersMoveInTrainingAndStandStillOtherwise) {
  const NormalisingNetwork net;
  const NetworkTensors tensors(net.initialWeights({}), net.initialBuffers());
  const auto y = 3 * points(5000, 1) + 7;
  auto gradient = at::zeros({2});
  net.apply(tensors, y, at::ones({1}));
  EXPECT_TRUE(at::equal(tensors.buffers, net.initialBuffers()));
  for (int i = 0; i < 100; ++i) net.lossAndGradient(tensors, y, at::ones({1}), y, gradient);
  EXPECT_TRUE(at::allclose(tensors.buffers.slice(0, 0, 2), y.mean(0), 1e-2, 1e-2));
  EXPECT_TRUE(at::allclose(tensors.buffers.slice(0, 2, 4), y.var(0, false), 1e-2, 1e-2));
  EXPECT_LT(net.apply(tensors, y, at::ones({1})).mean(0).abs().max().item<double>(), 0.01);
}

}  // namespace
}  // namespace inflaton
