#include "core/flow/solvers.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/api/error.h"

namespace inflaton {
namespace {

const auto nothing = [](double) {};

/// dy/du = -u y + cos(3u) y^2 / 2, with no closed form needed: compared with itself at a far finer step.
at::Tensor slope(const at::Tensor& y, double u) { return -u * y + 0.5 * std::cos(3 * u) * y.square(); }

at::Tensor solve(const Tableau& m, int steps, double from, double to) {
  at::Tensor end;
  fixedSteps(
      slope, m, at::tensor({0.4, 1.0, 1.3}, at::kDouble), {from, to}, steps, [&](std::size_t, const at::Tensor& y) { end = y; }, nothing);
  return end;
}

TEST(Solvers, FixedStepsHaveTheirOrders) {
  const auto truth = solve(Tableau::rk4(), 4000, 0, 2);
  for (const auto& [tableau, order] : {std::pair{&Tableau::euler(), 1.0}, {&Tableau::heun(), 2.0}, {&Tableau::rk4(), 4.0}}) {
    const auto error = [&, t = tableau](int n) { return (solve(*t, n, 0, 2) - truth).abs().max().item<double>(); };
    EXPECT_NEAR(std::log2(error(40) / error(80)), order, 0.25);
  }
}

TEST(Solvers, BackwardsUndoesForwards) {
  at::Tensor y = solve(Tableau::rk4(), 200, 0, 2), back;
  fixedSteps(
      slope, Tableau::rk4(), y, {2, 0}, 200, [&](std::size_t, const at::Tensor& v) { back = v; }, nothing);
  EXPECT_LT((back - at::tensor({0.4, 1.0, 1.3}, at::kDouble)).abs().max().item<double>(), 1e-7);
}

TEST(Solvers, HermiteFramesAreAsGoodAsTheSteps) {
  const std::vector<double> stops{0, 0.33, 0.34, 1.0, 1.77, 2};
  fixedSteps(
      slope, Tableau::rk4(), at::tensor({0.4, 1.0, 1.3}, at::kDouble), stops, 50,
      [&](std::size_t k, const at::Tensor& y) {
        if (k == 0) return;
        EXPECT_LT((y - solve(Tableau::rk4(), 2000, 0, stops[k])).abs().max().item<double>(), 2e-6) << k;
      },
      nothing);
}

TEST(DormandPrince, ErrorFollowsTheTolerance) {
  const auto truth = solve(Tableau::rk4(), 4000, 0, 2);
  double previous = 1;
  for (double tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
    at::Tensor end;
    const auto stats = dormandPrince(
        slope, at::tensor({0.4, 1.0, 1.3}, at::kDouble), {0, 2}, {tolerance, 1000}, [&](std::size_t, const at::Tensor& y) { end = y; },
        nothing);
    const double error = (end - truth).abs().max().item<double>();
    EXPECT_LT(error, 20 * tolerance);
    EXPECT_LT(error, previous);
    EXPECT_EQ(stats.evaluations, 1 + 6 * (stats.accepted + stats.rejected));
    previous = error;
  }
}

TEST(DormandPrince, DenseOutputIsFourthOrder) {
  // Stops do not change the steps; between steps the interpolant stays near the solution, and is exact on quartics.
  const auto quartic = [](const at::Tensor& y, double u) { return at::full_like(y, 4 * u * u * u - u); };
  std::vector<double> stops;
  for (int i = 0; i <= 50; ++i) stops.push_back(-1 + 0.06 * i);
  dormandPrince(
      quartic, at::zeros({1}, at::kDouble), stops, {1e-3, 100},
      [&](std::size_t k, const at::Tensor& y) {
        const double u = stops[k];
        EXPECT_NEAR(y.item<double>(), std::pow(u, 4) - u * u / 2 - 0.5, 1e-12);
      },
      nothing);
  dormandPrince(
      slope, at::tensor({0.4, 1.0, 1.3}, at::kDouble), {0, 0.31, 0.9, 1.5, 2}, {1e-8, 1000},
      [&](std::size_t k, const at::Tensor& y) {
        const double u = std::vector<double>{0, 0.31, 0.9, 1.5, 2}[k];
        if (k == 0) return;
        EXPECT_LT((y - solve(Tableau::rk4(), 4000, 0, u)).abs().max().item<double>(), 3e-7);
      },
      nothing);
}

TEST(DormandPrince, CallsEveryStopOnceInOrderBothWays) {
  for (const auto& stops : {std::vector<double>{0, 0.5, 1, 2}, std::vector<double>{2, 1.9, 0.1, 0}}) {
    std::vector<std::size_t> seen;
    dormandPrince(
        slope, at::full({2}, 0.02, at::kDouble), stops, {1e-5, 1000}, [&](std::size_t k, const at::Tensor&) { seen.push_back(k); },
        nothing);
    EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3}));
  }
}

TEST(DormandPrince, BlowUpAndHopelessTolerancesAreToldApartFromAnswers) {
  const auto pole = [](const at::Tensor& y, double) { return y.square(); };  // 1/(1-u)
  const auto ignore = [](std::size_t, const at::Tensor&) {};
  try {
    dormandPrince(pole, at::ones({1}, at::kDouble), {0, 2}, {1e-6, 100000}, ignore, nothing);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::diverged);
  }
  const auto noisy = [](const at::Tensor& y, double) { return at::randn_like(y); };
  EXPECT_THROW(dormandPrince(noisy, at::ones({8}, at::kDouble), {0, 2}, {1e-9, 5000}, ignore, nothing), Error);
}

TEST(Solvers, CancellingLeavesAtOnce) {
  int steps = 0;
  EXPECT_THROW(fixedSteps(
                   slope, Tableau::rk4(), at::ones({2}, at::kDouble), {0, 2}, 100, [](std::size_t, const at::Tensor&) {},
                   [&](double) {
                     if (++steps == 3) throw Error(ErrorCode::cancelled, "cancelled");
                   }),
               Error);
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace inflaton
