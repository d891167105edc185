// Drawing, embedding and measuring points can be left.
#include <gtest/gtest.h>

#include "core/api/points.h"
#include "core/api/stop_scope.h"
#include "core/data/embed.h"

namespace inflaton {
namespace {

TEST(Stops, DrawingPointsIsLeft) {
  const PointSet points = sampleToy("circles", 1000, 1);
  std::stop_source stop;
  const StopScope scope(stop.get_token(), {});
  EXPECT_EQ(sampleToy("circles", 1000, 1).values, points.values) << "not asked, it goes on";
  stop.request_stop();
  EXPECT_THROW(sampleToy("circles", 1000, 1), Error);
  EXPECT_THROW(resamplePoints(points, 1000, 1), Error);
  EXPECT_THROW(embed(points, 8, 0.1, 1), Error);
  EXPECT_THROW(eigenbasisOf(points), Error);
}

TEST(Stops, BlocksOfPointsDrawWhatAllOfThemWould) {
  const std::int64_t n = (std::int64_t{1} << 18) + 1000;  // more than one block of a set that is not standardised
  const PointSet many = sampleToy("alt_s_curve", n, 3), few = sampleToy("alt_s_curve", 1000, 3);
  for (std::size_t i = 0; i < few.values.size(); ++i) ASSERT_EQ(many.values[i], few.values[i]) << i;
  EXPECT_NE(many.row(n - 1)[0], many.row(n - 2)[0]);
}

}  // namespace
}  // namespace inflaton
