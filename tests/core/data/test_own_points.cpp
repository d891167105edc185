// Which rows of a user's file a job gets, in which order, and in whose units.
#include <cmath>
#include <numeric>

#include "core/api/points.h"
#include "core/io/npy.h"
#include "core/io/sha256.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TempFolder;

/// Sixty rows, no two alike.
std::string sixty(const TempFolder& folder) {
  std::string csv = "mass,length\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(1000 + i) + "," + std::to_string(0.5 * std::sin(i)) + "\n";
  return folder.write("mine.csv", csv);
}

DataOptions ofFile(const std::string& path) {
  DataOptions o;
  o.data_name = "file", o.data_file = path;
  return o;
}

double mass(const PointSet& p, std::int64_t i) { return p.offset[0] + p.scale[0] * static_cast<double>(p.row(i)[0]); }

TEST(OwnPoints, AreAllRowsInOrderEachOnce) {
  const TempFolder folder;
  const auto o = ofFile(sixty(folder));
  EXPECT_EQ(sampleCount(o, 0), 0);
  const auto p = makePoints(o, sampleCount(o, 0), 7);
  ASSERT_EQ(p.n, 60);
  for (int i = 0; i < 60; ++i) EXPECT_NEAR(mass(p, i), 1000 + i, 1e-4);
  EXPECT_TRUE(p.rows.empty());
  EXPECT_EQ(rowsText(p), "all 60 rows of mine.csv, in the file's order");
  EXPECT_EQ(makePoints(o, 60, 7).values, p.values);
}

TEST(OwnPoints, AnotherNumberIsDrawnAndTellsItsRows) {
  const TempFolder folder;
  const auto o = ofFile(sixty(folder));
  for (const std::int64_t n : {40, 1000}) {
    const auto p = makePoints(o, sampleCount(o, n), 7);
    ASSERT_EQ(p.n, n);
    ASSERT_EQ(p.rows.size(), static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) ASSERT_NEAR(mass(p, i), 1000 + static_cast<double>(p.rows[static_cast<std::size_t>(i)]), 1e-4);
    EXPECT_EQ(rowsText(p), std::to_string(n) + " points drawn with replacement from the 60 rows of mine.csv");
  }
}

TEST(OwnPoints, ToySetsAreAsManyAsIsUsual) {
  DataOptions o;
  EXPECT_EQ(sampleCount(o, 0), 1000);
  EXPECT_EQ(sampleCount(o, 0, 50), 50);
  EXPECT_EQ(sampleCount(o, 7), 7);
  const auto p = makePoints(o, 10, 1);
  EXPECT_EQ(p.origin, nullptr);
  EXPECT_EQ(p.units(), nullptr);
  EXPECT_EQ(rowsText(p), "");
}

TEST(OwnPoints, KnowWhereTheyAreFrom) {
  const TempFolder folder;
  const auto path = sixty(folder);
  const auto p = makePoints(ofFile(path), 0, 0);
  ASSERT_NE(p.units(), nullptr);
  const DataOrigin& origin = *p.units();
  EXPECT_EQ(origin.file, path);
  EXPECT_EQ(origin.sha256, sha256OfFile(path));
  EXPECT_EQ(origin.rows, 60);
  EXPECT_THAT(origin.columns, ElementsAre("mass", "length"));
  EXPECT_DOUBLE_EQ(origin.offset[0], 1029.5);
  EXPECT_DOUBLE_EQ(origin.scale[0], std::sqrt(3599.0 / 12));
  const auto own = origin.toOwn(p.values);
  for (int i = 0; i < 60; ++i) EXPECT_NEAR(own[static_cast<std::size_t>(2 * i)], 1000 + i, 2e-6);

  auto embedded = ofFile(path);
  embedded.augment_to = 3;
  const auto e = makePoints(embedded, 0, 0);
  EXPECT_EQ(e.units(), nullptr) << "three columns are none of the file's";
  ASSERT_NE(e.origin, nullptr);
  EXPECT_EQ(*e.origin, origin);
}

TEST(OwnPoints, AreReadInTheUnitsOfANetwork) {
  const TempFolder folder;
  const auto trained = makePoints(ofFile(sixty(folder)), 0, 0);
  folder.write("new.csv", "mass,length\n1029.5,0\n1031.5,0.25\n1029.5,0\n");
  const auto p = makePoints(ofFile(folder.file("new.csv")), 0, 0, trained.units());
  EXPECT_EQ(p.origin->offset, trained.origin->offset);
  EXPECT_EQ(p.origin->scale, trained.origin->scale);
  EXPECT_EQ(p.origin->rows, 3);
  EXPECT_EQ(p.origin->sha256, sha256OfFile(folder.file("new.csv")));
  EXPECT_FLOAT_EQ(p.row(0)[0], 0);
  EXPECT_FLOAT_EQ(p.row(1)[0], static_cast<float>(2 / trained.scale[0]));
  EXPECT_NEAR(p.row(1)[1], (0.25 - trained.offset[1]) / trained.scale[1], 1e-6);

  // One row alike in every column has no moments of its own, and needs none.
  folder.write("flat.csv", "mass,length\n1030,0.1\n1030,0.1\n1030,0.1\n");
  EXPECT_EQ(makePoints(ofFile(folder.file("flat.csv")), 0, 0, trained.units()).n, 3);
  // Standardised numbers stay what they are, and are told in the network's units.
  auto plain = ofFile(folder.file("new.csv"));
  plain.standardize = false;
  const auto s = makePoints(plain, 0, 0, trained.units());
  EXPECT_FLOAT_EQ(s.row(0)[0], 1029.5f);
  EXPECT_EQ(s.origin->scale, trained.origin->scale);

  folder.write("turned.csv", "length,mass\n0,1029.5\n0.25,1031.5\n0,1029\n");
  EXPECT_THAT(errorOf([&] { makePoints(ofFile(folder.file("turned.csv")), 0, 0, trained.units()); }),
              ::testing::AllOf(HasSubstr("turned.csv: column 1 is \"length\""), HasSubstr("have \"mass\" there")));
  folder.write("bare.csv", "1029.5,0\n1031.5,0.25\n1029,0\n");
  EXPECT_FLOAT_EQ(makePoints(ofFile(folder.file("bare.csv")), 0, 0, trained.units()).row(0)[0], 0);
  folder.write("three.csv", "1,2,3\n4,5,7\n9,1,2\n");
  EXPECT_EQ(makePoints(ofFile(folder.file("three.csv")), 0, 0, trained.units()).origin->dim(), 3);
}

TEST(OwnPoints, HaveUpTo4096Columns) {
  const TempFolder folder;
  constexpr std::int64_t D = 4096;
  std::vector<float> values(5 * D);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i * i % 1009));
  writeNpy(folder.file("wide.npy"), values, {5, D});
  const auto p = makePoints(ofFile(folder.file("wide.npy")), 0, 0);
  EXPECT_EQ(p.dim, D);
  const auto own = p.units()->toOwn(p.values);
  for (std::size_t i = 0; i < own.size(); ++i) ASSERT_NEAR(own[i], values[i], 3e-7);
  std::string csv;
  for (int row = 0; row < 3; ++row)
    for (int j = 0; j < D; ++j) csv += std::to_string(row * j % 7) + (j + 1 < D ? "," : "\n");
  folder.write("wide.csv", csv);
  EXPECT_EQ(loadPoints(folder.file("wide.csv"), false).dim, D);
  auto embedded = ofFile(folder.file("wide.npy"));
  embedded.augment_to = 16;
  EXPECT_THAT(errorOf([&] { makePoints(embedded, 0, 0); }), HasSubstr("augment_to is 16; allowed: 0 (wide has 4096 dimensions"));
}

}  // namespace
}  // namespace inflaton
