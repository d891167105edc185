// The map that everything else leans on: second order in the step, reversible, volume-preserving.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/mcmc/kernels.h"
#include "tests/core/mcmc/targets.h"

namespace inflaton::mcmc {
namespace {

struct Point {
  std::vector<double> q, p;
};

/// Leapfrog steps as the walks take them; returns H at the end.
double integrate(const Target& target, Point& at, const std::vector<double>& metric, double step, int steps) {
  const std::size_t n = at.q.size();
  std::vector<double> gradient(n), row(n), slope(n);
  double logDensity = 0;
  target.evaluate(at.q, {&logDensity, 1}, gradient);
  double kinetic = kineticEnergy(n, at.p.data(), metric.data());
  for (int i = 0; i < steps; ++i) {
    kickDrift(n, step, at.p.data(), at.q.data(), gradient.data(), metric.data(), row.data());
    EXPECT_EQ(row, at.q);
    target.evaluate(row, {&logDensity, 1}, slope);
    kinetic = kick(n, step, at.p.data(), gradient.data(), slope.data(), metric.data());
    EXPECT_EQ(gradient, slope);
  }
  return kinetic - logDensity;
}

const std::vector<double> kMetric{0.7, 1.9};
const Point kStart{{0.8, -0.3}, {0.5, 1.1}};

TEST(Leapfrog, EnergyErrorFallsWithTheSquareOfTheStep) {
  const auto target = testing::banana();
  const double time = 1.5;
  std::vector<double> errors;
  for (const int steps : {100, 200, 400, 800}) {
    Point at = kStart;
    const double before = integrate(target, at, kMetric, 0, 0);
    errors.push_back(std::abs(integrate(target, at, kMetric, time / steps, steps) - before));
  }
  for (std::size_t i = 1; i < errors.size(); ++i) EXPECT_NEAR(std::log2(errors[i - 1] / errors[i]), 2, 0.05);
  EXPECT_GT(errors.back(), 1e-9);  // it is the method's error, not rounding
}

TEST(Leapfrog, RunsBackToWhereItCameFrom) {
  for (const std::size_t n : {2u, 7u}) {
    const auto target = n == 2 ? testing::banana() : testing::correlated(n, 0.7);
    std::vector<double> metric(n, 1.3);
    Point at{testing::starts(1, n)[0], testing::starts(1, n, 2)[0]};
    const Point from = at;
    integrate(target, at, metric, 0.05, 200);
    for (double& p : at.p) p = -p;
    integrate(target, at, metric, 0.05, 200);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(at.q[i], from.q[i], 1e-11);
      EXPECT_NEAR(at.p[i], -from.p[i], 1e-11);
    }
    // A negative step is the same as turning the momentum round.
    integrate(target, at = from, metric, 0.05, 50);
    integrate(target, at, metric, -0.05, 50);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(at.q[i], from.q[i], 1e-12);
      EXPECT_NEAR(at.p[i], from.p[i], 1e-12);
    }
  }
}

double determinant(std::vector<std::vector<double>> m) {
  double product = 1;
  for (std::size_t c = 0; c < m.size(); ++c) {
    std::size_t best = c;
    for (std::size_t r = c; r < m.size(); ++r)
      if (std::abs(m[r][c]) > std::abs(m[best][c])) best = r;
    if (best != c) std::swap(m[best], m[c]), product = -product;
    product *= m[c][c];
    for (std::size_t r = c + 1; r < m.size(); ++r)
      for (std::size_t k = m.size(); k-- > c;) m[r][k] -= m[r][c] / m[c][c] * m[c][k];
  }
  return product;
}

TEST(Leapfrog, KeepsVolume) {
  const auto target = testing::banana();
  for (const double step : {0.02, 0.1, 0.3}) {
    std::vector<std::vector<double>> jacobian(4, std::vector<double>(4));
    const double h = 1e-5;
    double stretch = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      Point ends[2] = {kStart, kStart};
      for (const int side : {0, 1}) {
        (j < 2 ? ends[side].q[j] : ends[side].p[j - 2]) += side ? h : -h;
        integrate(target, ends[side], kMetric, step, 6);
      }
      for (std::size_t i = 0; i < 4; ++i) {
        jacobian[i][j] = i < 2 ? (ends[1].q[i] - ends[0].q[i]) / (2 * h) : (ends[1].p[i - 2] - ends[0].p[i - 2]) / (2 * h);
        stretch = std::max(stretch, std::abs(jacobian[i][j] - (i == j)));
      }
    }
    EXPECT_GT(stretch, 0.1);
    EXPECT_NEAR(determinant(jacobian), 1, 1e-6) << step;
  }
}

TEST(Leapfrog, TheCriterionIsItsDefinition) {
  // Sums in one pass over pairs of lanes against sums as they read, of odd and even length, in and out of place.
  for (const std::size_t n : {1u, 2u, 5u, 64u, 65u}) {
    int goOn = 0;
    for (int trial = 0; trial < 200; ++trial) {
      const auto v = testing::starts(7, n, 1 + 0.01 * trial);
      std::vector<std::vector<double>> x = v;
      for (auto& row : x)
        for (std::size_t i = 0; i < n; ++i) row[i] = 1.1 + std::sin(37.0 * trial + 100 * row[i]) * 1.6;
      std::vector<double> metric(n);
      for (std::size_t i = 0; i < n; ++i) metric[i] = 0.5 + std::abs(x[6][i]);
      const auto along = [&](const std::vector<double>& p, const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += metric[i] * p[i] * (a[i] + b[i]);
        return sum > 0;
      };
      const auto &sa = x[0], &oa = x[1], &ia = x[2], &sb = x[3], &ob = x[4], &ib = x[5];
      const bool want =
          along(oa, sa, sb) && along(ob, sa, sb) && along(oa, sa, ib) && along(ib, sa, ib) && along(ob, sb, ia) && along(ia, sb, ia);
      goOn += want;
      std::vector<double> sum = sa;
      EXPECT_EQ(joinGoesOn(n, {sum.data(), oa.data(), ia.data()}, {sb.data(), ob.data(), ib.data()}, metric.data(), sum.data()), want);
      for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(sum[i], sa[i] + sb[i]);
      EXPECT_EQ(pairGoesOn(n, sa.data(), sb.data(), metric.data(), sum.data()), along(sa, sa, sb) && along(sb, sa, sb));
    }
    if (n < 6) {
      EXPECT_TRUE(goOn > 20 && goOn < 195) << n << " " << goOn;
    }
  }
}

}  // namespace
}  // namespace inflaton::mcmc
