#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "core/calibration/posterior/sobol.h"

using namespace inflaton;

TEST(Sobol, OnePointInEveryElementaryBoxHoweverScrambled) {
  // A (0, 10, 2)-net: every box of sides 2^-j and 2^-(10-j) holds exactly one of the first 1024 points.
  for (const std::uint64_t seed : {1u, 2u, 77u}) {
    const auto u = scrambledSobol(1024, seed);
    for (int j = 0; j <= 10; ++j) {
      std::set<std::pair<int, int>> boxes;
      for (std::size_t i = 0; i < u.size(); i += 2)
        boxes.insert({static_cast<int>(std::ldexp(u[i], j)), static_cast<int>(std::ldexp(u[i + 1], 10 - j))});
      EXPECT_EQ(boxes.size(), 1024u) << j;
    }
  }
}

TEST(Sobol, RandomisationsAreUnbiasedAndFarBetterThanChance) {
  const auto f = [](double x, double y) { return std::exp(x) * std::sin(3 * y) + x * y; };
  const double exact = (std::numbers::e - 1) * (1 - std::cos(3.0)) / 3 + 0.25;
  double sum = 0, square = 0;
  constexpr int kSeeds = 64;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto u = scrambledSobol(512, static_cast<std::uint64_t>(seed));
    double mean = 0;
    for (std::size_t i = 0; i < u.size(); i += 2) mean += f(u[i], u[i + 1]) / 512;
    sum += mean - exact, square += (mean - exact) * (mean - exact);
  }
  const double error = std::sqrt(square / kSeeds);
  EXPECT_LT(std::abs(sum / kSeeds), 4 * error / std::sqrt(kSeeds));
  EXPECT_LT(error, 0.6 / std::sqrt(512.0) / 50);  // plain Monte Carlo's is 0.6 / sqrt(512)
}

TEST(Sobol, SeedsDifferAndMoreBeginWithFewer) {
  const auto few = scrambledSobol(100, 5), many = scrambledSobol(300, 5), other = scrambledSobol(100, 6);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(few, other);
  for (const double v : many) EXPECT_TRUE(v > 0 && v < 1);
}

TEST(Sobol, NormalQuantile) {
  for (const double p : {1e-300, 1e-20, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.999, 1 - 1e-9}) {
    const double z = normalQuantile(p);
    const double tail = std::min(p, 1 - p);
    EXPECT_NEAR(0.5 * std::erfc(std::abs(z) / std::numbers::sqrt2) / tail, 1, 1e-12 * (1 + z * z)) << p;
    EXPECT_EQ(z > 0, p > 0.5);
  }
  EXPECT_NEAR(normalQuantile(0.975), 1.959963984540054, 1e-14);
}
