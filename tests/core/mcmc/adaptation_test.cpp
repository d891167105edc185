#include "core/mcmc/adaptation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/data/xoshiro.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

using testing::Starts;
TEST(Adaptation, WindowsAreStans) {
  EXPECT_EQ(Windows(1000).lasts(), (std::vector<std::int64_t>{99, 149, 249, 449, 949}));
  EXPECT_EQ(Windows(500).lasts(), (std::vector<std::int64_t>{99, 149, 249, 449}));
  EXPECT_EQ(Windows(150).lasts(), (std::vector<std::int64_t>{99}));
  EXPECT_EQ(Windows(100).lasts(), (std::vector<std::int64_t>{89}));  // 15, 75, 10
  EXPECT_EQ(Windows(20).lasts(), (std::vector<std::int64_t>{17}));
  EXPECT_TRUE(Windows(19).lasts().empty());
  EXPECT_TRUE(Windows(0).lasts().empty());
  const Windows w(1000);
  for (std::int64_t i = 0; i < 1000; ++i) EXPECT_EQ(w.feeds(i), i >= 75 && i < 950);
  for (std::int64_t warmup = 20; warmup < 3000; ++warmup) {
    const Windows any(warmup);
    ASSERT_FALSE(any.lasts().empty());
    EXPECT_TRUE(any.feeds(any.lasts().back()));
    EXPECT_FALSE(any.feeds(any.lasts().back() + 1));
    EXPECT_LT(any.lasts().back(), warmup - 1);
  }
}

TEST(Adaptation, DualAveragingIsTheReferences) {
  // Hoffman and Gelman's recursion, written as the reference's sampler has it.
  DualAveraging d;
  d.restart(0.01);
  Xoshiro g(4, 0);
  double shortfall = 0, kept = 1;
  for (int t = 1; t <= 200; ++t) {
    const double accept = g.uniform();
    shortfall = (1 - 1.0 / (t + 10)) * shortfall + 1.0 / (t + 10) * (0.8 - accept);
    const double x = std::log(0.1) - std::sqrt(static_cast<double>(t)) / 0.05 * shortfall;
    kept = std::exp(std::pow(t, -0.75) * x + (1 - std::pow(t, -0.75)) * std::log(kept));
    EXPECT_NEAR(d.learn(accept, 0.8) / std::exp(x), 1, 1e-12);
    EXPECT_NEAR(d.kept() / kept, 1, 1e-12);
  }
}

TEST(Adaptation, TheMetricIsTheShrunkVariance) {
  const std::size_t n = 3;
  std::vector<double> numbers(adaptationSize(n, true));
  std::vector<double> metric(n, 1.0), q(n);
  Xoshiro g(8, 0);
  std::vector<std::vector<double>> draws(40, std::vector<double>(n));
  for (auto& row : draws) {
    g.normals(row);
    for (std::size_t i = 0; i < n; ++i) row[i] = 1e3 + row[i] * std::pow(10.0, static_cast<double>(i));
    feedMoments(numbers, row);
  }
  takeMetric(numbers, metric);
  for (std::size_t i = 0; i < n; ++i) {
    double mean = 0, squares = 0;
    for (const auto& row : draws) mean += row[i] / 40;
    for (const auto& row : draws) squares += (row[i] - mean) * (row[i] - mean) / 39;
    EXPECT_NEAR(metric[i] / (squares * 40 / 45 + 1e-3 * 5 / 45), 1, 1e-9);
  }
  for (std::size_t i = kAdaptationHead; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], 0);  // the next window starts anew
  feedMoments(numbers, draws[0]);
  const auto kept = metric;
  takeMetric(numbers, metric);
  EXPECT_EQ(metric, kept);  // one draw has no variance
}

TEST(Adaptation, ASearchFindsTheScaleFromEitherSide) {
  // The first transition's step size, from initial ones ten orders of magnitude apart.
  const auto target = testing::normal(std::vector<double>(30, 1e-3));
  std::vector<std::vector<double>> at(1, std::vector<double>(30, 5e-4));
  for (const double initial : {1e-7, 1e-3, 1e3}) {
    Sampler sampler(target, {.stepSize = initial, .warmup = 50, .draws = 1}, at);
    const double step = sampler.step()[0].stepSize;
    EXPECT_GT(step, 1e-4);
    EXPECT_LT(step, 4e-3);
  }
  Sampler plain(target, {.stepSize = 1e-4, .findStepSize = false, .warmup = 50, .draws = 1}, at);
  EXPECT_EQ(plain.step()[0].stepSize, 1e-4);
  EXPECT_NE(plain.states()[0].stepSize, 1e-4);
}

TEST(Adaptation, EndsWithWarmUp) {
  const auto target = testing::correlated(4, 0.5);
  for (const bool nuts : {true, false}) {
    Sampler sampler(target, {.nuts = nuts, .warmup = 100, .draws = 10}, testing::starts(1, 4));
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(sampler.warmingUp());
      EXPECT_FALSE(sampler.states()[0].adaptation.empty());
      sampler.step();
    }
    EXPECT_FALSE(sampler.warmingUp());
    EXPECT_TRUE(sampler.states()[0].adaptation.empty());
    const double step = sampler.states()[0].stepSize;
    const auto metric = sampler.states()[0].inverseMetric;
    EXPECT_NE(metric, std::vector<double>(4, 1.0));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(sampler.step()[0].stepSize, step);
    EXPECT_EQ(sampler.states()[0].inverseMetric, metric);
  }
}

TEST(Adaptation, NoneWithoutWarmUp) {
  const auto target = testing::normal({1, 1});
  Sampler sampler(target, {.adaptMetric = true, .stepSize = 0.2, .findStepSize = false, .warmup = 0, .draws = 5}, Starts{{1, 1}});
  EXPECT_FALSE(sampler.warmingUp());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sampler.step()[0].stepSize, 0.2);
  EXPECT_EQ(sampler.states()[0].inverseMetric, std::vector<double>(2, 1.0));
}

}  // namespace
}  // namespace inflaton::mcmc
