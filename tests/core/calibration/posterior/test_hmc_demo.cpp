// Trajectories to look at.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "core/api/job.h"
#include "core/api/mcmc.h"
#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::HasSubstr;

namespace {

HmcDemoOptions small() {
  HmcDemoOptions o;
  o.source = "discrete", o.total_samples = 40, o.gamma0 = 0.05, o.solver = "rk4", o.steps = 6, o.gt_n = 20, o.gt_eps_mvn = 0.05,
  o.observation = 3;
  o.grid = 40, o.transitions = 8, o.traj_length = 6;
  return o;
}

}  // namespace

TEST(HmcDemo, PathsBeginWhereTheChainStandsAndTheMapTopsAtZero) {
  for (const char* sampler : {"hmc", "nuts"}) {
    auto o = small();
    o.sampler = sampler;
    const auto demo = hmcDemo(o, {});
    ASSERT_TRUE(demo) << demo.error().message;
    const HmcDemo& d = **demo;
    ASSERT_EQ(d.logDensity.size(), 1600u);
    EXPECT_EQ(*std::max_element(d.logDensity.begin(), d.logDensity.end()), 0);
    ASSERT_EQ(d.transitions.size(), 8u);
    float at[2] = {d.truth[0], d.truth[1]};
    for (const auto& t : d.transitions) {
      EXPECT_EQ(t.path.size(), 2 * t.energyError.size());
      EXPECT_EQ(t.path[0], at[0]);
      EXPECT_EQ(t.path[1], at[1]);
      EXPECT_EQ(t.energyError[0], 0);
      if (o.sampler == "hmc") {
        EXPECT_EQ(t.energyError.size(), 7u);
      }
      at[0] = t.chosen[0], at[1] = t.chosen[1];
      bool met = false;
      for (std::size_t k = 0; k < t.energyError.size(); ++k) met = met || (t.path[2 * k] == at[0] && t.path[2 * k + 1] == at[1]);
      EXPECT_TRUE(met) << "the chain goes on from a point of its path";
      // The picture holds it.
      EXPECT_GT(at[0], d.left);
      EXPECT_LT(at[0], d.left + d.stepX * (d.columns - 1));
      EXPECT_GT(at[1], d.bottom);
      EXPECT_LT(at[1], d.bottom + d.stepY * (d.rows - 1));
    }
    EXPECT_GT(d.accept, 0.2);
  }
}

TEST(HmcDemo, FailuresLookLikeFailures) {
  auto o = small();
  const auto good = hmcDemo(o, {});
  o.step_size = 20;
  const auto large = hmcDemo(o, {});
  o.step_size = 1e-4;
  const auto little = hmcDemo(o, {});
  o = small(), o.init = "poor";
  const auto poor = hmcDemo(o, {});
  ASSERT_TRUE(good && large && little && poor);
  EXPECT_LT((*large)->accept, 0.1);
  EXPECT_GT((*little)->accept, 0.99);
  const auto& first = (*little)->transitions.front();
  EXPECT_LT(std::hypot(first.chosen[0] - (*little)->truth[0], first.chosen[1] - (*little)->truth[1]), 0.01);
  const auto& start = (*poor)->transitions.front().path;
  EXPECT_GT(std::hypot(start[0] - (*poor)->truth[0], start[1] - (*poor)->truth[1]), 3);
}

TEST(HmcDemo, AStepIsFoundForTheLandscapeAndGivesTheSameWhenTypedIn) {
  auto o = small();
  o.step_size = 0, o.transitions = 40;
  const auto found = hmcDemo(o, {});
  ASSERT_TRUE(found) << found.error().message;
  const HmcDemo& d = **found;
  EXPECT_GT(d.accept, 0.8);
  EXPECT_GT(d.stepSize, 1e-3);
  EXPECT_LT(d.stepSize, 2);
  EXPECT_EQ(d.transitions.front().path[0], d.truth[0]) << "the warm-up is not part of it";
  o.step_size = d.stepSize;
  const auto typed = hmcDemo(o, {});
  ASSERT_TRUE(typed);
  ASSERT_EQ((*typed)->transitions.size(), d.transitions.size());
  for (std::size_t k = 0; k < d.transitions.size(); ++k) EXPECT_EQ((*typed)->transitions[k].path, d.transitions[k].path) << k;
}

TEST(HmcDemo, IsWrittenAndRefusesWhatCannotBe) {
  const TempFolder folder;
  auto o = small();
  o.output = folder.file("demo.npz");
  const auto demo = hmcDemo(o, {});
  ASSERT_TRUE(demo);
  ASSERT_TRUE(saveHmcDemo(**demo, o));
  const NpzReader npz(o.output);
  npz.expectShape("log_density", {40, 40});
  npz.expectShape("start", {9});
  npz.expectShape("chosen", {8, 2});
  npz.expectShape("paths", {npz.int64s("start").back(), 2});

  o.observation = 20;
  const auto beyond = hmcDemo(o, {});
  ASSERT_FALSE(beyond);
  EXPECT_THAT(beyond.error().message, HasSubstr("observation is 20"));
  o = small(), o.step_size = -1;
  EXPECT_FALSE(hmcDemo(o, {}));
}
