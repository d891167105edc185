#include "core/data/given_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace inflaton {
namespace {

using ::testing::HasSubstr;

PointSet three() {
  PointSet p;
  p.n = 3, p.dim = 2, p.values = {1, 2, 3, 4, 5, 6};
  return p;
}

std::string refusal(const PointSet& p) {
  try {
    requireGivenPoints(p, "points");
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    return e.what();
  }
  return {};
}

TEST(GivenPoints, WholeOnesPassWithOrWithoutLabels) {
  auto p = three();
  EXPECT_EQ(refusal(p), "");
  p.labels = {0, 1, 0};
  EXPECT_EQ(refusal(p), "");
}

TEST(GivenPoints, OthersAreRefusedByName) {
  EXPECT_THAT(refusal({}), HasSubstr("points: there are 0 points in 0 dimensions"));
  auto p = three();
  p.values.pop_back();
  EXPECT_THAT(refusal(p), HasSubstr("there are 5 values; needed: 3 x 2"));
  p = three();
  p.labels = {1};
  EXPECT_THAT(refusal(p), HasSubstr("there are 1 labels; needed: 3, or none"));
  for (const float bad : {NAN, INFINITY}) {
    p = three();
    p.values[3] = bad;
    EXPECT_THAT(refusal(p), HasSubstr("row 1, column 1 is not finite"));
  }
}

}  // namespace
}  // namespace inflaton
