#include "core/data/embed.h"

#include <gtest/gtest.h>

#include <cmath>

namespace inflaton {
namespace {

double distance(const PointSet& p, std::int64_t a, std::int64_t b) {
  double square = 0;
  for (int j = 0; j < p.dim; ++j) square += std::pow(p.row(a)[static_cast<std::size_t>(j)] - p.row(b)[static_cast<std::size_t>(j)], 2);
  return std::sqrt(square);
}

TEST(Embed, KeepsDistancesAndLabels) {
  const auto p = sampleToy("circles", 200, 3), e = embed(p, 5, 0, 9);
  ASSERT_EQ(e.dim, 5);
  EXPECT_EQ(e.labels, p.labels);
  EXPECT_EQ(e.embeddedFrom, 2);
  for (std::int64_t i = 1; i < 200; ++i) EXPECT_NEAR(distance(e, 0, i), distance(p, 0, i), 1e-5);
}

TEST(Embed, TheMapNeverChangesAndTheDrawIsUntouched) {
  DataOptions plain, embedded;
  embedded.augment_to = 4;
  for (std::uint64_t seed : {1u, 2u}) EXPECT_EQ(makePoints(embedded, 50, seed).values, embed(makePoints(plain, 50, seed), 4, 0, 77).values);
  EXPECT_NE(makePoints(embedded, 50, 1).values, makePoints(embedded, 50, 2).values);  // every batch is a new one: specification 1.3 item 9
}

TEST(Embed, NoiseFillsAllDimensionsWithItsVariance) {
  DataOptions o;
  o.augment_to = 3, o.augment_noise = 0.2;
  const auto b = eigenbasisOf(makePoints(o, 40000, 5));
  EXPECT_NEAR(b.eigenvalues[2], 0.04, 0.002);
  EXPECT_NEAR(b.eigenvalues[0], 1.04, 0.03);
}

TEST(Embed, EmptyAxesGetASmallEigenvalueInsteadOfNone) {
  DataOptions o;
  o.augment_to = 3;
  const auto b = eigenbasisOf(makePoints(o, 1000, 5));
  EXPECT_DOUBLE_EQ(b.eigenvalues[2], 1e-6 * b.eigenvalues[0]);
}

TEST(Embed, FewerDimensionsAreRefused) {
  DataOptions o;
  o.data_name = "swirl", o.augment_to = 2;
  try {
    makePoints(o, 10, 0);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "augment_to is 2; allowed: 3 to 16 (swirl has 3 dimensions), or 0 for none");
  }
}

}  // namespace
}  // namespace inflaton
