// Checkpoints, cancelling and company: none of them may change a byte.
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/mcmc/sampler.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

using testing::difference;
using testing::Starts;

struct Variant {
  const char* name;
  bool nuts, metric, search;
};
const Variant kVariants[] = {{"nuts", true, true, true},
                             {"nuts, unit", true, false, true},
                             {"hmc", false, true, true},
                             {"hmc, the reference's", false, false, false}};

Settings settings(const Variant& v, std::int64_t warmup = 160) {
  return {.nuts = v.nuts, .adaptMetric = v.metric, .stepSize = 0.05, .findStepSize = v.search, .warmup = warmup, .draws = 20, .seed = 11};
}

TEST(States, GoingOnFromASavedStateIsNeverHavingStopped) {
  const auto target = testing::correlated(7, 0.8);
  const auto starts = testing::starts(3, 7);
  for (const auto& v : kVariants) {
    const Settings s = settings(v);
    std::vector<std::vector<ChainState>> history;
    Sampler whole(target, s, starts);
    for (int i = 0; i < 180; ++i) history.push_back(whole.states()), whole.step();
    // Before anything, in the first stretch, around both ends of the windows, at the end of warm-up, among the draws.
    for (const int stop : {0, 1, 74, 75, 90, 109, 110, 111, 159, 160, 161, 175}) {
      Sampler resumed(target, s, history[static_cast<std::size_t>(stop)]);
      EXPECT_EQ(resumed.iteration(), stop);
      EXPECT_EQ(resumed.warmingUp(), stop < 160);
      for (int i = stop; i < 180; ++i) resumed.step();
      for (std::size_t k = 0; k < 3; ++k)
        EXPECT_EQ(difference(resumed.states()[k], whole.states()[k]), "") << v.name << ", stopped at " << stop;
    }
  }
}

TEST(States, AChainIsTheSameAloneAndInCompany) {
  const auto target = testing::correlated(7, 0.8);
  const auto starts = testing::starts(4, 7);
  for (const auto& v : kVariants) {
    Settings s = settings(v, 60);
    Sampler together(target, s, starts);
    for (int i = 0; i < 80; ++i) together.step();
    for (std::size_t k = 0; k < 4; ++k) {
      s.firstChain = static_cast<std::int64_t>(k);
      Sampler alone(target, s, {starts[k]});
      for (int i = 0; i < 80; ++i) alone.step();
      EXPECT_EQ(difference(alone.states()[0], together.states()[k]), "") << v.name << ", chain " << k;
    }
  }
}

TEST(States, ChainsAndSeedsDrawDifferently) {
  const auto target = testing::normal({1, 1, 1});
  Settings s{.draws = 5};
  Sampler a(target, s, Starts{{0, 0, 1}, {0, 0, 1}});
  for (int i = 0; i < 5; ++i) a.step();
  EXPECT_NE(a.states()[0].q, a.states()[1].q);
  s.seed = 1;
  Sampler b(target, s, Starts{{0, 0, 1}, {0, 0, 1}});
  for (int i = 0; i < 5; ++i) b.step();
  EXPECT_NE(a.states()[0].q, b.states()[0].q);
}

TEST(States, CancellingLeavesTheStatesOfBefore) {
  const auto target = testing::correlated(5, 0.9);
  for (const auto& v : kVariants) {
    const Settings s = settings(v, 40);
    Sampler calm(target, s, testing::starts(2, 5)), cancelled(target, s, testing::starts(2, 5));
    for (int i = 0; i < 50; ++i) {
      calm.step();
      const auto before = cancelled.states();
      for (int until = 0; until < 3; ++until) {
        int calls = 0;
        EXPECT_THROW(cancelled.step([&] {
          if (calls++ == until) throw std::runtime_error("cancelled");
        }),
                     std::runtime_error);
        for (std::size_t k = 0; k < 2; ++k) ASSERT_EQ(difference(cancelled.states()[k], before[k]), "") << v.name;
        if (v.nuts) break;  // a tree may be done after one step
      }
      cancelled.step();
      for (std::size_t k = 0; k < 2; ++k) ASSERT_EQ(difference(cancelled.states()[k], calm.states()[k]), "") << v.name;
    }
  }
}

TEST(States, AllChainsMakeOneBatchARound) {
  const auto target = testing::normal(std::vector<double>(6, 1.0));
  Settings s{.nuts = false, .adaptMetric = false, .findStepSize = false, .leapfrogs = 9, .warmup = 0, .draws = 1};
  Sampler hmc(target, s, testing::starts(4, 6));
  EXPECT_EQ(target.batches, 1);
  hmc.step();
  EXPECT_EQ(target.batches, 10);
  EXPECT_EQ(target.rows, 40);
  EXPECT_EQ(hmc.gradients(), 40);
  // NUTS: as many rounds as the longest tree has leapfrog steps; a chain that is done asks for nothing.
  s.nuts = true;
  Sampler nuts(target, s, testing::starts(4, 6));
  target.batches = target.rows = 0;
  int longest = 0, total = 0;
  for (const auto& t : nuts.step()) longest = std::max(longest, t.leapfrogs), total += t.leapfrogs;
  EXPECT_EQ(target.batches, longest);
  EXPECT_EQ(target.rows, total);
  EXPECT_EQ(nuts.gradients(), total + 4);
}

TEST(States, ThePathIsThatOfTheFirstChain) {
  const auto target = testing::normal({1, 2});
  Sampler sampler(target,
                  {.nuts = false, .adaptMetric = false, .stepSize = 0.3, .findStepSize = false, .leapfrogs = 7, .warmup = 0, .draws = 9},
                  Starts{{1, 1}, {0, 2}});
  sampler.step();
  EXPECT_TRUE(sampler.path().empty());
  sampler.recordPath(true);
  for (int i = 0; i < 5; ++i) {
    const auto t = sampler.step()[0];
    ASSERT_EQ(sampler.path().size(), 7u);
    ASSERT_EQ(sampler.pathEnergyError().size(), 7u);
    EXPECT_NEAR(std::min(1.0, std::exp(-sampler.pathEnergyError().back())), t.accept, 1e-12);
    if (t.accepted)
      EXPECT_EQ(sampler.path().back(), sampler.states()[0].q);
    else
      EXPECT_NE(sampler.path().back(), sampler.states()[0].q);
  }
}

}  // namespace
}  // namespace inflaton::mcmc
