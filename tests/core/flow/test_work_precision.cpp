#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>

#include "core/api/compare.h"
#include "core/api/points.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;

CompareSolversOptions small() {
  CompareSolversOptions o;
  o.total_samples = 200, o.budgets = "3,28,64";
  return o;
}

const SolverCurve* find(const WorkPrecision& w, const std::string& solver) {
  for (const auto& c : w.curves)
    if (c.solver == solver) return &c;
  return nullptr;
}

TEST(CompareSolvers, EveryCurveStaysInItsBudgetsAndFallsWithThem) {
  for (const char* direction : {"melt", "gen"}) {
    auto o = small();
    o.direction = direction;
    const auto w = compareSolvers(o, {});
    ASSERT_TRUE(w) << w.error().message;
    ASSERT_EQ(w->curves.size(), parameterTable<ToySimulateOptions>().find("solver")->choices.size());
    EXPECT_LT(w->referenceError, 1e-5);
    for (const auto& c : w->curves) {
      SCOPED_TRACE(c.solver);
      ASSERT_EQ(c.evaluations.size(), c.error.size());
      ASSERT_GE(c.evaluations.size(), 2u);
      EXPECT_LE(c.evaluations.back(), 64);
      EXPECT_LT(c.error.back(), c.error.front());
      for (std::size_t i = 1; i < c.error.size(); ++i) EXPECT_GT(c.evaluations[i], c.evaluations[i - 1]);
    }
    EXPECT_GE(find(*w, "rk4")->evaluations.front(), 28) << "3 evaluations are less than one step";
  }
}

TEST(CompareSolvers, AdamsReachesTheReferencesErrorWithinTwentyEight) {
  for (const char* set : {"circles", "moons", "sine2", "s_curve"}) {
    auto o = small();
    o.data_name = set, o.solvers = "adams, euler", o.budgets = "28,700", o.total_samples = 500;
    const auto w = compareSolvers(o, {});
    ASSERT_TRUE(w) << w.error().message;
    ASSERT_EQ(w->curves.size(), 2u);
    EXPECT_LE(find(*w, "adams")->evaluations.front(), 28);
    EXPECT_LT(find(*w, "adams")->error.front(), w->eulerError) << set;
    EXPECT_EQ(find(*w, "euler")->error.back(), w->eulerError) << "700 evaluations are 701 points";
  }
}

TEST(CompareSolvers, ThePapersScheduleHasNoReferenceSolvers) {
  auto o = small();
  o.schedule = "paper", o.budgets = "24,48";
  const auto w = compareSolvers(o, {});
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(find(*w, "euler"), nullptr);
  EXPECT_EQ(w->eulerError, 0);
  EXPECT_LT(find(*w, "adams")->error.back(), find(*w, "adams")->error.front());
}

TEST(CompareSolvers, WritesWhatItFound) {
  const auto folder = fs::temp_directory_path() / ("inflaton-compare-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  auto o = small();
  o.solvers = "adams,rk4", o.budgets = "16,24";
  o.output = (folder / "w.npz").string();
  const auto w = compareSolvers(o, {});
  ASSERT_TRUE(w) << w.error().message;
  const NpzReader file(o.output);
  EXPECT_EQ(file.doubles("adams/error"), find(*w, "adams")->error);
  EXPECT_EQ(file.int64s("rk4/evaluations"), (std::vector<std::int64_t>{16, 24}));
  o.output = (folder / "w.csv").string();
  ASSERT_TRUE(compareSolvers(o, {}));
  std::ifstream csv(o.output);
  std::string line;
  int lines = 0;
  while (std::getline(csv, line))
    EXPECT_EQ(line.rfind(lines++ == 0 ? "solver,evaluations,error" : lines <= 3 ? "adams," : "rk4,", 0), 0u) << line;
  EXPECT_EQ(lines, 5);
  fs::remove_all(folder);
}

TEST(CompareSolvers, RefusesWhatItDoesNotKnowAndHearsACancel) {
  auto o = small();
  o.solvers = "adams,simpson";
  auto w = compareSolvers(o, {});
  ASSERT_FALSE(w);
  EXPECT_NE(w.error().message.find("simpson"), std::string::npos);
  EXPECT_NE(w.error().message.find("dopri5"), std::string::npos);
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  int reports = 0;
  context.progress = [&](const Progress&) {
    if (++reports == 3) stop.request_stop();
  };
  w = compareSolvers(small(), context);
  ASSERT_FALSE(w);
  EXPECT_EQ(w.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace inflaton
