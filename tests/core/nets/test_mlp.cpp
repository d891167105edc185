#include "core/nets/mlp.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/error.h"
#include "core/api/options.h"
#include "core/api/system.h"
#include "core/nets/mlp_kernels.h"

namespace inflaton {
namespace {

at::Generator dice(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

struct Example {
  Mlp net;
  at::Tensor weights, y, t, target;
  explicit Example(std::int64_t n, MlpSettings s = {.dim = 3, .width = 24, .depth = 3, .fade_ratio = 5e-4, .fade_rate = 2}) : net(s) {
    weights = net.initialWeights(dice(1)) + at::normal(0., 0.05, {net.size()}, dice(2));
    y = at::normal(0., 1., {n, s.dim}, dice(3));
    t = at::rand({n}, dice(4)) * s.t_max;
    target = at::normal(0., 1., {n, s.dim}, dice(5));
  }
};

TEST(Silu, KernelAgreesWithLibTorchFromDeepNegativeToLargePositive) {
  auto z = at::cat({at::linspace(-200, 200, 4001), at::normal(0., 1., {777}, dice(1))});
  const auto expected = at::silu(z);
  const auto expectedSlope = at::sigmoid(z) * (1 + z * (1 - at::sigmoid(z)));
  auto both = z.clone(), slope = at::empty_like(z);
  siluInPlace(both.data_ptr<float>(), slope.data_ptr<float>(), both.numel());
  siluInPlace(z.data_ptr<float>(), z.numel());
  EXPECT_TRUE(at::allclose(z, expected, 1e-6, 1e-7));
  EXPECT_TRUE(at::allclose(z, both, 1e-6, 0));
  EXPECT_TRUE(at::allclose(slope, expectedSlope, 1e-5, 1e-6));
}

TEST(Silu, NaNStaysNaN) {
  float z[3] = {NAN, INFINITY, 1}, slope[3];
  siluInPlace(z, slope, 3);
  EXPECT_TRUE(std::isnan(z[0]) && std::isnan(slope[0]));
  EXPECT_TRUE(std::isinf(z[1]));
  EXPECT_FLOAT_EQ(z[2], 0.7310586f);
}

TEST(Mlp, DefaultsHaveAboutAHundredThousandWeights) {
  const ToyTrainOptions o;
  const Mlp net({.dim = 2, .width = o.width, .depth = o.depth});
  EXPECT_GT(net.size(), 60000);
  EXPECT_LT(net.size(), 150000);
}

TEST(Mlp, StartsAsTheFlowOfGaussianData) {
  Example e(50);
  EXPECT_EQ(e.net.apply(e.net.initialWeights(dice(1)), e.y, e.t).abs().max().item<float>(), 0);
}

TEST(Mlp, GradientIsTheSlopeOfTheLoss) {
  Example e(700);  // several slices
  auto gradient = at::empty({e.net.size()}), unused = gradient.clone();
  e.net.lossAndGradient(e.weights, e.y, e.t, e.target, gradient);
  for (int trial = 0; trial < 4; ++trial) {
    // Along the gradient, and along random directions, where an error in a single part would show.
    auto direction = trial == 0 ? gradient.clone() : at::normal(0., 1., {e.net.size()}, dice(20 + trial));
    direction /= direction.norm();
    const double h = 3e-3, slope = (direction * gradient).sum().item<double>();
    const double up = e.net.lossAndGradient(e.weights + h * direction, e.y, e.t, e.target, unused);
    const double down = e.net.lossAndGradient(e.weights - h * direction, e.y, e.t, e.target, unused);
    EXPECT_NEAR((up - down) / (2 * h), slope, 2e-3 * std::abs(slope) + 5e-4) << trial;
  }
}

TEST(Mlp, EveryPartOfTheGradientIsRight) {
  Example e(40);
  auto gradient = at::empty({e.net.size()}), unused = gradient.clone();
  e.net.lossAndGradient(e.weights, e.y, e.t, e.target, gradient);
  for (const auto& part : e.net.layout()) {
    auto direction = at::zeros_like(e.weights);
    direction.narrow(0, part.offset, part.count()).copy_(gradient.narrow(0, part.offset, part.count()));
    const double norm = direction.norm().item<double>();
    ASSERT_GT(norm, 0) << part.name;
    direction /= norm;
    const double h = 1e-2;
    const double up = e.net.lossAndGradient(e.weights + h * direction, e.y, e.t, e.target, unused);
    const double down = e.net.lossAndGradient(e.weights - h * direction, e.y, e.t, e.target, unused);
    EXPECT_NEAR((up - down) / (2 * h), norm, 0.01 * norm + 1e-3) << part.name;
  }
}

TEST(Mlp, LossIsTheMeanOverPointsOfTheSumOverAxes) {
  Example e(600);
  auto gradient = at::empty({e.net.size()});
  const double loss = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, gradient);
  const auto F = e.net.apply(e.weights, e.y, e.t);
  EXPECT_NEAR(loss, (F - e.target).square().sum(1).mean().item<double>(), 1e-5);
}

TEST(Mlp, GradientHasTheSameBytesForAnyNumberOfThreads) {
  Example e(1000);
  auto one = at::empty({e.net.size()}), three = one.clone();
  useThreads(1);
  const double a = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, one);
  useThreads(3);
  const double b = e.net.lossAndGradient(e.weights, e.y, e.t, e.target, three);
  useThreads(0);
  EXPECT_EQ(a, b);
  EXPECT_TRUE(at::equal(one, three));
}

TEST(Mlp, OneTimeForAllIsTheSameAsThatTimeForEach) {
  Example e(900);
  const auto together = e.net.apply(e.weights, e.y, at::full({1}, 1.7f)), each = e.net.apply(e.weights, e.y, at::full({900}, 1.7f));
  EXPECT_TRUE(at::allclose(together, each, 1e-5, 1e-6));
  const auto alone = e.net.apply(e.weights, e.y.slice(0, 899, 900), at::full({1}, 1.7f));
  EXPECT_TRUE(at::allclose(together.slice(0, 899, 900), alone, 1e-5, 1e-6));
  EXPECT_EQ(e.net.apply(e.weights, e.y.slice(0, 0, 0), at::full({1}, 1.7f)).size(0), 0);
}

// float32 sums of a few hundred products in another order: some 1e-6 of the greatest value.
TEST(Mlp, TangentsInOneGoAgreeWithTensorByTensorToRounding) {
  for (const std::int64_t width : {16, 48, 128})
    for (const int dim : {2, 3, 5}) {
      SCOPED_TRACE(std::to_string(width) + " wide in " + std::to_string(dim) + " dimensions");
      Example e(700, {.dim = dim, .width = width, .depth = 3, .fade_ratio = 5e-4, .fade_rate = 2});
      at::Tensor fast, slow;
      const auto together = e.net.applyWithJacobian(e.weights, e.y, at::full({1}, 1.7f), fast),
                 each = e.net.applyWithJacobian(e.weights, e.y, at::full({700}, 1.7f), slow);  // a time for each: tensor by tensor
      EXPECT_LT((together - each).abs().max().item<float>(), 5e-6 * each.abs().max().item<float>());
      EXPECT_LT((fast - slow).abs().max().item<float>(), 1e-5 * slow.abs().max().item<float>());
      EXPECT_TRUE(at::allclose(together, e.net.apply(e.weights, e.y, at::full({1}, 1.7f)), 1e-4, 1e-5));
    }
}

TEST(Mlp, TangentsHaveTheSameBytesForAnyNumberOfThreads) {
  Example e(1000, {.dim = 2, .width = 32, .depth = 2});
  at::Tensor one, three;
  useThreads(1);
  e.net.applyWithJacobian(e.weights, e.y, at::full({1}, 1.7f), one);
  useThreads(3);
  e.net.applyWithJacobian(e.weights, e.y, at::full({1}, 1.7f), three);
  useThreads(0);
  EXPECT_TRUE(at::equal(one, three));
}

TEST(Mlp, FadesAsTheLeastNoisyAxisDrowns) {
  MlpSettings s{.dim = 2, .width = 8, .depth = 1};
  const Mlp plain(s);
  s.fade_ratio = 5e-4, s.fade_rate = 2;
  const Mlp fading(s);
  const auto w = plain.initialWeights(dice(1)) + 0.1, y = at::normal(0., 1., {5, 2}, dice(2));
  for (const double t : {0.0, 3.5, 7.0}) {
    const auto time = at::full({1}, t, at::kFloat);
    const double fade = 1 / (1 + 5e-4 * std::exp(2 * t));
    EXPECT_TRUE(at::allclose(fading.apply(w, y, time), plain.apply(w, y, time) * fade, 1e-5, 1e-7)) << t;
  }
}

TEST(Mlp, ConfigurationBuildsTheSameNetwork) {
  Example e(9);
  const auto again = makeNetwork(e.net.configuration(), "here");
  EXPECT_EQ(again->configuration(), e.net.configuration());
  EXPECT_TRUE(at::equal(again->apply(e.weights, e.y, e.t), e.net.apply(e.weights, e.y, e.t)));
}

TEST(Mlp, RefusesSettingsThatCannotBe) {
  auto c = Mlp(MlpSettings{}).configuration();
  c["width"] = 1e12;
  try {
    makeNetwork(c, "net.safetensors");
    FAIL();
  } catch (const Error& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("net.safetensors"), std::string::npos) << text;
    EXPECT_NE(text.find("width"), std::string::npos) << text;
  }
  c["arch"] = "Perceptron";
  EXPECT_THROW(makeNetwork(c, "x"), Error);
}

/// F = w y: the smallest network, to test what Network does for those that bring no gradient of their own.
class Scaling : public Network {
 public:
  Scaling() { addWeight("model.w", {1}); }
  int dim() const override { return 2; }
  nlohmann::json configuration() const override { return {{"arch", "Scaling"}}; }
  at::Tensor initialWeights(at::Generator) const override { return at::ones({1}); }
  at::Tensor apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning&) const override { return part(net.weights, 0) * y; }
};

TEST(Network, AutogradServesNetworksWithoutOwnGradient) {
  const at::NoGradGuard off;  // as in the training job
  const Scaling net;
  const auto y = at::normal(0., 1., {30, 2}, dice(1)), target = at::normal(0., 1., {30, 2}, dice(2));
  auto gradient = at::zeros({1});
  const double loss = net.lossAndGradient(at::full({1}, 0.5), y, at::zeros({30}), target, gradient);
  EXPECT_NEAR(loss, (0.5 * y - target).square().sum().item<double>() / 30, 1e-5);
  EXPECT_NEAR(gradient.item<double>(), (2 * y * (0.5 * y - target)).sum().item<double>() / 30, 1e-5);
}

}  // namespace
}  // namespace inflaton
