// What the experiment counts: known flows, the boundary that is carried, seeds and threads.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>

#include "core/api/simulate.h"
#include "core/coverage/gathered_map.h"
#include "core/coverage/latent_shells.h"
#include "tests/core/coverage/coverage_testing.h"

namespace inflaton {
namespace {

using namespace inflaton::testing;
using ::testing::HasSubstr;

constexpr std::array<CoveragePlace, 3> kPlaces{CoveragePlace::latentStart, CoveragePlace::data, CoveragePlace::latentEnd};

/// Five standard deviations of the count.
double binomial(double p, double n) { return 5 * std::sqrt(p * (1 - p) / n); }

struct Flow1 {
  std::vector<double> eigenvalues;
  int keep;
};

class CoverageOfGaussianData : public ::testing::TestWithParam<Flow1> {};

TEST_P(CoverageOfGaussianData, IsTheChiSquareAtAllPlaces) {
  const Folder folder;
  const auto [eigenvalues, keep] = GetParam();
  const int dim = static_cast<int>(eigenvalues.size());
  auto o = small(gaussianNetwork(folder, eigenvalues, keep), dim);
  o.boundary_pts = 400, o.steps = 8, o.seeds = 2;
  const auto r = coverageOf(o);
  ASSERT_EQ(r->runs.size(), 2u);
  ASSERT_TRUE(r->has(BoundaryKind::alphaShape) && r->has(BoundaryKind::advected));
  for (std::size_t k = 0; k < r->radii.size(); ++k) {
    EXPECT_NEAR(r->ideal[k], shareWithin(r->radii[k], dim), 1e-15);
    const double noise = binomial(r->ideal[k], 2.0 * static_cast<double>(o.test_pts));
    for (const auto place : kPlaces) {
      // The chords of 400 points leave out a little of the shell: 2D 4e-5 of the area, 3D a few percent of the volume.
      EXPECT_NEAR(r->mean(BoundaryKind::alphaShape, place, k), r->ideal[k], noise + (dim == 2 ? 0.002 : 0.06)) << r->radii[k];
      EXPECT_LT(r->mean(BoundaryKind::alphaShape, place, k), r->ideal[k] + noise);
      EXPECT_NEAR(r->mean(BoundaryKind::advected, place, k), r->ideal[k], noise + 0.001) << r->radii[k];
    }
    // The flow moves shell and points alike: each point stays on its side but for rounding.
    const auto& advected = r->runs.front().shells[1];
    for (const auto place : {CoveragePlace::data, CoveragePlace::latentEnd})
      EXPECT_NEAR(static_cast<double>(advected[static_cast<std::size_t>(place)][k].inside), static_cast<double>(advected[0][k].inside), 2)
          << r->radii[k];
    for (const auto& shells : advected) EXPECT_TRUE(shells[k].check.closed);
  }
  for (const auto& run : r->runs) EXPECT_LT(run.roundTripRmse, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Flows, CoverageOfGaussianData,
                         ::testing::Values(Flow1{{1.4, 0.6}, 2}, Flow1{{1.4, 0.6}, 1}, Flow1{{1.1, 1.0, 0.9}, 3},
                                           Flow1{{1.1, 1.0, 0.9}, 2}));

TEST(Coverage, TheFlowIsTheClosedFormOfGaussianData) {
  const Folder folder;
  const auto network = gaussianNetwork(folder, {1.4, 0.6}, 1);
  auto o = small(network);
  o.boundary = "alpha", o.eps = 0.04;
  const auto r = coverageOf(o);
  EXPECT_EQ(r->schedule, "PRRto1D");
  EXPECT_THAT(r->latentVariance, ::testing::ElementsAre(1.0, 0.04));
  const auto& s = r->flows->schedule;
  const std::vector<double> xi{1.4, 0.6};
  const double T = r->flows->lanes[0].t.front();
  for (std::size_t i = 0; i < 20; ++i)
    for (int j = 0; j < 2; ++j) {
      const auto J = static_cast<std::size_t>(j);
      const double factor = std::sqrt(s.scaledVariance(j, 0, xi[J], xi[0]) / s.scaledVariance(j, T, xi[J], xi[0]));
      EXPECT_NEAR(r->points[1][2 * i + J], factor * r->points[0][2 * i + J], 2e-5 * (1 + std::abs(factor)));
    }
}

TEST(Coverage, LatentShellsHaveTheirRadiusAndTheReferencesSpelling) {
  ToyCoverageOptions o;
  const auto radii = coverageRadii(o);
  EXPECT_THAT(radii, ::testing::ElementsAre(0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5));
  o.r_num = 1;
  EXPECT_THAT(coverageRadii(o), ::testing::ElementsAre(0.5));
  const std::vector<double> sd{1, 0.1, 2};
  const auto points = boundaryPoints(radii, 50, sd, 3);
  ASSERT_EQ(points.size(), 7u * 50 * 3);
  for (std::size_t i = 0; i < 350; ++i) {
    double square = 0;
    for (std::size_t j = 0; j < 3; ++j) square += std::pow(points[3 * i + j] / sd[j], 2);
    EXPECT_NEAR(std::sqrt(square), radii[i / 50], 1e-12);
  }
  EXPECT_NE(points, boundaryPoints(radii, 50, sd, 4));
  // Specification 4.
  for (const auto& [r, in2, in3] : {std::tuple{0.5, 11.75, 3.09}, {1.0, 39.35, 19.87}, {2.0, 86.47, 73.85}, {3.5, 99.78, 99.34}}) {
    EXPECT_NEAR(100 * shareWithin(r, 2), in2, 0.006);
    EXPECT_NEAR(100 * shareWithin(r, 3), in3, 0.006);
  }
}

TEST(Coverage, EulerIsToySimulatesFromTheSameLatents) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), smallNet(), {{"data_name", "circles"}});
  auto o = small(folder.file("net.safetensors"));
  o.solver = "euler", o.steps = 141, o.test_pts = 300, o.boundary = "alpha", o.seed = 5, o.save_freq = 20;
  const auto r = coverageOf(o);
  ToySimulateOptions s;
  s.source = "net", s.network = o.network, s.solver = "euler", s.steps = 141, s.total_samples = 300, s.seed = 5, s.save_freq = 20,
  s.direction = "gen", s.end_vars = 1;
  const auto simulated = simulateToy(s, {});
  ASSERT_TRUE(simulated) << simulated.error().message;
  const auto &mine = r->flows->lanes[0], &theirs = (*simulated)->lanes[0];
  ASSERT_EQ(mine.t, theirs.t);
  double furthest = 0;
  for (std::size_t k = 0; k < mine.t.size(); ++k)
    for (std::size_t i = 0; i < 600; ++i)
      furthest = std::max(furthest, std::abs(static_cast<double>(mine.x[k * static_cast<std::size_t>(mine.n * 2) + i]) -
                                             static_cast<double>(theirs.x[k * 600 + i])) /
                                        (1 + std::abs(theirs.x[k * 600 + i])));
  EXPECT_LT(furthest, 2e-5);
  EXPECT_EQ(mine.out.size(), static_cast<std::size_t>((mine.frames() - 1) * mine.n * 2));
}

TEST(Coverage, TheCarriedBoundaryHoldsWhatItHeldWhereTheFlowIsNotAffine) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), smallNet(), {{"data_name", "circles"}});
  const auto o = small(folder.file("net.safetensors"));
  const auto r = coverageOf(o);
  for (std::size_t k = 0; k < r->radii.size(); ++k)
    for (const auto place : kPlaces)
      EXPECT_NEAR(r->mean(BoundaryKind::advected, place, k), r->mean(BoundaryKind::advected, CoveragePlace::latentStart, k), 0.002)
          << r->radii[k];
  EXPECT_LT(r->runs[0].roundTripRmse, 1e-3);
}

TEST(Coverage, EachSeedIsTheRunOfThatSeedAlone) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), smallNet(), {{"data_name", "circles"}});
  auto o = small(folder.file("net.safetensors"));
  o.seeds = 3, o.seed = 7, o.test_pts = 500;
  std::vector<std::size_t> heard;
  const auto all = coverageOf(o, {}, [&](const CoverageUpdate& u) { heard.push_back(u.sofar->runs.size()); });
  EXPECT_THAT(heard, ::testing::ElementsAre(1u, 2u, 3u));
  o.seeds = 1, o.seed = 8, o.threads = 1;
  const auto one = coverageOf(o);
  for (std::size_t kind = 0; kind < 2; ++kind)
    for (std::size_t place = 0; place < 3; ++place)
      for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(all->runs[1].shells[kind][place][k].inside, one->runs[0].shells[kind][place][k].inside);
  EXPECT_EQ(all->runs[1].roundTripRmse, one->runs[0].roundTripRmse);
  EXPECT_GT(all->sd(BoundaryKind::alphaShape, CoveragePlace::data, 0), 0);
  EXPECT_NE(all->runs[0].roundTripRmse, all->runs[1].roundTripRmse);
}

TEST(Coverage, SceneHasAllThatItShows) {
  const Folder folder;
  const auto r = coverageOf(small(gaussianNetwork(folder, {1.1, 1.0, 0.9}, 3), 3));
  const std::int64_t n = 4000 + 3 * 120;
  ASSERT_TRUE(r->flows);
  ASSERT_EQ(r->flows->lanes.size(), 2u);
  EXPECT_EQ(r->flows->lanes[0].direction, Direction::generation);
  EXPECT_EQ(r->flows->lanes[1].direction, Direction::inflation);
  for (const auto& lane : r->flows->lanes) {
    EXPECT_EQ(lane.n, n);
    EXPECT_EQ(lane.frames(), 61);
    EXPECT_EQ(lane.slope.size(), lane.x.size());
  }
  EXPECT_EQ(r->flows->data.n, n);
  EXPECT_EQ(r->flows->data.labels[3999], 0);
  EXPECT_EQ(r->flows->data.labels[4000], 1);
  EXPECT_EQ(r->flows->data.labels.back(), 3);
  for (const auto& points : r->points) EXPECT_EQ(points.size(), 12000u);
  // What the lane shows at t = 0 is what was counted in data space.
  const auto data = positionsAt(*r->flows, r->flows->lanes[0], 0, Space::latentScaled);
  for (std::size_t i = 0; i < 12000; i += 997) EXPECT_NEAR(data[i], r->points[1][i], 1e-5);
  for (const auto& kind : r->runs[0].shells)
    for (const auto& place : kind)
      for (const auto& shell : place) {
        EXPECT_EQ(shell.isInside.size(), 4000u);
        EXPECT_GT(shell.mesh.cellCount(), 100);
        EXPECT_EQ(std::count(shell.isInside.begin(), shell.isInside.end(), 1), shell.inside);
      }
}

TEST(Coverage, FinishKeepsTheSeedsThatAreDone) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 2));
  o.seeds = 5;
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  const auto r = coverageOf(o, context, [&](const CoverageUpdate& u) {
    if (u.sofar->runs.size() == 2) finish.request_stop();
  });
  EXPECT_EQ(r->runs.size(), 2u);
}

TEST(Coverage, CancelEndsSoon) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 2));
  o.seeds = 1000, o.test_pts = 200000, o.boundary = "alpha";
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  int reports = 0;
  std::chrono::steady_clock::time_point asked;
  context.progress = [&](const Progress& p) {
    EXPECT_LE(p.fraction(), 1);
    if (++reports == 10) stop.request_stop(), asked = std::chrono::steady_clock::now();
  };
  const auto r = toyCoverage(o, context);
  ASSERT_FALSE(r);
  EXPECT_TRUE(r.error().cancelled());
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count(), 2.0);
}

TEST(GatheredMap, AnswersAllWaitingTasksAtOnce) {
  int calls = 0;
  const PointMap twice = [&](std::span<const double> p) {
    ++calls;
    std::vector<double> out;
    for (const double v : p) out.push_back(2 * v);
    return out;
  };
  std::vector<std::vector<double>> got(5);
  runGathered(5, 2, twice, [&](std::size_t i, const PointMap& map) {
    for (std::size_t round = 0; round <= i; ++round) got[i] = map(std::vector<double>(2 * (i + 1), static_cast<double>(i)));
  });
  EXPECT_EQ(calls, 5);  // as many as the longest task asks
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(got[i], std::vector<double>(2 * (i + 1), 2.0 * static_cast<double>(i)));
}

TEST(GatheredMap, FailuresReachTheCaller) {
  const PointMap identity = [](std::span<const double> p) { return std::vector<double>(p.begin(), p.end()); };
  EXPECT_THAT(errorOf([&] {
                runGathered(3, 2, identity, [](std::size_t i, const PointMap& map) {
                  map(std::vector<double>(2, 1.0));
                  if (i == 1) throw Error(ErrorCode::failed, "task one");
                  map(std::vector<double>(2, 1.0));
                });
              }),
              HasSubstr("task one"));
  EXPECT_THAT(errorOf([&] {
                runGathered(
                    3, 2, [](std::span<const double>) -> std::vector<double> { throw Error(ErrorCode::cancelled, "cancelled"); },
                    [](std::size_t, const PointMap& map) { map(std::vector<double>(2, 1.0)); });
              }),
              HasSubstr("cancelled"));
}

}  // namespace
}  // namespace inflaton
