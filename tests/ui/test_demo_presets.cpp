// The presets of the demonstration, by the real functions: each does what its sentence says one will see.
#include <gtest/gtest.h>

#include <QString>
#include <algorithm>
#include <cmath>

#include "core/api/mcmc.h"
#include "core/api/networks.h"
#include "ui/hmc/trajectories/demonstration.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

struct Seen {
  int refused = 0;             ///< rejected or divergent, of 50
  double reach = 0;            ///< mean distance from start to end of a trajectory
  double strays = 0;           ///< median of the energy error's greatest absolute value along a trajectory
  double first = 0, last = 0;  ///< distance of the chain from the truth
  double step = 0;
};

Seen watch(const char* id, HmcDemoOptions o) {
  for (const DemoPreset& preset : demoPresets())
    if (QLatin1String(preset.id) == QLatin1String(id)) preset.apply(o);
  o.map = "table", o.table_tolerance = 0.02, o.grid = 24;
  const auto demo = hmcDemo(o, {});
  EXPECT_TRUE(demo) << id << ": " << (demo ? "" : demo.error().message);
  Seen seen;
  if (!demo) return seen;
  const HmcDemo& d = **demo;
  EXPECT_EQ(d.transitions.size(), 50u);
  std::vector<double> strays;
  for (const auto& t : d.transitions) {
    seen.refused += !t.accepted || t.divergent;
    const std::size_t last = t.path.size() - 2;
    seen.reach += std::hypot(t.path[last] - t.path[0], t.path[last + 1] - t.path[1]) / static_cast<double>(d.transitions.size());
    double most = 0;
    for (const float e : t.energyError) most = std::isfinite(e) ? std::max(most, std::abs(static_cast<double>(e))) : 1e9;
    strays.push_back(most);
  }
  std::nth_element(strays.begin(), strays.begin() + 25, strays.end());
  seen.strays = strays[25];
  const auto far = [&d](float x, float y) { return std::hypot(x - d.truth[0], y - d.truth[1]); };
  seen.first = far(d.transitions.front().path[0], d.transitions.front().path[1]);
  seen.last = far(d.transitions.back().chosen[0], d.transitions.back().chosen[1]);
  seen.step = d.stepSize;
  return seen;
}

void holdsWhatItClaims(const HmcDemoOptions& o) {
  const Seen good = watch("good", o), large = watch("large", o), small = watch("small", o), poor = watch("poor", o);
  EXPECT_LE(good.refused, 10) << "nine in ten are accepted, within what 50 can tell; step " << good.step;
  EXPECT_LT(good.strays, 1.5) << "the energy error stays small";
  EXPECT_GT(good.reach, 3 * small.reach) << "far from where they began";
  EXPECT_GE(large.refused, 35) << "the chain stands still";
  EXPECT_LE(small.refused, 3) << "every proposal is accepted";
  EXPECT_LT(small.reach, 0.1) << "next to its start";
  EXPECT_GT(poor.first, 3) << "far out";
  EXPECT_LT(poor.last, 0.7 * poor.first) << "towards the mass";
}

}  // namespace

TEST(DemoPresets, HoldWhatTheyClaimForTheExactScoreOfCircles) { holdsWhatItClaims({}); }

TEST(DemoPresets, AndForTheNetworkThatComesWithTheProgram) {
  HmcDemoOptions o;
  for (const NetworkInfo& info : pretrainedNetworks())
    if (info.data_name == "circles" && info.schedule == "PRP") o.source = "net", o.network = info.path;
  ASSERT_EQ(o.source, "net");
  holdsWhatItClaims(o);
}
