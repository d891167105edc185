// CONTRIBUTING.md, "A data set", done as written: two sets that nobody has heard of are registered, one with a shape, one with a draw
// alone, and nothing else is told of them. All tests of this program see the list with both.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/data_sets.h"
#include "core/api/simulate.h"
#include "core/api/train.h"
#include "core/data/counter_rng.h"
#include "tests/core/data/points_digest.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::array<double, 3> bow(double u, double, int) { return {2 * u - 1, (2 * u - 1) * (2 * u - 1), 0}; }

/// Four clusters at the corners of a tetrahedron: no curve, so no shape.
std::int32_t corners(const DataSet&, const CounterRng& rng, std::uint64_t i, std::span<double> x) {
  const auto corner = static_cast<std::int32_t>(i % 4);
  const auto z = rng.normals(i, 0);
  for (std::size_t j = 0; j < 3; ++j) x[j] = (corner == 3 || corner == static_cast<std::int32_t>(j) ? 1.0 : -1.0) + 0.1 * z[j];
  return corner;
}

// As a plug-in does: before main reads the list.
const bool registered = [] {
  registerDataSet({{"bow", "Bow", 2, "A parabola with noise 0.05."}, 201, ToyShape{1, 1, bow, {0.05, 0.05, 0}}});
  registerDataSet({{"corners", "Corners", 3, "Four clusters at the corners of a tetrahedron."}, 202, {}, true, corners});
  return true;
}();

const std::vector<std::string>& made() {
  static const std::vector<std::string> ids{"bow", "corners"};
  return ids;
}

TEST(DataSetRecipe, TheSetsStandAmongTheChoicesOfEveryTable) {
  ASSERT_TRUE(registered);
  for (const ParameterTable* table : {&parameterTable<ToySimulateOptions>(), &parameterTable<ToyTrainOptions>()}) {
    const Parameter* row = table->find("data_name");
    ASSERT_TRUE(row);
    for (const auto& id : made()) {
      EXPECT_THAT(row->choices, Contains(id));
      EXPECT_EQ(std::get<std::string>(parseParameter(*row, id)), id);
    }
    EXPECT_THAT(row->choiceLabels, Contains("Corners"));
    EXPECT_THAT(row->range(), HasSubstr("bow, corners, file"));
  }
  ToySimulateOptions o;
  fromJson(o, nlohmann::json{{"data_name", "bow"}, {"dims_to_keep", 1}}, "a test");
  EXPECT_THAT(commandLine(o), HasSubstr("--data_name bow"));
  o.dims_to_keep = 3;
  try {
    validate(o);
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("bow has 2 dimensions"));
  }
}

TEST(DataSetRecipe, PointsAreStandardisedLabelledAndTheSameForTheSameSeed) {
  for (const auto& id : made()) {
    SCOPED_TRACE(id);
    const PointSet p = sampleToy(id, 30000, 4);
    EXPECT_EQ(p.dim, findDataSet(id)->info.dim);
    EXPECT_EQ(test::digest(p), test::digest(sampleToy(id, 30000, 4)));
    EXPECT_NE(test::digest(p), test::digest(sampleToy(id, 30000, 5)));
    for (int j = 0; j < p.dim; ++j) {
      double mean = 0, square = 0;
      for (std::int64_t i = 0; i < p.n; ++i) mean += p.row(i)[static_cast<std::size_t>(j)] / static_cast<double>(p.n);
      for (std::int64_t i = 0; i < p.n; ++i) square += std::pow(p.row(i)[static_cast<std::size_t>(j)] - mean, 2) / static_cast<double>(p.n);
      EXPECT_NEAR(mean, 0, 1e-6);
      EXPECT_NEAR(square, 1, 1e-5);
    }
    EXPECT_EQ(*std::max_element(p.labels.begin(), p.labels.end()), id == "bow" ? 7 : 3);
  }
}

TEST(DataSetRecipe, NobodyElsesBytesChange) {
  for (const auto& [id, frozen] : test::frozenDigests()) EXPECT_EQ(test::digest(sampleToy(id, 64, 5)), frozen) << id;
}

TEST(DataSetRecipe, TheExactFlowInflatesAndComesBack) {
  for (const auto& id : made())
    for (const bool reduce : {false, true}) {
      SCOPED_TRACE(id + (reduce ? ", PRR" : ", PRP"));
      ToySimulateOptions o;
      o.data_name = id, o.total_samples = 300, o.frames = 11, o.dims_to_keep = reduce ? findDataSet(id)->info.dim - 1 : 0;
      const auto result = simulateToy(o, {});
      ASSERT_TRUE(result) << result.error().message;
      const Simulation& s = **result;
      EXPECT_EQ(s.data.name, id);
      EXPECT_EQ(s.lanes.size(), 3u);
      EXPECT_LT(s.roundTripRmseKept, 1e-2);  // of data whose standard deviation is 1
      EXPECT_THAT(s.command, HasSubstr("--data_name " + id));
    }
}

TEST(DataSetRecipe, ANetworkIsTrainedAndMeasured) {
  const testing::TempFolder folder;
  for (const auto& id : made()) {
    ToyTrainOptions o;
    o.data_name = id, o.outdir = folder.path();
    o.batch = 64, o.duration = 0.0064, o.width = 16, o.depth = 2, o.lr_rampup = 0.0005, o.ema = 0.001;
    o.eigenbasis_samples = 2000, o.validation_references = 500, o.validation_queries = 16;
    const auto trained = trainToy(o, {});
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_THAT(trained->run_folder, HasSubstr("-" + id + "-PRP"));
    EXPECT_GT(trained->validation.mean, 0);
    EXPECT_LT(trained->validation.mean, 3);
  }
}

}  // namespace
}  // namespace inflaton
