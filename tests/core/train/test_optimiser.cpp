#include "core/train/optimiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/train/state_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

OptimiserState someState(std::int64_t step = 0) {
  auto s = Optimiser::fresh(at::arange(1, 6, at::kFloat));
  s.step = step;
  return s;
}

TEST(Optimiser, LearningRateRampsUpAndFollowsACosine) {
  const auto at = [](std::int64_t step) {
    return Optimiser({.batch = 256, .steps = 1000, .lr = 3e-3, .rampSamples = 2000}, someState(step)).learningRate();
  };
  EXPECT_EQ(at(0), 0);  // as the reference: by the samples seen before the step
  EXPECT_NEAR(at(4), 3e-3 * 1024 / 2000, 1e-6);
  EXPECT_NEAR(at(500), 1.5e-3, 1e-6);
  EXPECT_LT(at(999), 1e-7);
  for (std::int64_t k = 8; k < 999; ++k) EXPECT_LE(at(k + 1), at(k));
}

TEST(Optimiser, StepsAreAdams) {
  Optimiser own({.batch = 256, .steps = 10, .lr = 1e-3, .cosine = false}, someState());
  std::vector<double> w{1, 2, 3, 4, 5}, m(5), v(5);
  for (int k = 1; k <= 4; ++k) {
    std::vector<float> g(5);
    for (std::size_t i = 0; i < 5; ++i) {
      g[i] = static_cast<float>(std::sin(static_cast<double>(i) + 3 * k));
      m[i] = 0.9 * m[i] + 0.1 * g[i], v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
      w[i] -= 1e-3 * m[i] / (1 - std::pow(0.9, k)) / (std::sqrt(v[i] / (1 - std::pow(0.999, k))) + 1e-8);
    }
    auto gradient = at::tensor(g);
    own.prepare(gradient);
    own.step(gradient);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(own.state().weights[static_cast<std::int64_t>(i)].item<float>(), w[i], 4e-6) << k;
  }
  EXPECT_EQ(own.state().step, 4);
  EXPECT_FALSE(own.done());
}

TEST(Optimiser, AverageStartsFromWhatHasBeenLearned) {
  Optimiser own({.batch = 256, .steps = 10, .lr = 1e-3, .cosine = false, .halfLife = 1e6}, someState());
  own.step(at::ones({5}));
  EXPECT_FALSE(at::equal(own.state().weights, someState().weights));
  EXPECT_TRUE(at::equal(own.state().average, own.state().weights));
}

TEST(Optimiser, AveragesOverTheHalfLife) {
  auto s = someState(1000);  // 256000 samples seen: 5 % of them is more than the half-life
  s.average = at::zeros_like(s.weights);
  Optimiser own({.batch = 256, .steps = 2000, .lr = 1e-30, .cosine = false, .halfLife = 2560}, s);
  for (int i = 0; i < 10; ++i) own.step(at::ones({5}));
  EXPECT_TRUE(at::allclose(own.state().average, 0.5 * own.state().weights, 1e-4, 1e-7));
}

TEST(Optimiser, ReferencesRampAndAverage) {
  // The reference's rules, at its hyper-parameters: lr min(nimg / 10e6, 1), beta = 0.5^(batch / min(0.5e6, 0.05 nimg)).
  for (const std::int64_t step : {1, 500, 1220, 1221, 5000}) {
    auto s = someState(step);
    s.average = at::zeros_like(s.weights);
    Optimiser own({.batch = 8192, .steps = 854493, .lr = 1e-5, .rampSamples = 10e6, .cosine = false, .halfLife = 0.5e6}, s);
    const double nimg = 8192.0 * static_cast<double>(step);
    EXPECT_DOUBLE_EQ(own.learningRate(), 1e-5 * std::min(nimg / 10e6, 1.0)) << step;
    own.step(at::ones({5}));
    const double beta = std::pow(0.5, 8192 / std::min(0.5e6, 0.05 * nimg));
    EXPECT_TRUE(at::allclose(own.state().average, (1 - beta) * own.state().weights, 1e-4, 1e-8)) << step;
  }
}

TEST(Optimiser, CleansWhatIsNotFiniteOnlyWhenAsked) {
  const auto bad = [] { return at::tensor(std::vector<float>{1, NAN, INFINITY, -INFINITY, 2}); };
  auto gradient = bad();
  EXPECT_NEAR(Optimiser({.cleanGradients = true}, someState()).prepare(gradient), std::sqrt(2e10 + 5), 1);
  EXPECT_TRUE(at::equal(gradient, at::tensor(std::vector<float>{1, 0, 1e5, -1e5, 2})));
  gradient = bad();
  EXPECT_FALSE(std::isfinite(Optimiser({}, someState()).prepare(gradient)));
  EXPECT_TRUE(gradient[1].isnan().item<bool>());
}

TEST(Optimiser, SeveralStatesShareAFileByTheirPrefix) {
  const testing::Folder folder;
  const auto path = folder.file("state.safetensors");
  auto one = someState(7), two = someState(9);
  two.first.fill_(3);
  StateWriter out("a-job");
  one.write(out, "a.");
  two.write(out, "b.");
  out.commit(path);
  const StateReader in(path, "a-job");
  const auto b = OptimiserState::read(in, 5, 9, "b."), a = OptimiserState::read(in, 5, 7, "a.");
  EXPECT_EQ(a.step, 7);
  EXPECT_EQ(b.step, 9);
  EXPECT_TRUE(at::equal(a.weights, one.weights) && at::equal(a.first, one.first));
  EXPECT_TRUE(at::equal(b.first, two.first) && at::equal(b.average, two.average) && at::equal(b.second, two.second));
  EXPECT_NE(testing::errorOf([&] { OptimiserState::read(in, 6, 0, "a."); }).find("part \"a.weights\""), std::string::npos);
  EXPECT_NE(testing::errorOf([&] { OptimiserState::read(in, 5, 0); }).find("has no part \"weights\""), std::string::npos);
}

}  // namespace
}  // namespace inflaton
