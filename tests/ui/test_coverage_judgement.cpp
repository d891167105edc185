// Coverage against what counting can tell: intervals, the band, the verdict.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "ui/coverage/coverage_curve.h"
#include "ui/coverage/coverage_judgement.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

/// A result with these shares at all places, as counted.
std::shared_ptr<CoverageResult> counted(const std::vector<double>& ideal, std::int64_t points, const std::vector<std::int64_t>& inside,
                                        std::size_t runs = 1) {
  auto r = std::make_shared<CoverageResult>();
  r->data_name = "circles", r->schedule = "PRP", r->dim = 2, r->testPoints = points, r->boundaryPoints = 10;
  r->ideal = ideal;
  for (std::size_t i = 0; i < ideal.size(); ++i) r->radii.push_back(0.5 * static_cast<double>(i + 1));
  for (std::size_t k = 0; k < runs; ++k) {
    CoverageRun run;
    run.seed = k;
    for (auto& place : run.shells[static_cast<std::size_t>(BoundaryKind::advected)])
      for (const std::int64_t n : inside) {
        CoverageShell shell;
        shell.inside = n;
        place.push_back(shell);
      }
    r->runs.push_back(std::move(run));
  }
  return r;
}

}  // namespace

TEST(CoverageJudgement, WilsonsIntervalIsTheTextbooks) {
  const auto [low, high] = wilson(0.9, 100, 1.959964);
  EXPECT_NEAR(low, 0.8256, 5e-4);
  EXPECT_NEAR(high, 0.9448, 5e-4);
  const auto [none, some] = wilson(0, 100, 1.959964);
  EXPECT_EQ(none, 0);
  EXPECT_NEAR(some, 0.0370, 5e-4) << "an empty count is no certainty";
  EXPECT_NEAR(wilson(1, 100, 1.959964).first, 1 - 0.0370, 5e-4);
}

TEST(CoverageJudgement, LimitsForOneAndForManyRadii) {
  EXPECT_NEAR(simultaneousZ(1), 1.959964, 1e-5);
  EXPECT_NEAR(simultaneousZ(7), 2.690, 2e-3);
  EXPECT_NEAR(simultaneousZ(10, 0.99), 3.2905, 1e-3);
}

TEST(CoverageJudgement, SaysWithinAndOutsideInWords) {
  const std::vector<double> ideal{0.1175, 0.3935, 0.9561};
  const auto good = counted(ideal, 20000, {2360, 7850, 19130});
  const CoverageJudgement fine = judgeCoverage(*good, BoundaryKind::advected);
  EXPECT_TRUE(fine.within) << fine.words.toStdString();
  EXPECT_TRUE(fine.words.startsWith("Calibrated")) << fine.words.toStdString();
  EXPECT_EQ(fine.trials, 20000);
  EXPECT_NEAR(fine.band[1], simultaneousZ(3) * std::sqrt(0.3935 * 0.6065 / 20000) + 0.5 / 20000, 1e-9);

  const auto bad = counted(ideal, 20000, {2360, 7850, 18800});  // 94.0 % instead of 95.6 %
  const CoverageJudgement off = judgeCoverage(*bad, BoundaryKind::advected);
  EXPECT_FALSE(off.within);
  EXPECT_EQ(off.outside[0], std::vector<std::size_t>{2});
  EXPECT_TRUE(off.words.startsWith("Not calibrated")) << off.words.toStdString();
  EXPECT_TRUE(off.words.contains("1 of 3 radii") && off.words.contains("r 1.5") && off.words.contains("94")) << off.words.toStdString();
  // As few points as that cannot tell; many seeds can.
  EXPECT_TRUE(judgeCoverage(*counted(ideal, 200, {24, 78, 188}), BoundaryKind::advected).within);
  EXPECT_FALSE(judgeCoverage(*counted(ideal, 200, {24, 78, 188}, 200), BoundaryKind::advected).within);
}

TEST(CoverageJudgement, ACalibratedFlowIsCalledOneNineteenTimesInTwenty) {
  const std::vector<double> ideal{0.1175, 0.3935, 0.6753, 0.8647, 0.9561, 0.9889, 0.9978};
  std::mt19937 random(11);
  int within = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<std::int64_t> inside;
    for (const double p : ideal) inside.push_back(std::binomial_distribution<std::int64_t>(5000, p)(random));
    within += judgeCoverage(*counted(ideal, 5000, inside), BoundaryKind::advected).within;
  }
  EXPECT_GE(within, 368);
}

TEST(CoverageJudgement, TheCurveShowsErrorBarsAndBand) {
  const auto chart = coverageChart(counted({0.1175, 0.3935, 0.9561}, 20000, {2360, 7850, 19130}), BoundaryKind::advected, true);
  ASSERT_TRUE(chart.make);
  EXPECT_TRUE(chart.summary.startsWith("Calibrated")) << chart.summary.toStdString();
  const auto made = chart.make(Theme::light(), QFont(), false);
  // Band, an error bar for each of three places and radii, line and marks of each place, the ideal.
  EXPECT_EQ(made->series().size(), 1 + 9 + 6 + 1);
}
