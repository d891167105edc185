#include "core/train/regression.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/core/train/train_testing.h"

namespace inflaton {
namespace {

using testing::gaussianBatch;
using testing::plainNetwork;

std::pair<double, at::Tensor> gradientOf(const RegressionSettings& settings, const Batch& batch) {
  const auto net = plainNetwork();
  const auto weights = net->initialWeights(at::detail::createCPUGenerator(1)) + 0.05;
  auto gradient = at::empty_like(weights);
  const double loss = Regression(net, settings).gradient(weights, batch, 0, gradient);
  return {loss, gradient};
}

TEST(Regression, IsTheNetworksOwnLoss) {
  const auto batch = gaussianBatch(300, 1);
  const auto [loss, gradient] = gradientOf({}, batch);
  const auto net = plainNetwork();
  const auto weights = net->initialWeights(at::detail::createCPUGenerator(1)) + 0.05;
  EXPECT_NEAR(loss, (net->apply(weights, batch.y, batch.given) - batch.target).square().sum(1).mean().item<double>(), 1e-5);
  auto expected = at::empty_like(weights);
  net->lossAndGradient(weights, batch.y, batch.given, batch.target, expected);
  EXPECT_TRUE(at::equal(gradient, expected));
}

TEST(Regression, RoundsAddUpToTheWholeBatch) {
  const auto batch = gaussianBatch(256, 2);
  const auto [loss, whole] = gradientOf({}, batch);
  for (const std::int64_t atOnce : {256, 64, 100}) {
    const auto [sum, parts] = gradientOf({.atOnce = atOnce}, batch);
    EXPECT_TRUE(at::allclose(parts, whole, 1e-4, 1e-6)) << atOnce;
    EXPECT_NEAR(sum, loss, 1e-5) << atOnce;
  }
}

TEST(Regression, LossScaleIsOnTheGradientAlone) {
  const auto batch = gaussianBatch(256, 3);
  const auto [loss, one] = gradientOf({}, batch);
  const auto [same, five] = gradientOf({.lossScale = 5}, batch);
  EXPECT_EQ(loss, same);
  EXPECT_TRUE(at::allclose(five, 5 * one, 1e-5, 1e-9));
}

/// F = w; remembers what it was told.
class Recorder : public Network {
 public:
  Recorder() { addWeight("w", {2}); }
  int dim() const override { return 2; }
  nlohmann::json configuration() const override { return {}; }
  at::Tensor initialWeights(at::Generator) const override { return at::zeros({2}); }
  at::Tensor apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning&) const override { return net.weights.expand_as(y); }
  double lossAndGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& target,
                         at::Tensor& gradient, std::uint64_t dropoutSeed) const override {
    seeds.push_back(dropoutSeed);
    told.push_back(c);
    return Network::lossAndGradient(net, y, c, target, gradient, dropoutSeed);
  }
  mutable std::vector<std::uint64_t> seeds;
  mutable std::vector<Conditioning> told;
};

TEST(Regression, DropoutFollowsFromSeedAndStepAlone) {
  const auto net = std::make_shared<Recorder>();
  auto gradient = at::zeros({2});
  const auto seedsOf = [&](std::uint64_t seed, std::int64_t from, std::int64_t to) {
    net->seeds.clear();
    Regression own(net, {.atOnce = 128, .seed = seed});
    for (std::int64_t step = from; step < to; ++step) own.gradient(at::zeros({2}), gaussianBatch(256, 1), step, gradient);
    return net->seeds;
  };
  const auto seeds = seedsOf(7, 0, 4);
  ASSERT_EQ(seeds.size(), 8u);
  EXPECT_EQ(std::set<std::uint64_t>(seeds.begin(), seeds.end()).size(), 8u) << "fresh ones for each round";
  EXPECT_EQ(std::count(seeds.begin(), seeds.end(), 0u), 0) << "0 would mean no dropout";
  EXPECT_EQ(seedsOf(7, 2, 4), std::vector<std::uint64_t>(seeds.begin() + 4, seeds.end()));
  EXPECT_NE(seedsOf(8, 0, 1)[0], seeds[0]);
}

TEST(Regression, LabelsGoWithTheirRows) {
  const auto net = std::make_shared<Recorder>();
  auto batch = gaussianBatch(5, 1);
  batch.given.classes = at::arange(10, at::kFloat).view({5, 2});
  auto gradient = at::zeros({2});
  Regression(net, {.atOnce = 2}).gradient(at::zeros({2}), batch, 0, gradient);
  ASSERT_EQ(net->told.size(), 3u);
  EXPECT_TRUE(at::equal(net->told[1].classes, batch.given.classes.slice(0, 2, 4)));
  EXPECT_TRUE(at::equal(net->told[2].t, batch.given.t.slice(0, 4, 5)));
  EXPECT_FALSE(net->told[0].augment.defined());
}

}  // namespace
}  // namespace inflaton
