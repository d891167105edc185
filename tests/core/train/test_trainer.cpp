#include "core/train/trainer.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/api/error.h"
#include "core/nets/mlp.h"

namespace inflaton {
namespace {

std::shared_ptr<const Mlp> network() { return std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 32, .depth = 2}); }

/// Gaussian data: input and target are independent, so F = 0 is best and its loss is the dimension.
Batch gaussian(std::int64_t n, std::uint64_t seed) {
  auto dice = at::detail::createCPUGenerator(seed);
  return {at::normal(0., 1., {n, 2}, dice), at::normal(0., 1., {n, 2}, dice), at::rand({n}, dice) * 7.01};
}

TrainerSettings settings(std::int64_t steps) {
  return {.batch = 256, .steps = steps, .lr = 3e-3, .rampSamples = 2000, .cosine = true, .halfLife = 5000};
}

TEST(Trainer, GaussianDataLeaveNothingToLearn) {
  const auto net = network();
  Trainer trainer(net, settings(300), Trainer::fresh(*net, 1, c10::kCPU));
  while (!trainer.done()) trainer.step(gaussian(256, static_cast<std::uint64_t>(trainer.state().step)));
  EXPECT_NEAR(trainer.state().lossSmoothed, 2, 0.1);
  const auto b = gaussian(2000, 999999);
  EXPECT_LT(net->apply(trainer.state().average, b.y, b.t).square().mean().sqrt().item<double>(), 0.12);
}

TEST(Trainer, LearnsAFunction) {
  const auto net = network();
  Trainer trainer(net, settings(400), Trainer::fresh(*net, 1, c10::kCPU));
  const auto truth = [](Batch b) {
    b.target = at::sin(b.y);
    return b;
  };
  double first = 0;
  while (!trainer.done()) {
    const double loss = trainer.step(truth(gaussian(256, static_cast<std::uint64_t>(trainer.state().step))));
    if (first == 0) first = loss;
  }
  const auto b = truth(gaussian(2000, 999999));
  EXPECT_GT(first, 0.5);
  EXPECT_LT((net->apply(trainer.state().average, b.y, b.t) - b.target).square().sum(1).mean().item<double>(), 0.01);
}

TEST(Trainer, LearningRateRampsUpAndFollowsACosine) {
  const auto net = network();
  auto at = [&](std::int64_t step) {
    auto s = Trainer::fresh(*net, 1, c10::kCPU);
    s.step = step;
    return Trainer(net, settings(1000), s).learningRate();
  };
  EXPECT_EQ(at(0), 0);  // as the reference: by the samples seen before the step
  EXPECT_NEAR(at(4), 3e-3 * 1024 / 2000, 1e-6);
  EXPECT_NEAR(at(500), 1.5e-3, 1e-6);
  EXPECT_LT(at(999), 1e-7);
  for (std::int64_t k = 8; k < 999; ++k) EXPECT_LE(at(k + 1), at(k));
}

TEST(Trainer, AdamsFirstStepHasTheLengthOfTheLearningRate) {
  const auto net = network();
  Trainer trainer(net, {.batch = 256, .steps = 10, .lr = 1e-3, .cosine = false}, Trainer::fresh(*net, 1, c10::kCPU));
  const auto before = trainer.state().weights.clone();
  trainer.step(gaussian(256, 1));
  const auto moved = (trainer.state().weights - before).abs();
  EXPECT_NEAR(moved.max().item<double>(), 1e-3, 2e-5);
  // The average starts from what has been learned, not from the random start.
  EXPECT_TRUE(at::equal(trainer.state().average, trainer.state().weights));
}

TEST(Trainer, AveragesOverTheHalfLife) {
  const auto net = network();
  auto s = Trainer::fresh(*net, 1, c10::kCPU);
  s.step = 1000;  // 256000 samples seen: 5 % of them is more than the half-life
  s.average = at::zeros_like(s.weights);
  Trainer trainer(net, {.batch = 256, .steps = 2000, .lr = 1e-30, .cosine = false, .halfLife = 2560}, s);
  for (int i = 0; i < 10; ++i) trainer.step(gaussian(256, 1));
  EXPECT_TRUE(at::allclose(trainer.state().average, 0.5 * trainer.state().weights, 1e-4, 1e-7));
}

TEST(Trainer, StopsAtNumbersThatAreNotFiniteAndKeepsAGoodState) {
  const auto net = network();
  auto wild = settings(100);
  wild.lr = 1e30;
  Trainer trainer(net, wild, Trainer::fresh(*net, 1, c10::kCPU));
  try {
    while (!trainer.done()) trainer.step(gaussian(256, static_cast<std::uint64_t>(trainer.state().step)));
    FAIL() << "did not diverge";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::diverged);
    EXPECT_NE(std::string(e.what()).find("step " + std::to_string(trainer.state().step + 1)), std::string::npos) << e.what();
  }
  EXPECT_LT(trainer.good().step, trainer.state().step);
  EXPECT_TRUE(at::isfinite(trainer.good().average).all().item<bool>());
  EXPECT_LT(trainer.good().weights.abs().max().item<double>(), 100);
}

TEST(Trainer, ABadBatchDoesNotTouchTheWeights) {
  const auto net = network();
  Trainer trainer(net, settings(10), Trainer::fresh(*net, 1, c10::kCPU));
  trainer.step(gaussian(256, 1));
  const auto before = trainer.state().weights.clone();
  auto bad = gaussian(256, 2);
  bad.y[17][1] = NAN;
  EXPECT_THROW(trainer.step(bad), Error);
  EXPECT_TRUE(at::equal(trainer.state().weights, before));
}

TEST(Trainer, ReferencesRampAndAverage) {
  // The reference's rules, at its hyper-parameters: lr min(nimg / 10e6, 1), beta = 0.5^(batch / min(0.5e6, 0.05 nimg)).
  const auto net = network();
  for (const std::int64_t step : {1, 500, 1220, 1221, 5000}) {
    auto s = Trainer::fresh(*net, 1, c10::kCPU);
    s.step = step;
    s.average = at::zeros_like(s.weights);
    Trainer trainer(net, {.batch = 8192, .steps = 854493, .lr = 1e-5, .rampSamples = 10e6, .cosine = false, .halfLife = 0.5e6}, s);
    const double nimg = 8192.0 * static_cast<double>(step);
    EXPECT_DOUBLE_EQ(trainer.learningRate(), 1e-5 * std::min(nimg / 10e6, 1.0)) << step;
    trainer.step(gaussian(256, 1));
    const double beta = std::pow(0.5, 8192 / std::min(0.5e6, 0.05 * nimg));
    EXPECT_TRUE(at::allclose(trainer.state().average, (1 - beta) * trainer.state().weights, 1e-4, 1e-8)) << step;
  }
}

TEST(Trainer, RoundsAddUpToTheWholeBatch) {
  const auto net = network();
  const auto after = [&](std::int64_t atOnce) {
    auto s = settings(10);
    s.atOnce = atOnce;
    Trainer trainer(net, s, Trainer::fresh(*net, 1, c10::kCPU));
    std::vector<double> losses;
    for (int i = 0; i < 5; ++i) losses.push_back(trainer.step(gaussian(256, static_cast<std::uint64_t>(i))));
    return std::pair{trainer.state().first, losses};
  };
  const auto [whole, wholeLosses] = after(0);
  for (const std::int64_t atOnce : {256, 64, 100}) {
    const auto [parts, losses] = after(atOnce);
    EXPECT_TRUE(at::allclose(parts, whole, 1e-4, 1e-6)) << atOnce;
    for (std::size_t i = 0; i < losses.size(); ++i) EXPECT_NEAR(losses[i], wholeLosses[i], 1e-5);
  }
}

TEST(Trainer, LossScaleIsOnTheGradientAlone) {
  const auto net = network();
  const auto after = [&](double scale) {
    auto s = settings(10);
    s.lossScale = scale;
    Trainer trainer(net, s, Trainer::fresh(*net, 1, c10::kCPU));
    const double loss = trainer.step(gaussian(256, 1));
    return std::pair{trainer.state().first, loss};
  };
  const auto [one, loss] = after(1);
  const auto [five, same] = after(5);
  EXPECT_EQ(loss, same);
  EXPECT_TRUE(at::allclose(five, 5 * one, 1e-5, 1e-9));
}

TEST(Trainer, CleanGradientsGoOnAsTheReferenceDoes) {
  const auto net = network();
  auto clean = settings(10);
  clean.cleanGradients = true, clean.rampSamples = 0;
  Trainer trainer(net, clean, Trainer::fresh(*net, 1, c10::kCPU));
  trainer.step(gaussian(256, 1));
  auto bad = gaussian(256, 2);
  bad.y[17][1] = NAN;
  EXPECT_TRUE(std::isnan(trainer.step(bad)));
  EXPECT_EQ(trainer.state().step, 2);
  EXPECT_TRUE(at::isfinite(trainer.state().weights).all().item<bool>());
  EXPECT_TRUE(std::isfinite(trainer.state().lossSmoothed));
  bad = gaussian(256, 3);
  bad.target[0][0] = INFINITY;
  trainer.step(bad);
  EXPECT_TRUE(at::isfinite(trainer.state().weights).all().item<bool>());
  EXPECT_LE(trainer.state().first.abs().max().item<double>(), 1.1e4);  // a tenth of 1e5
}

/// F = w; remembers what it was told to draw dropout from.
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
    return Network::lossAndGradient(net, y, c, target, gradient, dropoutSeed);
  }
  mutable std::vector<std::uint64_t> seeds;
};

TEST(Trainer, DropoutFollowsFromSeedAndStepAlone) {
  const auto net = std::make_shared<Recorder>();
  TrainerSettings s{.batch = 256, .steps = 100, .atOnce = 128, .seed = 7};
  Trainer whole(net, s, Trainer::fresh(*net, 7, c10::kCPU));
  for (int i = 0; i < 4; ++i) whole.step(gaussian(256, 1));
  const auto seeds = net->seeds;
  ASSERT_EQ(seeds.size(), 8u);
  EXPECT_EQ(std::set<std::uint64_t>(seeds.begin(), seeds.end()).size(), 8u) << "fresh ones for each round";
  EXPECT_EQ(std::count(seeds.begin(), seeds.end(), 0u), 0) << "0 would mean no dropout";
  auto middle = Trainer::fresh(*net, 7, c10::kCPU);
  middle.step = 2;
  net->seeds.clear();
  Trainer resumed(net, s, middle);
  for (int i = 0; i < 2; ++i) resumed.step(gaussian(256, 1));
  EXPECT_EQ(net->seeds, std::vector<std::uint64_t>(seeds.begin() + 4, seeds.end()));
  s.seed = 8;
  net->seeds.clear();
  Trainer(net, s, Trainer::fresh(*net, 7, c10::kCPU)).step(gaussian(256, 1));
  EXPECT_NE(net->seeds[0], seeds[0]);
}

}  // namespace
}  // namespace inflaton
