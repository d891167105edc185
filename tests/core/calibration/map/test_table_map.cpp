#include <gtest/gtest.h>

#include <random>
#include <set>

#include "core/api/job.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/calibration/map/table_map_builder.h"
#include "tests/core/calibration/map/map_testing.h"

namespace inflaton {
namespace {

using namespace testing;

/// Two rings with a steep step between them.
void rings(std::span<const double> z, std::span<double> x) {
  for (std::size_t i = 0; i < z.size(); i += 2) {
    const double r = std::hypot(z[i], z[i + 1]), to = 0.75 + 0.25 * std::tanh((r - 1) / 0.08);
    x[i] = z[i] / std::sqrt(0.1 + r * r) * to, x[i + 1] = z[i + 1] / std::sqrt(0.1 + r * r) * to + 0.2 * z[i];
  }
}

TableSettings coarse() {
  TableSettings s;
  s.side = 6, s.reach = 4, s.refined = 4, s.finest = 6, s.tolerance = 2e-4;
  return s;
}

template <class Table>
auto evaluated(const Table& table, std::array<double, 2> z) {
  std::array<double, 6> out{};  // value, then derivative
  table.at(z.data(), 1, out.data(), out.data() + 2);
  return out;
}

class Spline : public ::testing::Test {
 protected:
  TableBuilder<2> builder{coarse(), {1.0, 0.5}, rings, {}};
  SplineTable<2> table = builder.build();
  std::mt19937_64 random{7};
  double uniform(double from, double to) { return std::uniform_real_distribution<double>(from, to)(random); }
};

TEST_F(Spline, MeetsItsToleranceWithCellsOfManySizes) {
  std::set<std::uint32_t> levels;
  for (const auto entry : table.index) levels.insert(entry & 15u);
  EXPECT_GE(levels.size(), 5u);
  double worst = 0, mean = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::array<double, 2> z{uniform(-4, 4), uniform(-2, 2)};
    double x[2];
    rings(z, x);
    const auto v = evaluated(table, z);
    const double error = std::hypot(v[0] - x[0], v[1] - x[1]);
    worst = std::max(worst, error), mean += error / 20000;
  }
  EXPECT_LT(worst, 4e-4);
  EXPECT_LT(mean, 4e-5);
  EXPECT_LT(builder.evaluated(), 60000u);
}

TEST_F(Spline, GradientIsTheDerivativeOfTheTable) {
  double worst = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::array<double, 2> z{uniform(-4.5, 4.5), uniform(-2.5, 2.5)};
    const auto v = evaluated(table, z);
    for (std::size_t j = 0; j < 2; ++j) {
      auto up = z, down = z;
      const double h = 1e-5;
      up[j] += h, down[j] -= h;
      const auto above = evaluated(table, up), below = evaluated(table, down);
      for (std::size_t c = 0; c < 2; ++c) worst = std::max(worst, std::abs(v[2 + 2 * c + j] - (above[c] - below[c]) / (2 * h)));
    }
  }
  EXPECT_LT(worst, 0.02);  // coefficients are single precision: 1e-7 / 1e-5 where a border lies between
}

TEST_F(Spline, ValueAndGradientAreContinuousAcrossCellsOfAnySize) {
  double value = 0, gradient = 0;
  int changes = 0;
  const auto levelAt = [&](double a, double b) {
    const double p = (a + 4) * 6 / 8, q = (b + 2) * 6 / 4;
    const int i = static_cast<int>(p), k = static_cast<int>(q);
    const auto& top = table.top[static_cast<std::size_t>(6 * i + k)];
    const int across = 1 << top.depth;
    return table.index[top.first +
                       static_cast<std::size_t>(static_cast<int>((p - i) * across) * across + static_cast<int>((q - k) * across))] &
           15u;
  };
  for (int i = 0; i < 40000; ++i) {
    // A line of the finest grid, at any height.
    const double line = (std::uniform_int_distribution<int>(1, 6 * 64 - 1)(random)) / 64.0, along = uniform(-1.999, 1.999), e = 1e-10;
    const double at = -4 + line * 8 / 6;
    const auto left = evaluated(table, {at - e, along}), right = evaluated(table, {at + e, along});
    changes += levelAt(at - e, along) != levelAt(at + e, along);
    for (std::size_t c = 0; c < 2; ++c) value = std::max(value, std::abs(left[c] - right[c]));
    for (std::size_t c = 2; c < 6; ++c) gradient = std::max(gradient, std::abs(left[c] - right[c]));
  }
  EXPECT_GT(changes, 500);
  EXPECT_LT(value, 1e-6);     // of the order of 1
  EXPECT_LT(gradient, 1e-4);  // up to 10: single precision
}

TEST_F(Spline, GoesOnAlongItsTangentsOutside) {
  for (int i = 0; i < 200; ++i) {
    const double b = uniform(-1.9, 1.9);
    const auto border = evaluated(table, {4, b}), out = evaluated(table, {6.5, b}), further = evaluated(table, {9, b}),
               corner = evaluated(table, {5, 2.5});
    for (std::size_t c = 0; c < 2; ++c) {
      EXPECT_NEAR(out[c], border[c] + 2.5 * border[2 + 2 * c], 1e-6);
      EXPECT_NEAR(further[c] - out[c], 2.5 * border[2 + 2 * c], 1e-6);
      EXPECT_NEAR(out[2 + 2 * c], border[2 + 2 * c], 1e-9);
    }
    EXPECT_TRUE(std::isfinite(corner[0]));
  }
  for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), -1e300 * 1e10})
    for (const auto& z : {std::array<double, 2>{bad, 0}, std::array<double, 2>{0, bad}})
      EXPECT_FALSE(std::isfinite(evaluated(table, z)[0]));
}

TEST(SplineTable, IsExactForCubics) {
  const auto cubic = [](std::span<const double> z, std::span<double> x) {
    for (std::size_t i = 0; i < z.size(); i += 3) {
      const double a = z[i], b = z[i + 1], c = z[i + 2];
      x[i] = 0.1 * a * a * a - b * c, x[i + 1] = 0.05 * a * b * b * c - 1, x[i + 2] = 0.2 * c * c + a;
    }
  };
  TableSettings s;
  s.side = 5, s.reach = 3, s.refined = 3;
  TableBuilder<3> builder(s, {1, 1, 2}, cubic, {});
  const auto table = builder.build();
  EXPECT_EQ(table.leaf.size(), 125u);
  for (int i = 0; i < 50; ++i) {
    auto z = normals(3, static_cast<std::uint64_t>(i));
    double value[3], derivative[9], x[3];
    cubic(z, x);
    table.at(z.data(), 1, value, derivative);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(value[c], x[c], 2e-5);
    EXPECT_NEAR(derivative[0], 0.3 * z[0] * z[0], 2e-5);
    EXPECT_NEAR(derivative[5], 0.05 * z[0] * z[1] * z[1], 2e-5);
    EXPECT_NEAR(derivative[8], 0.4 * z[2], 2e-5);
  }
}

TEST(SplineTable, WorstCellsComeFirstWhenEvaluationsRunOut) {
  auto s = coarse();
  s.most = 8000;
  TableBuilder<2> builder(s, {1, 1}, rings, {});
  builder.build();
  EXPECT_LT(builder.evaluated(), 12000u);
  EXPECT_GT(builder.evaluated(), 4000u);
}

/// A network that comes with the program, in so many evaluations.
Problem pretrained(const std::string& name, PosteriorOptions& o, int evaluations, double tolerance) {
  o.source = "net", o.data_name = name, o.network = resourceFolder() + "/networks/" + name + "-PRP.safetensors", o.total_samples = 10;
  useThreads(2);
  o.steps = evaluations, o.table_tolerance = tolerance;
  return makeProblem(o, 1, at::kFloat, c10::Device(c10::kCPU), {});
}

TEST(TableMap, ReportsHowFarItIsFromTheSolver) {
  PosteriorOptions o;
  const auto problem = pretrained("circles", o, 16, 2e-2);
  TableReport report;
  int told = 0;
  JobContext context;
  context.progress = [&](const Progress& p) {
    EXPECT_LE(p.step, p.total);
    ++told;
  };
  const auto table = generativeMap(o, problem, report, context);
  EXPECT_GT(told, 3);
  EXPECT_GT(report.cells, 2304);
  EXPECT_GT(report.nodes, 2304);
  EXPECT_LT(report.mean, report.q99);
  EXPECT_LT(report.q99, report.max);
  EXPECT_LT(report.q99, o.table_tolerance);
  const auto solver = solverMap(o, problem, {});
  const auto z = normals(8000, 31), x = valuesOf(*table, z), truth = valuesOf(*solver, z);
  double mean = 0;
  for (std::size_t i = 0; i < z.size(); i += 2) mean += std::hypot(x[i] - truth[i], x[i + 1] - truth[i + 1]) / 4000;
  EXPECT_NEAR(mean, report.mean, 0.15 * report.mean);
  const auto bar = normals(8000, 32);
  const auto a = pull(*table, z, bar), b = pull(*solver, z, bar);
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < z.size(); ++i) difference += std::abs(a.zBar[i] - b.zBar[i]), size += std::abs(b.zBar[i]);
  EXPECT_LT(difference / size, 0.05);
  o.table_tolerance = 5e-3;
  TableReport better;
  generativeMap(o, problem, better, {});
  EXPECT_LT(better.mean, report.mean);
}

TEST(TableMap, WorksInThreeDimensions) {
  PosteriorOptions o;
  const auto problem = pretrained("s_curve", o, 10, 0.3);
  TableReport report;
  const auto table = generativeMap(o, problem, report, {});
  EXPECT_LT(report.q99, o.table_tolerance);
  EXPECT_LT(report.mean, 0.03);
  const auto z = normals(300, 33), bar = normals(300, 34);
  const auto a = pull(*table, z, bar).zBar, b = pull(*solverMap(o, problem, {}), z, bar).zBar;
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < z.size(); ++i) difference += std::abs(a[i] - b[i]), size += std::abs(b[i]);
  EXPECT_LT(difference / size, 0.2);
}

TEST(TableMap, CanBeCancelled) {
  PosteriorOptions o;
  const auto problem = pretrained("circles", o, 16, 1e-3);
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  int told = 0;
  context.progress = [&](const Progress&) {
    if (++told == 2) stop.request_stop();
  };
  TableReport report;
  try {
    generativeMap(o, problem, report, context);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(told, 2);
}

TEST(TableMap, RefusesOtherDimensionsAndWidths) {
  ScheduleOptions schedule;
  const auto s = Schedule::make(schedule, 4);
  const Problem four{{}, std::make_shared<GaussianDenoiser>(s, diagonal({1, 1, 1, 1})), s};
  TableReport report;
  PosteriorOptions o;
  EXPECT_NE(errorOf([&] { generativeMap(o, four, report, {}); }).find("4 dimensions"), std::string::npos);
  o.map = "solver";
  EXPECT_EQ(generativeMap(o, four, report, {})->dim(), 4);
  EXPECT_EQ(report.cells, 0);
  o.map = "tables";
  EXPECT_NE(errorOf([&] { generativeMap(o, four, report, {}); }).find("map is \"tables\"; allowed"), std::string::npos);
  o.map = "table";
  const auto two = gaussianProblem();
  EXPECT_NE(errorOf([&] { tableMap(o, two, solverMap(o, two, {}), {1, 0}, report, {}); }).find("above 0"), std::string::npos);
  EXPECT_NE(errorOf([&] { tableMap(o, two, solverMap(o, two, {}), {1}, report, {}); }).find("1 standard"), std::string::npos);
  o.table_tolerance = 0;
  EXPECT_NE(errorOf([&] { tableMap(o, two, solverMap(o, two, {}), {1, 1}, report, {}); }).find("table_tolerance"), std::string::npos);
}

}  // namespace
}  // namespace inflaton
