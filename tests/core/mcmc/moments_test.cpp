// Do the samplers draw from what they are given? Known moments, to within four of their own standard errors; one sampler against the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/api/mcmc.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

using testing::Sampled;

using Draws = std::vector<std::vector<double>>;  // [chain][draw]

template <class F>
Draws of(std::size_t chains, std::size_t draws, F f) {
  Draws d(chains, std::vector<double>(draws));
  for (std::size_t k = 0; k < chains; ++k)
    for (std::size_t i = 0; i < draws; ++i) d[k][i] = f(k, i);
  return d;
}

void expectMean(const Draws& d, double mean, const std::string& what) {
  const auto got = diagnose(what, d);
  EXPECT_LT(got.rhat, 1.02) << what;
  EXPECT_NEAR(got.mean, mean, 4 * got.mcse) << what << ", ESS " << got.essBulk;
}

/// Mean and variance of one parameter.
void expectMoments(const Draws& d, double mean, double variance, const std::string& what) {
  expectMean(d, mean, what + " mean");
  expectMean(of(d.size(), d[0].size(), [&](auto k, auto i) { return (d[k][i] - mean) * (d[k][i] - mean); }), variance, what + " variance");
}

Settings sampler(bool nuts, std::int64_t leapfrogs, double accept = 0.8) {
  return {.nuts = nuts, .leapfrogs = leapfrogs, .warmup = 600, .draws = 2500, .targetAccept = accept, .seed = 5};
}

const char* nameOf(bool nuts) { return nuts ? "nuts " : "hmc "; }

TEST(Moments, CorrelatedNormalInTenDimensions) {
  const auto target = testing::correlated(10, 0.9);
  for (const bool nuts : {true, false}) {
    const Sampled r = testing::run(target, sampler(nuts, 12), testing::starts(4, 10, 3));
    for (std::size_t j = 0; j < 10; ++j) expectMoments(r.draws[j], testing::correlatedMean(j), 1, nameOf(nuts) + std::to_string(j));
    for (std::size_t j = 0; j + 1 < 10; ++j) {
      const auto &a = r.draws[j], &b = r.draws[j + 1];
      const double ma = testing::correlatedMean(j), mb = testing::correlatedMean(j + 1);
      expectMean(of(4, 2500, [&](auto k, auto i) { return (a[k][i] - ma) * (b[k][i] - mb); }), 0.9,
                 nameOf(nuts) + ("covariance " + std::to_string(j)));
    }
  }
}

TEST(Moments, Banana) {
  const auto target = testing::banana();
  for (const bool nuts : {true, false}) {
    const Sampled r = testing::run(target, sampler(nuts, 15, 0.95), testing::starts(4, 2, 2));
    expectMoments(r.draws[0], 0, 1, nameOf(nuts) + std::string("x"));
    expectMoments(r.draws[1], 0, 2.25, nameOf(nuts) + std::string("y"));
    expectMean(of(4, 2500, [&](auto k, auto i) { return r.draws[0][k][i] * r.draws[0][k][i] * r.draws[1][k][i]; }), 2,
               nameOf(nuts) + std::string("x x y"));
  }
}

TEST(Moments, IllConditionedNormal) {
  // Standard deviations from 0.03 to 30, with the metric learnt and, for NUTS, without.
  std::vector<double> sd;
  for (int i = 0; i < 10; ++i) sd.push_back(0.03 * std::pow(1000, i / 9.0));
  const auto target = testing::normal(sd);
  for (const bool nuts : {true, false}) {
    // Once the scales are learnt the normal is round, and HMC must stop at a quarter of the period: a half or a whole one would come back.
    const Sampled r = testing::run(target, sampler(nuts, 3, 0.9), testing::starts(4, 10));
    for (std::size_t j = 0; j < 10; ++j) {
      expectMoments(r.draws[j], 0, sd[j] * sd[j], nameOf(nuts) + std::to_string(j));
      for (const auto& s : r.states) EXPECT_NEAR(std::sqrt(s.inverseMetric[j]) / sd[j], 1, 0.35) << nameOf(nuts) << j;
    }
  }
  Settings unit = sampler(true, 0);
  unit.adaptMetric = false;
  unit.warmup = 200, unit.draws = 600;
  const Sampled r = testing::run(target, unit, testing::starts(4, 10));
  for (std::size_t j = 0; j < 10; ++j) expectMoments(r.draws[j], 0, sd[j] * sd[j], "unit metric " + std::to_string(j));
  EXPECT_GT(r.meanOf([](const Transition& t) { return t.depth; }), 7);  // what the metric is good for
}

TEST(Moments, TheAcceptanceIsTheOneAskedFor) {
  const auto target = testing::correlated(20, 0.6);
  for (const bool nuts : {true, false})
    for (const bool metric : {false, true})
      for (const double want : {0.65, 0.8, 0.9}) {
        Settings s = sampler(nuts, 8, want);
        s.adaptMetric = metric, s.warmup = 2000;
        Sampler chains(target, s, testing::starts(4, 20));
        double warming = 0, drawing = 0;
        for (int i = 0; i < 3000; ++i)
          for (const Transition& t : chains.step()) (i < 2000 ? warming : drawing) += i < 1000 ? 0 : t.accept / 4000;
        EXPECT_NEAR(warming, want, 0.02) << nameOf(nuts) << metric;
        // The step that is kept is an average of logarithms; after the last window it is that of 50 transitions, and errs towards the small
        // side.
        EXPECT_GT(drawing, want - 0.06) << nameOf(nuts) << metric;
        EXPECT_LT(drawing, metric ? want + 0.2 : want + 0.06) << nameOf(nuts) << metric;
      }
}

/// Kolmogorov-Smirnov distance of two samples.
double distance(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end()), std::sort(b.begin(), b.end());
  double worst = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] <= b[j])
      ++i;
    else
      ++j;
    worst = std::max(
        worst, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) - static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return worst;
}

TEST(Moments, NutsIsHmcInDistribution) {
  const auto target = testing::banana();
  const Sampled nuts = testing::run(target, sampler(true, 0, 0.9), testing::starts(4, 2)),
                hmc = testing::run(target, sampler(false, 15, 0.9), testing::starts(4, 2));
  const auto flat = [](const Draws& d) {
    std::vector<double> all;
    for (const auto& c : d) all.insert(all.end(), c.begin(), c.end());
    return all;
  };
  for (std::size_t j = 0; j < 2; ++j) {
    // Indicators mix no worse than this, so the least of the ESS stands for the number of independent draws.
    const auto a = diagnose("", nuts.draws[j]), b = diagnose("", hmc.draws[j]);
    const double na = std::min({a.essBulk, a.essTail, 1e4}), nb = std::min({b.essBulk, b.essTail, 1e4});
    EXPECT_GT(std::min(na, nb), 500);
    EXPECT_LT(distance(flat(nuts.draws[j]), flat(hmc.draws[j])), 1.95 * std::sqrt(1 / na + 1 / nb)) << j;  // 0.1 %
  }
}

}  // namespace
}  // namespace inflaton::mcmc
