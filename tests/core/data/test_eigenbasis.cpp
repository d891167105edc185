// The covariance that the eigenbasis stands for, against the formula evaluated directly in long double.
#include <gtest/gtest.h>

#include <cmath>

#include "core/api/points.h"
#include "core/data/counter_rng.h"

namespace inflaton {
namespace {

/// n points in `dim` dimensions: axes of different widths that lean on one another, about a mean of so many of the first axis's widths.
PointSet leaning(std::int64_t n, int dim, double meanInWidths) {
  PointSet p;
  p.name = "leaning", p.n = n, p.dim = dim;
  p.values.resize(static_cast<std::size_t>(n * dim));
  const CounterRng rng(5, 0);
  for (std::int64_t i = 0; i < n; ++i) {
    double before = 0;
    for (int j = 0; j < dim; ++j) {
      const double z = rng.normals(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j / 4))[static_cast<std::size_t>(j % 4)];
      before = 0.6 * before + (1 + 0.1 * j) * z;
      p.values[static_cast<std::size_t>(i * dim + j)] = static_cast<float>(before + meanInWidths);
    }
  }
  return p;
}

/// Greatest difference between W diag(xi) W^T and the covariance, in units of the greatest variance; the mean is checked on the way.
double worstEntry(const PointSet& p, double meanTolerance) {
  const auto b = eigenbasisOf(p);
  const auto D = static_cast<std::size_t>(p.dim), n = static_cast<std::size_t>(p.n);
  std::vector<long double> mean(D, 0), covariance(D * D, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < D; ++j) mean[j] += p.values[i * D + j];
  for (auto& v : mean) v /= static_cast<long double>(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < D; ++j)
      for (std::size_t k = 0; k <= j; ++k) covariance[j * D + k] += (p.values[i * D + j] - mean[j]) * (p.values[i * D + k] - mean[k]);
  double worst = 0;
  for (std::size_t j = 0; j < D; ++j) {
    EXPECT_NEAR(b.mean[j], static_cast<double>(mean[j]), meanTolerance) << j;
    for (std::size_t k = 0; k <= j; ++k) {
      double sum = 0;
      for (std::size_t a = 0; a < D; ++a) sum += b.W[j * D + a] * b.eigenvalues[a] * b.W[k * D + a];
      worst = std::max(worst, std::abs(sum - static_cast<double>(covariance[j * D + k] / static_cast<long double>(n - 1))));
    }
  }
  return worst / b.eigenvalues.front();
}

TEST(Covariance, IsTheDirectFormula) { EXPECT_LT(worstEntry(leaning(100000, 16, 0), 1e-13), 2e-14); }

TEST(Covariance, ForgivesAMeanAMillionWidthsAway) { EXPECT_LT(worstEntry(leaning(100000, 16, 1e6), 1e-7), 2e-14); }

// More numbers than one block of 2^23 holds, and a last block that is all but empty.
TEST(Covariance, DoesNotDependOnWhereItIsCut) {
  EXPECT_LT(worstEntry(leaning((std::int64_t{1} << 19) + 1, 16, 3), 1e-12), 5e-14);
  EXPECT_LT(worstEntry(leaning(1300000, 7, 3), 1e-12), 5e-14);
}

TEST(Covariance, CopiesOfABasisShareItsVectors) {
  const auto b = eigenbasisOf(leaning(100, 3, 0));
  const auto copy = b;
  EXPECT_EQ(copy.W.data(), b.W.data());
  EXPECT_EQ(copy.W.size(), 9u);
}

TEST(Resample, TakesRowsWithTheirLabelsAndWhatTheyWereMadeOf) {
  auto p = leaning(50, 3, 0);
  for (std::int32_t i = 0; i < 50; ++i) p.labels.push_back(i);
  p.offset = {1, 2, 3}, p.scale = {4, 5, 6}, p.embeddedFrom = 2;
  const auto some = resamplePoints(p, 200, 8);
  ASSERT_EQ(some.values.size(), 600u);
  ASSERT_EQ(some.labels.size(), 200u);
  EXPECT_EQ(some.name, p.name);
  EXPECT_EQ(some.offset, p.offset);
  EXPECT_EQ(some.scale, p.scale);
  EXPECT_EQ(some.embeddedFrom, 2);
  for (std::int64_t i = 0; i < 200; ++i)
    for (std::size_t j = 0; j < 3; ++j) ASSERT_EQ(some.row(i)[j], p.row(some.labels[static_cast<std::size_t>(i)])[j]);
  p.labels.clear();
  EXPECT_EQ(resamplePoints(p, 20, 8).labels, std::vector<std::int32_t>(20, 0));
}

}  // namespace
}  // namespace inflaton
