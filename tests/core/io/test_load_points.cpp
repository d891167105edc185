#include <cmath>
#include <set>

#include "core/api/points.h"
#include "core/data/raw_points.h"
#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::AllOf;
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
  EXPECT_THAT(refusal("c.npz"),
              HasSubstr("no array \"x\" or \"data\" and no 2-D array of numbers; it has line (8,) | Columns go side by side"));
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
  folder.write("few.csv", "1,2.5\n3,4\n");
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

TEST_F(LoadPoints, OneRowIsEnoughToAskAt) {
  folder.write("one.csv", "x,y\n0.1,0.2\n");
  const PointSet p = loadQueries(folder.file("one.csv"));
  EXPECT_EQ(p.n, 1);
  EXPECT_THAT(p.values, ElementsAre(0.1f, 0.2f));
  DataOrigin units;
  units.file = "data.csv", units.columns = {"x", "y"}, units.offset = {0.1, 0}, units.scale = {1, 0.5};
  EXPECT_THAT(loadQueries(folder.file("one.csv"), &units).values, ElementsAre(0.0f, 0.4f));
  units.columns = {"y", "x"};
  EXPECT_THAT(errorOf([&] { loadQueries(folder.file("one.csv"), &units); }), HasSubstr("column 1 is \"x\"; the data whose units hold"));
  // As data it is too few, standardised or not.
  EXPECT_THAT(refusal("one.csv"), HasSubstr("has 1 rows; needed: at least 3"));
  DataOptions o;
  o.data_name = "file", o.data_file = folder.file("one.csv"), o.standardize = false;
  EXPECT_THAT(errorOf([&] { makePoints(o, 0, 0); }), HasSubstr("one.csv: has 1 rows; needed: at least 3"));
}

TEST_F(LoadPoints, ColumnsFarFromZeroKeepTheirRowsApart) {
  std::vector<double> x;
  std::set<double> distinct;
  for (int i = 0; i < 200; ++i) x.insert(x.end(), {1e6 + 0.001 * (i * 37 % 200), i * 0.01}), distinct.insert(x[x.size() - 2]);
  ASSERT_EQ(distinct.size(), 200u);
  writeNpy(folder.file("offset6.npy"), x, {200, 2});
  for (const bool standardize : {true, false}) {
    const PointSet p = loadPoints(folder.file("offset6.npy"), standardize);
    std::set<float> kept;
    for (std::int64_t i = 0; i < p.n; ++i) {
      kept.insert(p.row(i)[0]);
      ASSERT_NEAR(p.row(i)[0] * p.scale[0] + p.offset[0], x[static_cast<std::size_t>(2 * i)], 1e-6);
    }
    EXPECT_EQ(kept.size(), 200u) << standardize;
    EXPECT_EQ(p.notes.size(), standardize ? 0u : 1u);
  }
  const PointSet plain = loadPoints(folder.file("offset6.npy"), false);
  EXPECT_THAT(plain.notes[0], HasSubstr("column 1 lies far from 0 for its spread: its mean 1e+06 is taken off"));
  EXPECT_EQ(plain.offset[1], 0) << "the other column stays as it is";
  EXPECT_THAT(plain.scale, ElementsAre(1, 1));
}

TEST_F(LoadPoints, SpreadsBeyondSinglePrecisionAreRefusedInTheRightWords) {
  for (const double unit : {1e-300, 1e-32, 1e32}) {
    writeNpy(folder.file("a.npy"), std::vector<double>{unit, 1, 2 * unit, 3, 4 * unit, 2}, {3, 2});
    for (const bool standardize : {true, false})
      EXPECT_THAT(refusal("a.npy", standardize), AllOf(HasSubstr("column 1 has the standard deviation 1.24722e"),
                                                       HasSubstr("allowed: 1e-30 to 1e30 | Give the column in other units")));
  }
  writeNpy(folder.file("b.npy"), std::vector<double>{1e-28, 1, 2e-28, 3, 4e-28, 2}, {3, 2});
  EXPECT_NEAR(loadPoints(folder.file("b.npy"), true).scale[0], 1.24722e-28, 1e-33);
}

TEST_F(LoadPoints, FewerRowsThanColumnsAndColumnsThatSayTheSameAreToldApart) {
  std::vector<float> wide(5 * 16);
  for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = static_cast<float>(i * 7919 % 101);
  writeNpy(folder.file("wide.npy"), wide, {5, 16});
  EXPECT_THAT(
      errorOf([&] { eigenbasisOf(loadPoints(folder.file("wide.npy"), true)); }),
      AllOf(HasSubstr("wide: has 5 rows and 16 columns"), HasSubstr("needed: at least 17 rows | Give more rows, or leave columns out.")));
  folder.write("twice.csv", "a,b,c\n1,2,5\n2,4,1\n3,6,2\n4,8,2\n5,10,7\n");
  const auto twice = errorOf([&] { eigenbasisOf(loadPoints(folder.file("twice.csv"), true)); });
  EXPECT_THAT(twice, HasSubstr("the points lie in fewer than 3 dimensions: they fill 2 of them"));
  EXPECT_THAT(twice, ::testing::Not(HasSubstr("0.0000")));
}

TEST_F(LoadPoints, NotesTravelWithThePoints) {
  folder.write("p.csv", ",x,y\n0,1,10\n1,2,30\n2,6,20\n");
  const PointSet p = loadPoints(folder.file("p.csv"), false);
  EXPECT_EQ(p.values, six);
  EXPECT_THAT(p.notes, ElementsAre(HasSubstr("column 1 counts the rows and was left out")));
  DataOptions o;
  o.data_name = "file", o.data_file = folder.file("p.csv"), o.augment_to = 3;
  EXPECT_EQ(makePoints(o, 2, 0).notes, p.notes);
  folder.write("bad.csv", ",x,y\n0,1,10\n1,2,1e39\n2,6,20\n");
  EXPECT_THAT(refusal("bad.csv"), HasSubstr("line 3, column 3 (y) holds 1e+39"));
}

TEST_F(LoadPoints, RawPointsHaveNamesUnitsAndClassesInDoublePrecision) {
  folder.write("p.csv", "length;kind;depth\nmm;;m\n1000000,25;a;1,5\n1000000,5;b;2\n1000000,75;a;3\n");
  const RawPoints raw = readRawPoints(folder.file("p.csv"));
  EXPECT_THAT(raw.names, ElementsAre("length", "depth"));
  EXPECT_THAT(raw.units, ElementsAre("mm", "m"));
  EXPECT_THAT(raw.values, ElementsAre(1000000.25, 1.5, 1000000.5, 2, 1000000.75, 3));
  EXPECT_THAT(raw.classes, ElementsAre("a", "b"));
  EXPECT_THAT(raw.labels, ElementsAre(0, 1, 0));
  EXPECT_EQ(raw.columnName(1), "column 3 (depth)");
  EXPECT_EQ(raw.rowName(2), "line 5");
  EXPECT_EQ(raw.notes.size(), 3u);  // units, commas, classes
  EXPECT_THAT(loadPoints(folder.file("p.csv"), true).labels, ElementsAre(0, 1, 0));
}

TEST_F(LoadPoints, ArraysOfNpzByTheirUsualNamesAndTheRestIsSaid) {
  const std::vector<std::int64_t> whole{1, 10, 2, 30, 6, 20};
  const auto write = [&](const std::string& name, const std::function<void(NpzWriter&)>& add) {
    NpzWriter w(folder.file(name));
    add(w);
    w.commit();
    return readRawPoints(folder.file(name));
  };
  const std::vector<double> values{1, 10, 2, 30, 6, 20};
  EXPECT_EQ(write("a.npz", [&](NpzWriter& w) { w.add("arr_0", whole, {3, 2}); }).values, values);
  EXPECT_EQ(write("b.npz", [&](NpzWriter& w) { w.add("counts", whole, {3, 2}); }).values, values);
  const RawPoints raw = write("c.npz", [&](NpzWriter& w) {
    w.add("counts", std::vector<std::int64_t>(6), {2, 3});
    w.add("X", six, {3, 2});
    w.addText("about", "made by hand");
  });
  EXPECT_EQ(raw.values, values);
  EXPECT_THAT(raw.notes, ElementsAre("the array \"X\" was taken; beside it there are counts (2, 3), about (text)"));
  EXPECT_TRUE(write("d.npz", [&](NpzWriter& w) {
                w.add("x", six, {3, 2}), w.add("labels", std::vector<std::int64_t>{1, 2, 3}, {3});
              }).notes.empty());
  // Columns apart.
  const std::vector<float> column{1, 2, 6};
  NpzWriter w(folder.file("e.npz"));
  w.add("x", column, {3}), w.add("y", column, {3});
  w.commit();
  EXPECT_THAT(refusal("e.npz"), HasSubstr("has the shape (3,); needed: (rows, columns)"));
  EXPECT_THAT(refusal("e.npz"), HasSubstr("numpy.column_stack([x, y])"));
}

TEST_F(LoadPoints, ATrajectoryOfOursGivesItsPointsNearestToTheData) {
  NpzWriter w(folder.file("gen.npz"));
  std::vector<float> frames(12, 9.0f);
  std::copy(six.begin(), six.end(), frames.begin() + 6);
  w.add("tilde_xs", frames, {2, 3, 2});
  w.add("xs", std::vector<float>(12), {2, 3, 2});
  w.add("t", std::vector<double>{7.01, 0}, {2});
  w.add("labels", std::vector<std::int64_t>{0, 1, 1}, {3});
  w.commit();
  const PointSet p = loadPoints(folder.file("gen.npz"), false);
  EXPECT_EQ(p.values, six);
  EXPECT_THAT(p.labels, ElementsAre(0, 1, 1));
  EXPECT_THAT(p.notes, ElementsAre(HasSubstr("its points at t = 0 were taken (frame 1 of tilde_xs)")));
}
