#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/calibration/map/solver_map.h"
#include "core/flow/lane.h"
#include "tests/core/calibration/map/map_testing.h"

namespace inflaton {
namespace {

using namespace testing;

PosteriorOptions with(const std::string& solver, std::int64_t steps = 0) {
  PosteriorOptions o;
  o.solver = solver, o.steps = steps;
  return o;
}
const std::vector<std::string> solvers{"adams", "dopri5", "rk4", "heun_angle", "euler"};

TEST(SolverMap, GaussianDataAreScaledAxisByAxis) {
  for (const int keep : {2, 1}) {
    const auto problem = gaussianProblem(keep);
    const auto& b = problem.denoiser->basis();
    const double sT = problem.schedule.s(problem.schedule.tMax(), b.eigenvalues[0]), s0 = problem.schedule.s(0, b.eigenvalues[0]);
    double factor[2];
    for (int j = 0; j < 2; ++j) {
      const double xi = b.eigenvalues[static_cast<std::size_t>(j)];
      factor[j] = s0 / sT * std::sqrt((xi + problem.schedule.gamma(j, 0)) / (xi + problem.schedule.gamma(j, problem.schedule.tMax())));
    }
    const auto z = normals(20, 1), bar = normals(20, 2);
    std::vector<double> x, zBar;
    for (std::size_t i = 0; i < z.size(); i += 2)
      for (std::size_t a = 0; a < 2; ++a) {
        x.push_back(s0 * b.mean[a]), zBar.push_back(0);
        for (std::size_t j = 0; j < 2; ++j)
          x.back() += b.W[2 * a + j] * factor[j] * z[i + j], zBar.back() += factor[a] * b.W[2 * j + a] * bar[i + j];
      }
    for (const auto& solver : solvers) {
      SCOPED_TRACE(solver);
      const auto pulled = pull(*solverMap(with(solver, solver == "euler" ? 20001 : 0), problem, {}), z, bar);
      EXPECT_LT(worst(pulled.x, x), solver == "euler" ? 1e-3 : 1e-12);
      EXPECT_LT(worst(pulled.zBar, zBar), solver == "euler" ? 1e-3 : 1e-12);
    }
  }
}

TEST(SolverMap, PullbackIsTheDerivativeOfTheStepsTaken) {
  for (const int keep : {2, 1})
    for (const auto& solver : solvers) {
      SCOPED_TRACE(solver + " keeping " + std::to_string(keep));
      const auto map = solverMap(with(solver, 25), exactProblem(keep), {});
      const auto z = normals(60, 3), bar = normals(60, 4);
      EXPECT_LT(worst(pull(*map, z, bar).zBar, differences(*map, z, bar, 1e-5)), 1e-5);
    }
}

TEST(SolverMap, AndThroughANetworkToItsPrecision) {
  for (const auto& solver : solvers) {
    SCOPED_TRACE(solver);
    const auto map = solverMap(with(solver, 25), netProblem(), {});
    const auto z = normals(60, 5), bar = normals(60, 6);
    EXPECT_LT(worst(pull(*map, z, bar).zBar, differences(*map, z, bar, 3e-3)), 3e-3);
  }
}

TEST(SolverMap, ANetworksProductGoesBackwardsWhereItsJacobianGoesForwards) {
  const auto net = smallNet();
  at::manual_seed(4);
  for (const std::int64_t rows : {5, 600}) {  // one slice, several
    const auto y = at::randn({rows, 2}, at::kDouble), v = at::randn({1, rows, 2}, at::kDouble);
    at::Tensor jacobian, products;
    const auto F = net.whitenedWithJacobian(y, 1.0, jacobian), same = net.whitenedWithProducts(y, 1.0, v, products);
    EXPECT_LT((same - F).abs().max().item<double>(), 1e-6);
    EXPECT_LT((products - at::matmul(v.unsqueeze(2), jacobian.unsqueeze(0)).squeeze(2)).abs().max().item<double>(), 1e-5);
  }
}

TEST(SolverMap, SolversAgreeWithEachOtherAndWithTheLanes) {
  const auto problem = exactProblem();
  const auto z = normals(40, 8);
  auto tight = with("dopri5");
  tight.tolerance = 1e-9;
  const auto truth = valuesOf(*solverMap(tight, problem, {}), z);
  EXPECT_LT(worst(valuesOf(*solverMap(with("adams", 200), problem, {}), z), truth), 1e-4);
  EXPECT_LT(worst(valuesOf(*solverMap(with("rk4", 200), problem, {}), z), truth), 1e-5);
  EXPECT_LT(worst(valuesOf(*solverMap(with("heun_angle", 800), problem, {}), z), truth), 1e-3);
  EXPECT_LT(worst(valuesOf(*solverMap(with("euler", 8000), problem, {}), z), truth), 2e-2);

  const Flow flow(*problem.denoiser, 1);
  const double end = problem.schedule.tMax();
  const auto start = at::tensor(z, at::kDouble).view({-1, 2}) / flow.s(end);
  for (const std::string solver : {"rk4", "heun_angle", "euler"}) {
    LaneSettings set;
    set.solver = solver, set.steps = 30, set.tEnd = end, set.frames = 2, set.saveFreq = 1 << 30;
    for (int i = 0; i < 30; ++i) set.times.push_back(end * i / 29);
    at::Tensor arrived;
    integrateLane(
        flow, start, Direction::generation, set, [](double) {}, &arrived);
    const auto data = toData(problem.denoiser->basis(), arrived).mul_(flow.s(0)).contiguous();
    EXPECT_LT(
        worst(valuesOf(*solverMap(with(solver, 30), problem, {}), z), {data.data_ptr<double>(), data.data_ptr<double>() + data.numel()}),
        1e-10)
        << solver;
  }
}

TEST(SolverMap, RowsDoNotKnowOfEachOther) {
  useThreads(2);
  const std::size_t n = 700;
  for (const bool net : {true, false}) {
    const auto problem = net ? netProblem(2, {.dim = 2, .width = 128, .depth = 4}) : exactProblem();
    for (const auto& solver : solvers) {
      SCOPED_TRACE(solver);
      const auto map = solverMap(with(solver, 12), problem, {});
      const auto z = normals(2 * n, 9), bar = normals(2 * n, 10);
      const auto all = pull(*map, z, bar);
      for (const auto& [from, count] :
           std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {0, 255}, {256, 300}, {512, 1}, {512, 188}}) {
        const auto part =
            pull(*map, {z.begin() + 2 * from, z.begin() + 2 * (from + count)}, {bar.begin() + 2 * from, bar.begin() + 2 * (from + count)});
        EXPECT_TRUE(std::equal(part.x.begin(), part.x.end(), all.x.begin() + 2 * static_cast<std::ptrdiff_t>(from))) << from;
        EXPECT_TRUE(std::equal(part.zBar.begin(), part.zBar.end(), all.zBar.begin() + 2 * static_cast<std::ptrdiff_t>(from))) << from;
      }
    }
  }
}

TEST(SolverMap, CheckpointsBoundTheMemoryAndChangeNothing) {
  const auto problem = netProblem();
  const auto z = normals(200, 11), bar = normals(200, 12);
  const auto bytes = [&](int steps, std::size_t keep) {
    const auto o = with("adams", steps);
    const SolverMap map(SolverScheme::make(o, problem, {}), problem, {}, keep);
    const auto pulled = pull(map, z, bar);
    const SolverMap whole(SolverScheme::make(o, problem, {}), problem, {});
    const auto kept = pull(whole, z, bar);
    EXPECT_EQ(pulled.x, kept.x);
    EXPECT_EQ(pulled.zBar, kept.zBar);
    return map.peakBytes();
  };
  const auto few = bytes(60, 0), many = bytes(960, 0);
  EXPECT_LT(static_cast<double>(many), 4.6 * static_cast<double>(few));  // 4 = sqrt(16)
  EXPECT_LT(static_cast<double>(many), 0.5 * static_cast<double>(bytes(960, SolverMap::kKeep)));
}

TEST(SolverMap, WhatIsNotFiniteStaysInItsRow) {
  for (const auto& problem : {netProblem(), exactProblem()}) {
    const auto map = solverMap(with("adams", 12), problem, {});
    auto z = normals(12, 13);
    const auto bar = normals(12, 14);
    const auto clean = pull(*map, z, bar);
    z[4] = NAN, z[7] = INFINITY;
    const auto dirty = pull(*map, z, bar);
    for (const std::size_t row : {2u, 3u}) EXPECT_FALSE(std::isfinite(dirty.x[2 * row]) && std::isfinite(dirty.x[2 * row + 1])) << row;
    for (const std::size_t row : {0u, 1u, 4u, 5u}) {
      EXPECT_EQ(dirty.x[2 * row], clean.x[2 * row]);
      EXPECT_EQ(dirty.zBar[2 * row], clean.zBar[2 * row]);
    }
  }
}

TEST(SolverMap, CancelsWithinASolve) {
  int calls = 0, limit = 1 << 30;
  const auto map = solverMap(with("adams", 30), netProblem(), [&] {
    if (++calls > limit) throw Error(ErrorCode::cancelled, "cancelled");
  });
  const auto z = normals(20, 15);
  calls = 0, limit = 7;
  EXPECT_THROW(valuesOf(*map, z), Error);
  EXPECT_EQ(calls, 8);
  calls = 0, limit = 40;  // in the reverse sweep
  EXPECT_THROW(pull(*map, z, z), Error);
  EXPECT_EQ(calls, 41);
}

TEST(SolverMap, RefusesWhatItCannotDo) {
  EXPECT_NE(errorOf([] { solverMap(with("magic"), netProblem(), {}); }).find("solver is \"magic\"; allowed"), std::string::npos);
  ScheduleOptions o;
  o.schedule = "paper";
  const auto basis = turnedBasis();
  const auto s = Schedule::make(o, 2, 1, basis.eigenvalues);
  const Problem paper{{}, std::make_shared<GaussianDenoiser>(s, basis), s};
  EXPECT_NE(errorOf([&] { solverMap(with("euler"), paper, {}); }).find("euler"), std::string::npos);
  EXPECT_NO_THROW(valuesOf(*solverMap(with("adams"), paper, {}), normals(4, 1)));
}

TEST(SolverMap, TheReferencesGridIsTheDefaultOfEuler) {
  EXPECT_EQ(SolverScheme::stepsOf(with("euler"), 7.01), 701);
  EXPECT_EQ(SolverScheme::stepsOf(with("euler"), 0.005), 2);
  EXPECT_EQ(SolverScheme::stepsOf(with("rk4", 5), 7.01), 5);
}

}  // namespace
}  // namespace inflaton
