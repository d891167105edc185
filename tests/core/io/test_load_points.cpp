#include <cmath>

#include "core/api/points.h"
#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {
struct LoadPoints : ::testing::Test {
  TempFolder folder;
  const std::vector<float> six{1, 10, 2, 30, 6, 20};
  std::string refusal(const std::string& name, bool standardize = true) {
    const auto message = errorOf([&] { loadPoints(folder.file(name), standardize); });
    EXPECT_THAT(message, HasSubstr(folder.file(name)));
    return message;
  }
};
}  // namespace

TEST_F(LoadPoints, TheSameFromEveryFormat) {
  folder.write("mine.csv", "x,y\n1,10\n2,30\n6,20\n");
  writeNpy(folder.file("mine.npy"), six, {3, 2});
  NpzWriter w(folder.file("mine.NPZ"));
  w.add("x", six, {3, 2});
  w.commit();
  for (const char* name : {"mine.csv", "mine.npy", "mine.NPZ"}) {
    const PointSet p = loadPoints(folder.file(name), false);
    EXPECT_EQ(p.name, "mine");
    EXPECT_EQ(p.n, 3);
    EXPECT_EQ(p.dim, 2);
    EXPECT_EQ(p.values, six);
    EXPECT_THAT(p.labels, ElementsAre(0, 0, 0));
    EXPECT_THAT(p.offset, ElementsAre(0, 0));
    EXPECT_THAT(p.scale, ElementsAre(1, 1));
  }
}

TEST_F(LoadPoints, StandardisesWithThePopulationDeviationAndKeepsTheWayBack) {
  folder.write("a.csv", "1000000001,10\n1000000002,30\n1000000006,20\n");  // float32 could not tell the first column's rows apart
  const PointSet p = loadPoints(folder.file("a.csv"), true);
  EXPECT_DOUBLE_EQ(p.offset[0], 1000000003);
  EXPECT_DOUBLE_EQ(p.scale[0], std::sqrt(14.0 / 3));
  EXPECT_DOUBLE_EQ(p.offset[1], 20);
  EXPECT_DOUBLE_EQ(p.scale[1], std::sqrt(200.0 / 3));
  for (int j = 0; j < 2; ++j) {
    double mean = 0, square = 0;
    for (int i = 0; i < 3; ++i)
      mean += p.row(i)[static_cast<std::size_t>(j)] / 3, square += std::pow(p.row(i)[static_cast<std::size_t>(j)], 2) / 3;
    EXPECT_NEAR(mean, 0, 1e-6);
    EXPECT_NEAR(square, 1, 1e-6);
  }
  EXPECT_NEAR(p.values[4] * p.scale[0] + p.offset[0], 1000000006, 1e-5);
}

TEST_F(LoadPoints, NpzChoosesTheArrayAndTakesLabels) {
  const std::vector<float> other(8, 1.0f);
  const std::vector<std::int64_t> labels{5, -1, 7};
  {
    NpzWriter w(folder.file("a.npz"));
    w.add("other", other, {4, 2});
    w.add("data", six, {3, 2});
    w.add("labels", labels, {3});
    w.commit();
  }
  const PointSet p = loadPoints(folder.file("a.npz"), false);
  EXPECT_EQ(p.values, six);
  EXPECT_THAT(p.labels, ElementsAre(5, -1, 7));
  {
    NpzWriter w(folder.file("b.npz"));
    w.add("line", other, {8});
    w.add("labels", std::vector<std::int64_t>(2), {2});
    w.add("first", six, {3, 2});
    w.commit();
  }
  EXPECT_THAT(refusal("b.npz"), HasSubstr("array \"labels\": has the shape (2,); needed: (3,)"));
  {
    NpzWriter w(folder.file("c.npz"));
    w.add("line", other, {8});
    w.commit();
  }
  EXPECT_THAT(refusal("c.npz"), HasSubstr("no array \"x\" or \"data\" and no 2-D array of floats; it has line (8,)"));
  {
    NpzWriter w(folder.file("d.npz"));
    w.add("x", six, {3, 2});
    w.add("labels", std::vector<std::int64_t>{0, std::int64_t{1} << 40, 0}, {3});
    w.commit();
  }
  EXPECT_THAT(refusal("d.npz"), HasSubstr("row 2 holds 1099511627776; allowed: 32-bit integers"));
}

TEST_F(LoadPoints, ReadsTheFixturesOfNumPy) {
  const PointSet p = loadPoints(golden("discrete_prr.npz"), true);
  EXPECT_GE(p.n, 3);
  EXPECT_GE(p.dim, 2);
  EXPECT_EQ(p.values.size(), static_cast<std::size_t>(p.n * p.dim));
}

TEST_F(LoadPoints, ShapesOutOfRange) {
  folder.write("one.csv", "1\n2\n3\n");
  EXPECT_THAT(refusal("one.csv"), HasSubstr("has 1 columns; allowed: 2 to 4096"));
  folder.write("few.csv", "1,2\n3,4\n");
  EXPECT_THAT(refusal("few.csv"), HasSubstr("has 2 rows; needed: at least 3"));
  writeNpy(folder.file("wide.npy"), std::vector<float>(3 * 4097), {3, 4097});
  EXPECT_THAT(refusal("wide.npy"), HasSubstr("has 4097 columns; allowed: 2 to 4096"));
  writeNpy(folder.file("cube.npy"), std::vector<float>(12), {3, 2, 2});
  EXPECT_THAT(refusal("cube.npy"), HasSubstr("has the shape (3, 2, 2); needed: (rows, columns)"));
  writeNpy(folder.file("most.npy"), std::vector<float>(3 * 4096, 1.0f), {3, 4096});
  EXPECT_EQ(loadPoints(folder.file("most.npy"), false).dim, 4096);
}

TEST_F(LoadPoints, ValuesThatCannotBeUsed) {
  writeNpy(folder.file("nan.npy"), std::vector<float>{1, 2, 3, NAN, 5, 6}, {3, 2});
  EXPECT_THAT(refusal("nan.npy"), HasSubstr("row 2, column 2 holds nan; allowed: finite numbers"));
  writeNpy(folder.file("big.npy"), std::vector<double>{1, 2, 3, 4, 1e39, 6}, {3, 2});
  EXPECT_THAT(refusal("big.npy", false), HasSubstr("row 3, column 1 holds 1e+39"));
  folder.write("big.csv", "a,b\n1,2\n3,-1e200\n5,6\n");
  EXPECT_THAT(refusal("big.csv"), HasSubstr("line 3, column 2 (b) holds -1e+200"));
  folder.write("flat.csv", "a,b\n0.1,2\n0.1,4\n0.1,6\n");
  EXPECT_THAT(refusal("flat.csv"), HasSubstr("column 1 (a) has the same value 0.1 in every row and cannot be standardised"));
  EXPECT_THAT(loadPoints(folder.file("flat.csv"), false).values, ElementsAre(0.1f, 2, 0.1f, 4, 0.1f, 6));
  folder.write("text.csv", "a,b\n1,2\nx,4\n5,6\n");
  EXPECT_THAT(refusal("text.csv"), HasSubstr("line 3, column 1 (a): \"x\" is not a number"));
}

TEST_F(LoadPoints, FilesThatAreNoPoints) {
  folder.write("a.png", "x");
  EXPECT_THAT(refusal("a.png"), HasSubstr("allowed endings: .csv (also .tsv, .txt, .dat), .npy, .npz"));
  EXPECT_THAT(refusal("none.csv"), HasSubstr("there is no such file"));
  EXPECT_THAT(refusal("none.npy"), HasSubstr("there is no such file"));
  folder.write("p.npy", "\x80\x04 pickle");
  EXPECT_THAT(refusal("p.npy"), HasSubstr("pickle"));
  folder.write("z.npz", "PK\x03\x04 cut");
  EXPECT_THAT(refusal("z.npz"), HasSubstr("truncated or damaged"));
}
