#include "core/flow/adams.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/api/error.h"

namespace inflaton {
namespace {

const auto nothing = [](double) {};
const auto ignore = [](std::size_t, const at::Tensor&, const at::Tensor&) {};

/// Axis 0: dy = -y dtau, tau = w^3 (10 - 15 w + 6 w^2), which begins gently; axis 1: dy = cos(tau) y dtau with tau twice as fast.
double tau(double w) { return w * w * w * (10 - 15 * w + 6 * w * w); }
double tauDot(double w) { return 30 * w * w * (1 - w) * (1 - w); }
MeasuredField field() {
  return {[](const at::Tensor& y, double w) {
            return at::stack({-y.select(1, 0), std::cos(2 * tau(w)) * y.select(1, 1)}, 1);
          },
          [](double w) {
            return std::vector<double>{tauDot(w), 2 * tauDot(w)};
          }};
}
at::Tensor solution(const at::Tensor& y0, double w) {
  return y0 * at::tensor({std::exp(-tau(w)), std::exp(std::sin(2 * tau(w)))}, at::kDouble);
}
const at::Tensor start = at::tensor({1.0, 0.5, -0.3, 1.2}, at::kDouble).view({2, 2});

TEST(Adams, HasItsOrderForwardsAndBackwards) {
  for (const bool forward : {true, false})
    for (int order : {2, 3, 4, 5}) {
      // The worst over the way: at one point errors of either sign may meet.
      const auto error = [&](int evaluations) {
        std::vector<double> stops;
        for (int i = 0; i <= 20; ++i) stops.push_back(forward ? i / 20.0 : 1 - i / 20.0);
        double worst = 0;
        adams(
            field(), solution(start, stops.front()), stops, {evaluations, order},
            [&](std::size_t k, const at::Tensor& y, const at::Tensor&) {
              worst = std::max(worst, (y - solution(start, stops[k])).abs().max().item<double>());
            },
            nothing);
        return worst;
      };
      EXPECT_NEAR(std::log2(error(101) / error(201)), order, 0.5) << order;
    }
}

TEST(Adams, AnEvenGridIsOfThirdOrderByItsFirstStep) {
  const MeasuredField even{[](const at::Tensor& y, double) { return -y; }, [](double) { return std::vector<double>{1}; }};
  const auto error = [&](int evaluations) {
    at::Tensor end;
    adams(
        even, at::ones({1, 1}, at::kDouble), {0, 2}, {evaluations, 4},
        [&](std::size_t, const at::Tensor& y, const at::Tensor&) { end = y; }, nothing);
    return std::abs(end.item<double>() - std::exp(-2));
  };
  EXPECT_GT(std::log2(error(81) / error(161)), 2.7);
}

TEST(Adams, UsesAsManyEvaluationsAsItIsGivenAndStopsAreFree) {
  int calls = 0;
  auto counted = field();
  counted.value = [&calls, plain = field().value](const at::Tensor& y, double w) { return ++calls, plain(y, w); };
  std::vector<double> stops;
  for (int i = 0; i <= 100; ++i) stops.push_back(i / 100.0);
  std::vector<std::size_t> seen;
  double worst = 0, worstSlope = 0;
  adams(
      counted, start, stops, {40, 4},
      [&](std::size_t k, const at::Tensor& y, const at::Tensor& f) {
        seen.push_back(k);
        const auto truth = solution(start, stops[k]);
        worst = std::max(worst, (y - truth).abs().max().item<double>());
        worstSlope = std::max(worstSlope, (f - field().value(truth, stops[k])).abs().max().item<double>());
      },
      nothing);
  EXPECT_EQ(calls, 40);
  ASSERT_EQ(seen.size(), stops.size());
  for (std::size_t k = 0; k < seen.size(); ++k) EXPECT_EQ(seen[k], k);
  EXPECT_LT(worst, 1e-4);
  EXPECT_LT(worstSlope, 1e-3);
}

TEST(Adams, AConstantFieldIsExactHoweverTheMeasureBends) {
  const MeasuredField constant{[](const at::Tensor& y, double) {
                                 return at::tensor({2.0, 0.0}, at::kDouble).expand_as(y);
                               },
                               [](double w) {
                                 return std::vector<double>{std::exp(w), 1 / (w + 0.5)};
                               }};
  for (int evaluations : {2, 5, 12})
    adams(
        constant, start, {0, 1}, {evaluations, 4},
        [&](std::size_t k, const at::Tensor& y, const at::Tensor&) {
          if (k == 0) return;
          EXPECT_LT((y.select(1, 0) - start.select(1, 0) - 2 * (std::exp(1) - 1)).abs().max().item<double>(), 1e-9);
          EXPECT_TRUE(at::equal(y.select(1, 1), start.select(1, 1)));
        },
        nothing);
}

TEST(Adams, BlowUpIsToldAndCancellingLeavesAtOnce) {
  const MeasuredField pole{[](const at::Tensor& y, double) { return y.square(); }, [](double) { return std::vector<double>{1}; }};
  try {
    adams(pole, at::ones({1, 1}, at::kDouble), {0, 3}, {200, 4}, ignore, nothing);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::diverged);
  }
  int steps = 0;
  EXPECT_THROW(adams(field(), start, {0, 1}, {50, 4}, ignore,
                     [&](double) {
                       if (++steps == 3) throw Error(ErrorCode::cancelled, "cancelled");
                     }),
               Error);
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace inflaton
