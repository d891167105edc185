#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/api/error.h"
#include "core/api/options.h"
#include "core/api/solver_choice.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using Ids = std::vector<std::string>;

// What people have read and scripts may have parsed: new solvers may be told beside these, but nothing is told otherwise.
TEST(SolverChoice, TellsTheSolversOfEachExperimentItsDefaultFirst) {
  EXPECT_EQ(simulationSolvers().ids(), (Ids{"dopri5", "adams", "rk4", "heun_angle", "euler", "heun"}));
  EXPECT_EQ(simulationSolvers().labels(),
            (Ids{"Dormand-Prince 5(4), adaptive", "Adams 4, grid placed by error", "Runge-Kutta 4 in the angle", "Heun in the angle",
                 "Euler (reference)", "Heun (reference)"}));
  EXPECT_EQ(
      simulationSolvers().help(),
      "dopri5: adaptive, angle form; adams: multistep, one evaluation a step, on a grid placed by error; rk4, heun_angle: fixed steps "
      "in the angle; euler, heun: the reference's, scaled coordinates.");
  EXPECT_EQ(simulationSolvers().stepsHelp(),
            "Evaluations of adams, steps of rk4 and heun_angle, grid points of euler and heun; 0: 32, 32, 64, 701 and 118.");
  EXPECT_EQ(coverageSolvers().ids(), (Ids{"adams", "dopri5", "rk4", "heun_angle", "euler", "heun"}));
  EXPECT_EQ(coverageSolvers().help(),
            "adams: multistep, one evaluation a step, on a grid placed by error; dopri5: adaptive; rk4, heun_angle: fixed steps in the "
            "angle; euler, heun: the reference's, scaled coordinates.");
  EXPECT_EQ(coverageSolvers().stepsHelp(), simulationSolvers().stepsHelp());
  EXPECT_EQ(mapSolvers().ids(), (Ids{"adams", "dopri5", "rk4", "heun_angle", "euler"}));
  EXPECT_EQ(mapSolvers().help(),
            "adams: multistep, one evaluation a step; dopri5: adaptive; rk4, heun_angle: fixed steps in the angle; euler: the reference's, "
            "on its grid.");
  EXPECT_EQ(mapSolvers().stepsHelp(),
            "Evaluations of adams, steps of rk4 and heun_angle, grid points of euler; 0: 48, 32, 64 and 100 tmax.");
}

TEST(SolverChoice, ListsThoseOfAKind) {
  EXPECT_EQ(simulationSolvers().those(&SolverInfo::scaled), "euler and heun");
  EXPECT_EQ(mapSolvers().those(&SolverInfo::scaled), "euler");
  EXPECT_EQ(simulationSolvers().those(&SolverInfo::stepped), "adams, rk4, heun_angle, euler and heun");
  EXPECT_EQ(simulationSolvers().when(&SolverInfo::scaled), "solver=euler|heun");
  EXPECT_EQ(simulationSolvers().unless(&SolverInfo::adaptive), "solver!=dopri5");
}

TEST(SolverChoice, RefusesTheReferencesSolversInTheOtherSchedule) {
  for (const auto& id : simulationSolvers().ids()) EXPECT_NO_THROW(simulationSolvers().check(id, "reference"));
  for (const char* id : {"dopri5", "adams", "rk4", "heun_angle"}) EXPECT_NO_THROW(simulationSolvers().check(id, "paper"));
  EXPECT_EQ(
      errorOf([] { simulationSolvers().check("heun", "paper"); }),
      "solver is heun; allowed with schedule paper: those of the angle form (dopri5, adams, rk4, heun_angle) | euler and heun are the "
      "reference's, and step in its schedule.");
  EXPECT_EQ(errorOf([] { mapSolvers().check("euler", "paper"); }),
            "solver is euler; allowed with schedule paper: those of the angle form (adams, dopri5, rk4, heun_angle) | euler is the "
            "reference's, and steps in its schedule.");
}

TEST(SolverChoice, RefusesWhatItDoesNotOffer) {
  EXPECT_EQ(errorOf([] { solverInfo("magic"); }), "solver is \"magic\"; allowed: dopri5, adams, rk4, heun_angle, euler, heun");
  EXPECT_EQ(errorOf([] { mapSolvers().at("heun"); }), "solver is \"heun\"; allowed: adams, dopri5, rk4, heun_angle, euler");
}

TEST(SolverTable, BuysNoMoreStepsThanTheEvaluationsPayFor) {
  for (const auto& solver : solverTable()) {
    if (solver.adaptive()) continue;
    SCOPED_TRACE(solver.id);
    for (std::int64_t budget = 1; budget < 40; ++budget) {
      const auto cost = [&](std::int64_t steps) {  // evaluations
        return solver.multistep() ? steps : (solver.scaled() ? steps - 1 : steps) * solver.tableau.stages();
      };
      const std::int64_t steps = solver.stepsWithin(budget);
      if (steps == 0)
        EXPECT_GT(cost(solver.leastSteps()), budget);
      else
        EXPECT_TRUE(steps >= solver.leastSteps() && cost(steps) <= budget && cost(steps + 1) > budget) << budget << " buys " << steps;
    }
  }
  EXPECT_EQ(solverInfo("rk4").stepsWithin(28), 7);
  EXPECT_EQ(solverInfo("heun_angle").stepsWithin(3), 1);
  EXPECT_EQ(solverInfo("euler").stepsWithin(700), 701);
  EXPECT_EQ(solverInfo("heun").stepsWithin(28), 15);
  EXPECT_EQ(solverInfo("adams").stepsWithin(1), 0);
}

TEST(SolverTable, TakesTheDefaultFromTheEndWhereTheReferenceDoes) {
  EXPECT_EQ(defaultSteps(*solverInfo("euler").map, 7.01), 701);
  EXPECT_EQ(defaultSteps(*solverInfo("euler").simulation, 3), 701);
}

SolverInfo midpoint() {
  return {.id = "midpoint",
          .name = "Midpoint",
          .label = "Midpoint in the angle",
          .help = "fixed steps in the angle",
          .tableau = {{0, 0.5}, {{}, {0.5}}, {0, 1}},
          .simulation = SolverUse{.steps = 64}};
}

TEST(SolverTable, RegistersOnlyWhatCanStep) {
  const auto refused = [](const auto& spoil) {
    auto solver = midpoint();
    spoil(solver);
    return errorOf([&] { registerSolver(solver); });
  };
  solverTable();
  EXPECT_THAT(refused([](SolverInfo&) {}), HasSubstr("\"midpoint\" cannot be registered: the table of solvers is in use"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.id = "Mid point"; }), HasSubstr("lower-case letters"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.id = ""; }), HasSubstr("lower-case letters"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.id = "rk4"; }), HasSubstr("there is one of that id"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.stepping = SolverStepping::adaptive; }), HasSubstr("fixed steps"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.tableau = {}; }), HasSubstr("same number of stages"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.tableau.a[1].push_back(0); }), HasSubstr("row 1 of a must have 1 entries"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.tableau.c[1] = 0.6; }), HasSubstr("c_1 must be the sum"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.tableau.b = {0.5, 0.6}; }), HasSubstr("add up to 1"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.tableau.b[0] = std::numeric_limits<double>::quiet_NaN(); }), HasSubstr("add up to 1"));
  EXPECT_THAT(refused([](SolverInfo& s) { s.form = SolverForm::scaled, s.map = SolverUse{}; }), HasSubstr("one stage"));
}

}  // namespace
}  // namespace inflaton
