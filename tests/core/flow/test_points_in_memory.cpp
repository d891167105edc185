// Points from memory do what the same points in files do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/api/density.h"
#include "core/api/save_array.h"
#include "core/api/simulate.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const PointSet> points(std::int64_t n, std::uint64_t seed) {
  return std::make_shared<const PointSet>(sampleToy("moons", n, seed));
}

ToySimulateOptions small() {
  ToySimulateOptions o;
  o.data_name = "moons", o.total_samples = 80, o.frames = 4, o.direction = "roundtrip";
  return o;
}

TEST(GivenPointsOfAFlow, AreAsGoodAsFiles) {
  const testing::Folder folder;
  const auto start = points(9, 3), references = points(80, 4);
  auto o = small();
  o.data_name = "file", o.data_file = folder.file("data.npy"), o.initial = folder.file("start.npy"), o.standardize = false;
  const auto refused = simulateToy(o, {});
  ASSERT_FALSE(refused) << "there are no files";
  for (const std::int64_t some : {0, 30}) {  // all of them, or a draw
    o.references = some;
    const auto inMemory = simulateToy(o, {}, {start, references});
    ASSERT_TRUE(inMemory) << inMemory.error().message;
    ASSERT_TRUE(saveArray(o.data_file, references->values, {80, 2}));
    ASSERT_TRUE(saveArray(o.initial, start->values, {9, 2}));
    const auto fromFiles = simulateToy(o, {});
    ASSERT_TRUE(fromFiles) << fromFiles.error().message;
    ASSERT_EQ((*inMemory)->lanes.size(), 2u);
    for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ((*inMemory)->lanes[k].x, (*fromFiles)->lanes[k].x);
    EXPECT_EQ((*inMemory)->basis.eigenvalues, (*fromFiles)->basis.eigenvalues);
    EXPECT_EQ((*inMemory)->command, (*fromFiles)->command);
  }
}

TEST(GivenPointsOfAFlow, ThatDoNotFitAreRefused) {
  const auto space = std::make_shared<const PointSet>(sampleToy("s_curve", 20, 1));
  const auto refused = simulateToy(small(), {}, {space, {}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the starting points have 3 columns"));
  const auto empty = simulateToy(small(), {}, {std::make_shared<const PointSet>(), {}});
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("starting points: there are 0 points"));
  auto hole = *points(20, 1);
  hole.values[7] = NAN;
  const auto holed = simulateToy(small(), {}, {{}, std::make_shared<const PointSet>(hole)});
  ASSERT_FALSE(holed);
  EXPECT_THAT(holed.error().message, HasSubstr("references: row 3, column 1 is not finite"));
}

TEST(GivenPointsOfADensity, AreAsGoodAsFiles) {
  const testing::Folder folder;
  const auto asked = points(12, 5), references = points(70, 6);
  DensityOptions o;
  o.data_name = "file", o.data_file = folder.file("data.npy"), o.points = folder.file("points.npy"), o.standardize = false;
  o.total_samples = 70, o.t = 0.5;
  const auto inMemory = density(o, {}, {asked, references});
  ASSERT_TRUE(inMemory) << inMemory.error().message;
  ASSERT_TRUE(saveArray(o.data_file, references->values, {70, 2}));
  ASSERT_TRUE(saveArray(o.points, asked->values, {12, 2}));
  const auto fromFiles = density(o, {});
  ASSERT_TRUE(fromFiles) << fromFiles.error().message;
  EXPECT_EQ((*inMemory)->points, (*fromFiles)->points);
  EXPECT_EQ((*inMemory)->logDensity, (*fromFiles)->logDensity);
  EXPECT_EQ((*inMemory)->singular, (*fromFiles)->singular);

  const auto refused = density(o, {}, {std::make_shared<const PointSet>(sampleToy("s_curve", 5, 1)), {}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("s_curve has 3 columns; needed: 2"));
}

}  // namespace
}  // namespace inflaton
