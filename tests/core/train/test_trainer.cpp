#include "core/train/trainer.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

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

TrainerSettings settings(std::int64_t steps) { return {.batch = 256, .steps = steps, .lr = 3e-3, .rampSamples = 2000, .cosine = true, .halfLife = 5000}; }

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
  EXPECT_NEAR(at(0), 3e-3 * 256 / 2000, 1e-9);
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

}  // namespace
}  // namespace inflaton
