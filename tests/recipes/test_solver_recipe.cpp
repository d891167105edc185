// A solver of fixed steps is a row of the table and nothing else: Kutta's 3/8 rule is registered here, and all experiments know it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/api/compare.h"
#include "core/api/coverage.h"
#include "core/api/simulate.h"
#include "core/api/solver_table.h"
#include "core/api/trajectory.h"
#include "tests/core/calibration/chains/mcmc_testing.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::TempFolder;

// Before anything looks at the table.
const bool kRegistered = [] {
  registerSolver({.id = "rk38",
                  .name = "Kutta 3/8",
                  .label = "Kutta 3/8 in the angle",
                  .help = "fixed steps in the angle",
                  .tableau = {{0, 1.0 / 3, 2.0 / 3, 1}, {{}, {1.0 / 3}, {-1.0 / 3, 1}, {1, -1, 1}}, {0.125, 0.375, 0.375, 0.125}},
                  .simulation = SolverUse{.steps = 32},
                  .coverage = SolverUse{.steps = 32},
                  .map = SolverUse{.steps = 16}});
  return true;
}();

template <class Options>
void expectTold(const std::string& defaults) {
  const auto& table = parameterTable<Options>();
  SCOPED_TRACE(table.command);
  const Parameter &solver = *table.find("solver"), &steps = *table.find("steps");
  EXPECT_THAT(solver.choices, Contains("rk38"));
  EXPECT_THAT(solver.choiceLabels, Contains("Kutta 3/8 in the angle"));
  EXPECT_THAT(solver.help, HasSubstr("rk4, heun_angle, rk38: fixed steps in the angle"));
  EXPECT_THAT(steps.help, HasSubstr("steps of rk4, heun_angle and rk38"));
  EXPECT_THAT(steps.help, HasSubstr(defaults));
}

TEST(SolverRecipe, ItIsAmongTheChoicesAndInTheHelpOfEveryCommand) {
  ASSERT_TRUE(kRegistered);
  expectTold<ToySimulateOptions>("0: 32, 32, 64, 32, 701 and 118");
  expectTold<ToyCoverageOptions>("0: 32, 32, 64, 32, 701 and 118");
  expectTold<ToyMcmcOptions>("0: 48, 32, 64, 16 and 100 tmax");
  expectTold<HmcDemoOptions>("0: 48, 32, 64, 16 and 100 tmax");
}

TEST(SolverRecipe, ItCarriesPointsThereAndBack) {
  ToySimulateOptions o;
  o.solver = "rk38", o.total_samples = 100, o.gamma0 = 0.05, o.direction = "roundtrip", o.outputs = false;
  const auto s = simulateToy(o, {});
  ASSERT_TRUE(s) << s.error().message;
  for (const auto& lane : (*s)->lanes) {
    EXPECT_EQ(lane.steps, 32);
    EXPECT_LE(lane.evaluations, 32 * 4 + 1);
  }
  EXPECT_LT((*s)->roundTripRmse, 0.05);
  o.schedule = "paper";
  EXPECT_NO_THROW(validate(o)) << "a solver of the angle form knows both schedules";
}

TEST(SolverRecipe, ItsErrorIsMeasuredBesideTheOthersAndIsOfFourthOrder) {
  CompareSolversOptions o;
  o.total_samples = 60, o.gamma0 = 0.05, o.solvers = "rk4, rk38", o.budgets = "31,128,256";
  const auto w = compareSolvers(o, {});
  ASSERT_TRUE(w) << w.error().message;
  const auto &rk4 = w->curves.at(0), &rk38 = w->curves.at(1);
  EXPECT_EQ(rk38.evaluations, (std::vector<int>{28, 128, 256}));
  EXPECT_GT(rk38.error[1], 8 * rk38.error[2]);
  EXPECT_LT(rk38.error[2], 3 * rk4.error[2]);
}

TEST(SolverRecipe, ItCountsCoverage) {
  const TempFolder folder;
  ToyCoverageOptions o;
  o.solver = "rk38", o.total_samples = 100, o.gamma0 = 0.05, o.test_pts = 300, o.boundary_pts = 60, o.r_num = 2, o.boundary = "alpha";
  o.save_dir = folder.file("out");
  const auto r = toyCoverage(o, {});
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ((*r)->flows->lanes.at(0).steps, 32);
  EXPECT_LT((*r)->runs.at(0).roundTripRmse, 0.1);
}

TEST(SolverRecipe, ItServesThePosteriorsMap) {
  const TempFolder folder;
  auto o = testing::smallChains(folder);
  o.solver = "rk38";
  const auto r = toyMcmc(o, {});
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->last.draws->drawsOf(1), 55);
}

}  // namespace
}  // namespace inflaton
