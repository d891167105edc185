// The No-U-Turn sampler's own promises: it leaves the density as it is, stops at turns, reports what it cannot follow.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/data/xoshiro.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

using testing::RowTarget;
using testing::Starts;
double normalCdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// Kolmogorov-Smirnov distance of a sample from the uniform distribution, times the root of its size.
double fromUniform(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  double worst = 0;
  const auto n = static_cast<double>(u.size());
  for (std::size_t i = 0; i < u.size(); ++i)
    worst = std::max({worst, static_cast<double>(i + 1) / n - u[i], u[i] - static_cast<double>(i) / n});
  return worst * std::sqrt(n);
}

/// Transitions from exact draws of the banana must give exact draws: x and y given x become uniforms, and so do their squares' order and
/// the two's sum. Coarse steps, so that energy errors are large and any slip in the weights shows.
TEST(Nuts, LeavesTheDensityAsItIs) {
  const auto target = testing::banana();
  const std::size_t many = 20000;
  for (const bool nuts : {true, false})
    for (const double step : {0.25, 0.6}) {
      Xoshiro g(17, 0);
      std::vector<std::vector<double>> starts(many, std::vector<double>(2));
      for (auto& q : starts) {
        g.normals(q);
        q[1] = q[0] * q[0] - 1 + 0.5 * q[1];
      }
      Sampler sampler(
          target,
          {.nuts = nuts, .adaptMetric = false, .stepSize = step, .findStepSize = false, .leapfrogs = 3, .warmup = 0, .draws = 1, .seed = 3},
          starts);
      const auto transitions = sampler.step();
      double accept = 0;
      std::vector<double> x, y, radius, jump;
      for (std::size_t k = 0; k < many; ++k) {
        const auto& q = sampler.states()[k].q;
        const double a = q[0], b = 2 * (q[1] - a * a + 1);
        x.push_back(normalCdf(a)), y.push_back(normalCdf(b)), radius.push_back(std::exp(-0.5 * (a * a + b * b)));
        const double a0 = starts[k][0], b0 = 2 * (starts[k][1] - a0 * a0 + 1);
        jump.push_back((a * a + b * b < a0 * a0 + b0 * b0) + 0.0);
        accept += transitions[k].accept / static_cast<double>(many);
      }
      EXPECT_LT(accept, 0.99);
      for (const auto* u : {&x, &y, &radius}) EXPECT_LT(fromUniform(*u), 1.95) << (nuts ? "nuts " : "hmc ") << step;  // 0.1 %
      // A reversible step goes inwards as often as outwards, where it moves.
      double inwards = 0, moves = 0;
      for (std::size_t k = 0; k < many; ++k)
        if (transitions[k].accepted) inwards += jump[k], ++moves;
      EXPECT_GT(moves, 0.15 * static_cast<double>(many));
      EXPECT_NEAR(inwards / moves, 0.5, 4 * 0.5 / std::sqrt(moves));
    }
}

TEST(Nuts, StopsWhereTheTrajectoryTurns) {
  // A round normal turns after half a period, pi in time: the number of steps follows the step size, the time does not.
  const auto target = testing::normal(std::vector<double>(50, 1.0));
  double before = 0;
  for (const double step : {0.4, 0.2, 0.1, 0.05}) {
    Settings s{.adaptMetric = false, .stepSize = step, .findStepSize = false, .warmup = 0, .draws = 300};
    const auto r = testing::run(target, s, testing::starts(2, 50, 1.4));
    const double depth = r.meanOf([](const Transition&t) { return t.depth; }),
                 steps = r.meanOf([](const Transition&t) { return t.leapfrogs; });
    EXPECT_GT(steps * step, 1.5);
    EXPECT_LT(steps * step, 7);
    if (before > 0) {
      EXPECT_NEAR(depth - before, 1, 0.45);
    }
    before = depth;
    for (const auto& chain : r.transitions)
      for (const auto& t : chain) {
        EXPECT_LE(t.leapfrogs, (2 << t.depth) - 1);
        EXPECT_GE(t.leapfrogs, (1 << t.depth) - 1);
      }
  }
}

TEST(Nuts, TheGreatestDepthHolds) {
  const auto target = testing::normal({1, 1});
  const auto r = testing::run(
      target, {.adaptMetric = false, .stepSize = 1e-4, .findStepSize = false, .maxDepth = 4, .warmup = 0, .draws = 20}, Starts{{1, 0}});
  for (const auto& t : r.transitions[0]) {
    EXPECT_EQ(t.depth, 4);
    EXPECT_EQ(t.leapfrogs, 15);
  }
}

TEST(Nuts, ATrajectoryIsAStringOfLeapfrogSteps) {
  // In order of position along the line, points of the path and the start are evenly spaced: doublings go on from the ends.
  RowTarget flat(1, [](std::span<const double>, std::span<double> g) { return g[0] = 0, 0.0; });
  Sampler sampler(flat, {.adaptMetric = false, .stepSize = 0.1, .findStepSize = false, .maxDepth = 5, .warmup = 0, .draws = 9},
                  Starts{{0}});
  sampler.recordPath(true);
  std::set<bool> directions;
  for (int i = 0; i < 9; ++i) {
    const double from = sampler.states()[0].q[0];
    sampler.step();
    ASSERT_EQ(sampler.path().size(), 31u);
    std::vector<double> x{from};
    for (const auto& q : sampler.path()) x.push_back(q[0]);
    directions.insert(x[1] > from), directions.insert(x[2] > x[1]);
    std::sort(x.begin(), x.end());
    for (std::size_t k = 2; k < x.size(); ++k) EXPECT_NEAR(x[k] - x[k - 1], x[1] - x[0], 1e-9);
    EXPECT_TRUE(std::any_of(x.begin(), x.end(), [&](double v) { return v == sampler.states()[0].q[0]; }));
    for (const double e : sampler.pathEnergyError()) EXPECT_NEAR(e, 0, 1e-12);
  }
  EXPECT_EQ(directions.size(), 2u);
}

TEST(Nuts, CoarseStepsDivergeInTheFunnel) {
  const auto target = testing::funnel();
  const auto divergences = [&](double step) {
    const auto r =
        testing::run(target, {.adaptMetric = false, .stepSize = step, .findStepSize = false, .maxDepth = 6, .warmup = 0, .draws = 500},
                     testing::starts(4, 10));
    return r.meanOf([](const Transition& t) { return t.divergent; });
  };
  EXPECT_GT(divergences(0.8), 0.005);
  const auto round = testing::run(testing::normal(std::vector<double>(10, 1.0)), {.warmup = 200, .draws = 500}, testing::starts(4, 10));
  EXPECT_EQ(round.meanOf([](const Transition& t) { return t.divergent; }), 0);
}

TEST(Nuts, ADivergentTransitionKeepsWhatWasGoodBefore) {
  // Walls: beyond -1 and 1 the density is not a number. Both samplers stay inside, and say so.
  RowTarget walled(1, [](std::span<const double> q, std::span<double> g) { return g[0] = 0, std::abs(q[0]) > 1 ? std::nan("") : 0.0; });
  RowTarget cliff(1, [](std::span<const double> q, std::span<double> g) { return g[0] = std::abs(q[0]) > 1 ? std::nan("") : 0.0, 0.0; });
  for (const RowTarget* target : {&walled, &cliff})
    for (const bool nuts : {true, false}) {
      const auto r = testing::run(*target,
                                  {.nuts = nuts,
                                   .adaptMetric = false,
                                   .stepSize = 0.4,
                                   .findStepSize = false,
                                   .leapfrogs = 4,
                                   .maxDepth = 4,
                                   .warmup = 0,
                                   .draws = 200},
                                  Starts{{0.5}, {-0.5}});
      int divergent = 0, moved = 0;
      for (std::size_t k = 0; k < 2; ++k)
        for (std::size_t i = 0; i < 200; ++i) {
          const Transition& t = r.transitions[k][i];
          EXPECT_LE(std::abs(r.draws[0][k][i]), 1);
          EXPECT_TRUE(std::isfinite(t.energy) && std::isfinite(t.accept) && std::isfinite(t.logDensity));
          divergent += t.divergent, moved += t.accepted;
          if (!nuts) {
            EXPECT_EQ(t.divergent, !t.accepted);
          }
        }
      EXPECT_GT(divergent, 5);
      EXPECT_GT(moved, 100);
    }
}

TEST(Nuts, TransitionsTellTheStateTheyLeaveBehind) {
  const auto target = testing::correlated(5, 0.5);
  for (const bool nuts : {true, false}) {
    Sampler sampler(target, {.nuts = nuts, .stepSize = 0.3, .warmup = 30, .draws = 50}, testing::starts(2, 5));
    for (int i = 0; i < 80; ++i) {
      const auto ts = sampler.step();
      for (std::size_t k = 0; k < 2; ++k) {
        const ChainState& s = sampler.states()[k];
        double logDensity = 0;
        std::vector<double> gradient(5);
        target.evaluate(s.q, {&logDensity, 1}, gradient);
        EXPECT_EQ(ts[k].logDensity, s.logDensity);
        EXPECT_EQ(logDensity, s.logDensity);
        EXPECT_EQ(gradient, s.gradient);
        EXPECT_GE(ts[k].energy, -s.logDensity);
        EXPECT_TRUE(ts[k].accept >= 0 && ts[k].accept <= 1);
        EXPECT_EQ(s.iteration, i + 1);
      }
    }
  }
}

}  // namespace
}  // namespace inflaton::mcmc
