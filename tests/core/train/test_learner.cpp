#include "core/train/learner.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/error.h"
#include "tests/core/train/train_testing.h"

namespace inflaton {
namespace {

using testing::gaussianBatch;
using testing::plainNetwork;

OptimiserSettings settings(std::int64_t steps) {
  return {.batch = 256, .steps = steps, .lr = 3e-3, .rampSamples = 2000, .cosine = true, .halfLife = 5000};
}

Learner learner(const OptimiserSettings& s, const std::shared_ptr<const Network>& net = plainNetwork()) {
  return {net, s, {}, Learner::fresh(*net, 1, c10::kCPU)};
}

/// The next batch of a run.
Batch next(const Learner& l) { return gaussianBatch(256, static_cast<std::uint64_t>(l.state().step())); }

TEST(Learner, GaussianDataLeaveNothingToLearn) {
  const auto net = plainNetwork();
  auto own = learner(settings(300), net);
  while (!own.done()) own.step(next(own));
  EXPECT_NEAR(own.state().lossSmoothed, 2, 0.1);
  const auto b = gaussianBatch(2000, 999999);
  EXPECT_LT(net->apply(own.state().averaged(), b.y, b.given).square().mean().sqrt().item<double>(), 0.12);
}

TEST(Learner, LearnsAFunction) {
  const auto net = plainNetwork();
  auto own = learner(settings(400), net);
  const auto truth = [](Batch b) {
    b.target = at::sin(b.y);
    return b;
  };
  double first = 0;
  while (!own.done()) {
    const double loss = own.step(truth(next(own)));
    if (first == 0) first = loss;
  }
  const auto b = truth(gaussianBatch(2000, 999999));
  EXPECT_GT(first, 0.5);
  EXPECT_LT((net->apply(own.state().averaged(), b.y, b.given) - b.target).square().sum(1).mean().item<double>(), 0.01);
}

TEST(Learner, AdamsFirstStepHasTheLengthOfTheLearningRate) {
  auto own = learner({.batch = 256, .steps = 10, .lr = 1e-3, .cosine = false});
  const auto before = own.state().optimiser.weights.clone();
  own.step(gaussianBatch(256, 1));
  EXPECT_NEAR((own.state().optimiser.weights - before).abs().max().item<double>(), 1e-3, 2e-5);
  EXPECT_GT(own.gradientNorm(), 0);
}

TEST(Learner, StopsAtNumbersThatAreNotFiniteAndGoesBackToAGoodState) {
  auto wild = settings(100);
  wild.lr = 1e30;
  auto own = learner(wild);
  try {
    while (!own.done()) own.step(next(own));
    FAIL() << "did not diverge";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::diverged);
    EXPECT_NE(std::string(e.what()).find("step " + std::to_string(own.state().step() + 1)), std::string::npos) << e.what();
  }
  const auto reached = own.state().step();
  own.goBack();
  EXPECT_LT(own.state().step(), reached);
  EXPECT_TRUE(at::isfinite(own.state().optimiser.average).all().item<bool>());
  EXPECT_LT(own.state().optimiser.weights.abs().max().item<double>(), 100);
}

TEST(Learner, ABadBatchDoesNotTouchTheWeights) {
  auto own = learner(settings(10));
  own.step(gaussianBatch(256, 1));
  const auto before = own.state().optimiser.weights.clone();
  auto bad = gaussianBatch(256, 2);
  bad.y[17][1] = NAN;
  EXPECT_THROW(own.step(bad), Error);
  EXPECT_TRUE(at::equal(own.state().optimiser.weights, before));
}

TEST(Learner, CleanGradientsGoOnAsTheReferenceDoes) {
  auto clean = settings(10);
  clean.cleanGradients = true, clean.rampSamples = 0;
  auto own = learner(clean);
  own.step(gaussianBatch(256, 1));
  auto bad = gaussianBatch(256, 2);
  bad.y[17][1] = NAN;
  EXPECT_TRUE(std::isnan(own.step(bad)));
  EXPECT_EQ(own.state().step(), 2);
  EXPECT_TRUE(at::isfinite(own.state().optimiser.weights).all().item<bool>());
  EXPECT_TRUE(std::isfinite(own.state().lossSmoothed));
  bad = gaussianBatch(256, 3);
  bad.target[0][0] = INFINITY;
  own.step(bad);
  EXPECT_TRUE(at::isfinite(own.state().optimiser.weights).all().item<bool>());
  EXPECT_LE(own.state().optimiser.first.abs().max().item<double>(), 1.1e4);  // a tenth of 1e5
}

/// F = w, and a buffer that counts the rows it was trained on.
class Counting : public Network {
 public:
  Counting() {
    addWeight("w", {2});
    addBuffer("seen", {1});
  }
  int dim() const override { return 2; }
  nlohmann::json configuration() const override { return {}; }
  at::Tensor initialWeights(at::Generator) const override { return at::zeros({2}); }
  at::Tensor apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning&) const override { return net.weights.expand_as(y); }

 protected:
  at::Tensor applyInTraining(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, std::uint64_t) const override {
    auto seen = bufferPart(net.buffers, 0);
    seen.add_(static_cast<double>(y.size(0)));
    return apply(net, y, c);
  }
};

TEST(Learner, BuffersMoveWithTheStepsAndAreKeptWithThem) {
  auto own = learner({.batch = 256, .steps = 100, .lr = 1e-3}, std::make_shared<Counting>());
  EXPECT_EQ(own.state().buffers.item<float>(), 0);
  own.step(gaussianBatch(256, 1));
  own.step(gaussianBatch(100, 2));
  EXPECT_EQ(own.state().buffers.item<float>(), 356);
  EXPECT_EQ(own.state().averaged().buffers.item<float>(), 356);
  const auto kept = own.state().clone();
  own.step(gaussianBatch(256, 3));
  EXPECT_EQ(kept.buffers.item<float>(), 356) << "a clone shares nothing";
  own.goBack();
  EXPECT_EQ(own.state().step(), 0);
}

}  // namespace
}  // namespace inflaton
