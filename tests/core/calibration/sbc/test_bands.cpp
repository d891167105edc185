#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/calibration/sbc/bands.h"

using namespace inflaton;

namespace {

std::vector<std::int32_t> uniformRanks(std::int64_t n, std::int64_t ranks, std::mt19937_64& rng) {
  std::uniform_int_distribution<std::int32_t> draw(0, static_cast<std::int32_t>(ranks - 1));
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(draw(rng));
  return out;
}

}  // namespace

TEST(Bands, SimultaneousCoverageIsWhatTheySay) {
  std::mt19937_64 rng(11);
  for (const auto& [n, ranks] : {std::pair{100, 1000}, {500, 1000}, {50, 10}, {200, 137}}) {
    const UniformityBands bands(n, ranks, 0.95);
    EXPECT_GE(bands.coverage(), 0.95);
    EXPECT_LT(bands.coverage(), n == 50 ? 0.98 : 0.957);
    constexpr int kTries = 4000;
    int inside = 0, small = 0, half = 0;
    for (int i = 0; i < kTries; ++i) {
      const auto test = bands.test(uniformRanks(n, ranks, rng));
      inside += test.inside;
      EXPECT_EQ(test.inside, test.pValue > 1 - 0.95) << test.pValue;
      small += test.pValue <= 0.01, half += test.pValue <= 0.5;
    }
    const double error = std::sqrt(0.95 * 0.05 / kTries);
    EXPECT_NEAR(static_cast<double>(inside) / kTries, bands.coverage(), 4 * error) << n << " of " << ranks;
    EXPECT_LE(static_cast<double>(small) / kTries, 0.01 + 4 * std::sqrt(0.01 / kTries));
    EXPECT_LE(static_cast<double>(half) / kTries, 0.5 + 4 * 0.5 / std::sqrt(kTries));
    EXPECT_GE(static_cast<double>(half) / kTries, n == 50 ? 0.2 : 0.42);  // discrete, so a little conservative
  }
}

TEST(Bands, SpanTheEvaluationPoints) {
  const UniformityBands bands(200, 1000, 0.95);
  ASSERT_EQ(bands.at().size(), 100u);
  EXPECT_EQ(bands.at().back(), 1);
  const auto lower = bands.lower(), upper = bands.upper();
  for (std::size_t i = 0; i < lower.size(); ++i) EXPECT_TRUE(lower[i] <= 0 && upper[i] >= 0) << i;
  EXPECT_EQ(upper.back(), 0);
  // Narrower than Kolmogorov's constant band near the ends, and wider than a pointwise one in the middle.
  EXPECT_LT(upper[1], 1.36 / std::sqrt(200.0));
  EXPECT_GT(upper[49], 1.96 * 0.5 / std::sqrt(200.0));
}

TEST(Bands, FindWhatIsNotUniform) {
  std::mt19937_64 rng(5);
  std::normal_distribution<double> normal;
  const UniformityBands bands(500, 1000, 0.95);
  const auto ranksOf = [&](double shift, double spread) {
    std::vector<std::int32_t> ranks;
    for (int i = 0; i < 500; ++i)
      ranks.push_back(static_cast<std::int32_t>(std::min(999.0, 1000 * 0.5 * std::erfc(-(shift + spread * normal(rng)) / std::sqrt(2.0)))));
    return ranks;
  };
  EXPECT_FALSE(bands.test(ranksOf(0.3, 1)).inside);
  EXPECT_FALSE(bands.test(ranksOf(0, 1.4)).inside);
  EXPECT_FALSE(bands.test(ranksOf(0, 0.7)).inside);
  EXPECT_EQ(bands.test(std::vector<std::int32_t>(500, 3)).pValue, 1e-12);
}

TEST(Bands, BinomialInterval) {
  const auto i = binomialInterval(10, 0.5, 0.95);  // P(X <= 1) = 0.0107, P(X <= 2) = 0.0547
  EXPECT_DOUBLE_EQ(i.lower, 0.2);
  EXPECT_DOUBLE_EQ(i.upper, 0.8);
}
