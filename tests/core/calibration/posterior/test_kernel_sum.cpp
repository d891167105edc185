#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "core/calibration/posterior/kernel_sum.h"

using namespace inflaton;

namespace {

double direct(const std::vector<double>& points, double variance, double x, double y) {
  std::vector<double> exponent;
  double most = -1e300, sum = 0;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    exponent.push_back(-0.5 * ((points[i] - x) * (points[i] - x) + (points[i + 1] - y) * (points[i + 1] - y)) / variance);
    most = std::max(most, exponent.back());
  }
  for (const double e : exponent) sum += std::exp(e - most);
  return most + std::log(sum / static_cast<double>(exponent.size())) - std::log(2 * std::numbers::pi * variance);
}

}  // namespace

TEST(KernelSum, IsTheWholeSum) {
  std::mt19937_64 rng(3);
  std::normal_distribution<double> normal;
  for (const std::size_t count : {1u, 63u, 64u, 65u, 5000u}) {
    std::vector<double> points;
    for (std::size_t i = 0; i < count; ++i) {
      const double angle = 6 * normal(rng), radius = i % 2 ? 1 : 0.5;
      points.push_back(radius * std::cos(angle) + 0.05 * normal(rng)), points.push_back(radius * std::sin(angle) + 0.05 * normal(rng));
    }
    for (const double variance : {1e-4, 1e-2, 1.0}) {
      const KernelSum sum(points, variance);
      for (int q = 0; q < 50; ++q) {
        const double x = 1.5 * normal(rng), y = 1.5 * normal(rng), exact = direct(points, variance, x, y);
        EXPECT_NEAR(sum.logMean(x, y), exact, 1e-12 * (1 + std::abs(exact))) << count << " " << variance;
      }
    }
  }
}

TEST(KernelSum, FiniteFarAway) {
  const std::vector<double> points{0, 0, 1, 1, 1, 1};
  const KernelSum sum(points, 0.01);
  EXPECT_NEAR(sum.logMean(1e4, 0), direct(points, 0.01, 1e4, 0), 1e-3);
  EXPECT_TRUE(std::isfinite(sum.logMean(-3e5, 7e5)));
}
