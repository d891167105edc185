#include "core/api/data_sets.h"

#include <gmock/gmock.h>

#include <set>

#include "core/data/counter_rng.h"
#include "core/data/random.h"
#include "core/data/shape_draw.h"
#include "tests/core/data/points_digest.h"

namespace inflaton {
namespace {

using test::digest;
using ::testing::HasSubstr;

std::array<double, 3> bow(double u, double v, int) { return {u, u * u, v}; }

/// A set that nothing speaks against but that the list is frozen.
DataSet good() { return {{"bow", "Bow", 2, "A parabola."}, 200, ToyShape{1, 1, bow, {0.1, 0.1, 0}}}; }

std::string refusal(DataSet set) {
  try {
    registerDataSet(std::move(set));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    return e.what();
  }
  return "accepted";
}

TEST(DataSets, BytesOfTheReferencesSetsAreFrozen) {
  for (const auto& [id, frozen] : test::frozenDigests()) EXPECT_EQ(digest(sampleToy(id, 64, 5)), frozen) << id;
}

TEST(DataSets, BytesOfEmbeddedAndResampledPointsAreFrozen) {
  DataOptions o;
  o.augment_to = 5, o.augment_noise = 0.2;
  auto embedded = makePoints(o, 64, 5), drawn = resamplePoints(sampleToy("circles", 64, 5), 32, 5);
  embedded.labels.clear(), drawn.labels.clear();
  EXPECT_EQ(digest(embedded), 0x343f69a573718043u);
  EXPECT_EQ(digest(drawn), 0x3016d42c4eee47ecu);
}

TEST(DataSets, StreamsAreUniqueAndBelongToTheSetNotToItsPlace) {
  const std::map<std::string, std::uint32_t> frozen{{"circles", 1}, {"sine2", 2},       {"moons", 3},    {"s_curve", 4},
                                                    {"swirl", 5},   {"alt_s_curve", 6}, {"alt_swirl", 7}};
  std::set<std::uint32_t> streams{stream::resampling, stream::embeddingMap, stream::embeddingNoise};
  for (const auto& set : dataSets()) {
    EXPECT_TRUE(streams.insert(set.stream).second) << set.info.id;
    const auto it = frozen.find(set.info.id);
    if (it != frozen.end()) {
      EXPECT_EQ(set.stream, it->second) << set.info.id;
    }
  }
}

TEST(DataSets, ListsAgree) {
  ASSERT_EQ(dataSets().size(), toySets().size());
  for (std::size_t i = 0; i < toySets().size(); ++i) {
    EXPECT_EQ(dataSets()[i].info.id, toySets()[i].id);
    EXPECT_EQ(findDataSet(toySets()[i].id), &dataSets()[i]);
    EXPECT_FALSE(toySets()[i].title.empty() || toySets()[i].about.empty());
  }
  EXPECT_EQ(findDataSet("file"), nullptr);
}

TEST(DataSets, TheUsualDrawStandsWhereNoneIsGiven) {
  const DataSet set = good();
  const CounterRng rng(3, set.stream);
  std::array<double, 2> x{};
  EXPECT_EQ(drawFromShape(set, rng, 11, x), curveBin(rng.uniforms(11, 0)[0]));
  const double u = rng.uniforms(11, 0)[0];
  EXPECT_EQ(x[0], u + 0.1 * rng.normals(11, 1)[0]);
  EXPECT_EQ(x[1], u * u + 0.1 * rng.normals(11, 1)[1]);
  EXPECT_EQ(curveBin(0), 0);
  EXPECT_EQ(curveBin(1), 7);
}

TEST(DataSets, RefusalsNameTheSetAndTheReason) {
  const auto with = [](auto change) {
    DataSet set = good();
    change(set);
    return refusal(std::move(set));
  };
  EXPECT_EQ(with([](DataSet& s) { s.info.id = "two words"; }), "data set \"two words\" has no proper id; allowed: letters, digits and '_'");
  EXPECT_EQ(with([](DataSet& s) { s.info.id = ""; }), "data set \"\" has no proper id; allowed: letters, digits and '_'");
  EXPECT_EQ(with([](DataSet& s) { s.info.id = "file"; }), "data set \"file\" has the id that stands for the user's own points");
  EXPECT_EQ(with([](DataSet& s) { s.info.id = "moons"; }), "data set \"moons\" is there already");
  EXPECT_EQ(with([](DataSet& s) { s.stream = 3; }), "data set \"bow\" has the random stream 3 of \"moons\"");
  for (const std::uint32_t taken : {0u, 101u, 102u})
    EXPECT_EQ(with([=](DataSet& s) { s.stream = taken; }),
              "data set \"bow\" has the random stream " + std::to_string(taken) + ", which belongs to resampling or embedding");
  EXPECT_EQ(with([](DataSet& s) { s.shape.reset(); }), "data set \"bow\" has neither a shape nor a draw");
  EXPECT_EQ(with([](DataSet& s) { s.shape->centre = nullptr; }), "data set \"bow\" has a shape without a centre");
  EXPECT_THAT(with([](DataSet& s) { s.shape->parameters = 3; }), HasSubstr("1 parts and 3 parameters"));
  EXPECT_EQ(with([](DataSet& s) { s.info.dim = 4; }), "data set \"bow\" has 4 dimensions; allowed: 2 to 3 for a set with a shape");
  EXPECT_EQ(with([](DataSet& s) { s.info.dim = 1; }), "data set \"bow\" has 1 dimensions; allowed: 2 to 3 for a set with a shape");
  EXPECT_THAT(with([](DataSet& s) {
                s.info.dim = 17, s.shape.reset();
                s.draw = [](const DataSet&, const CounterRng&, std::uint64_t, std::span<double>) { return 0; };
              }),
              HasSubstr("17 dimensions; allowed: 2 to 16"));
}

TEST(DataSets, NoneIsAddedOnceTheListHasBeenRead) {
  freezeDataSets();
  const auto before = dataSets().size();
  EXPECT_EQ(refusal(good()), "data set \"bow\" is registered too late: options and lists of the data sets have been made");
  EXPECT_EQ(dataSets().size(), before);
}

}  // namespace
}  // namespace inflaton
