// Tables as other programs write them: each is read as it was meant, and what was left out or taken for something is said.
#include <chrono>
#include <clocale>
#include <numeric>

#include "core/io/csv.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

namespace {

struct Kind {
  const char* what;
  std::string text;
  Words names, units;
  std::vector<double> values;
  Words notes;  ///< a part of each
};

const std::string kRows = "0.5,1\n-0.25,2.5\n0.75,4\n";
const std::vector<double> kValues{0.5, 1, -0.25, 2.5, 0.75, 4};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"plain", "x,y\n" + kRows, {"x", "y"}, {}, kValues, {}},
      {"no header", kRows, {}, {}, kValues, {}},
      // Names and numbers of rows.
      {"index of pandas", ",x,y\n0,0.5,1\n1,-0.25,2.5\n2,0.75,4\n", {"x", "y"}, {}, kValues, {"column 1 counts the rows and was left out"}},
      {"the same from 1", ",x,y\n1,0.5,1\n2,-0.25,2.5\n3,0.75,4\n", {"x", "y"}, {}, kValues, {"column 1 counts the rows"}},
      {"index that was read as a column",
       "Unnamed: 0,x,y\n0,0.5,1\n1,-0.25,2.5\n2,0.75,4\n",
       {"x", "y"},
       {},
       kValues,
       {"column 1 (Unnamed: 0) counts"}},
      {"index of rows that were picked",
       ",x,y\n17,0.5,1\n3,-0.25,2.5\n25,0.75,4\n",
       {"x", "y"},
       {},
       kValues,
       {"column 1 numbers the rows"}},
      {"index by name",
       "index,x,y\n0,0.5,1\n1,-0.25,2.5\n2,0.75,4\n",
       {"x", "y"},
       {},
       kValues,
       {"column 1 (index) counts the rows and was left out"}},
      {"another name is a coordinate",
       "t,x\n0,0.5\n1,-0.25\n2,0.75\n",
       {"t", "x"},
       {},
       {0, 0.5, 1, -0.25, 2, 0.75},
       {"column 1 (t) counts the rows; it was kept"}},
      {"counter without a header", "1,0.5,1\n2,-0.25,2.5\n3,0.75,4\n", {}, {}, kValues, {"column 1 counts the rows"}},
      {"two columns without a header", "1,0.5\n2,-0.25\n3,0.75\n", {}, {}, {1, 0.5, 2, -0.25, 3, 0.75}, {"it was kept as a coordinate"}},
      {"R: write.csv", "\"\",\"x\",\"y\"\n\"1\",0.5,1\n\"2\",-0.25,2.5\n\"3\",0.75,4\n", {"x", "y"}, {}, kValues, {"column 1 counts"}},
      {"R: row names of words",
       "\"\",\"x\",\"y\"\n\"Mazda RX4\",0.5,1\n\"Fiat, 128\",-0.25,2.5\n\"Lotus\",0.75,4\n",
       {"x", "y"},
       {},
       kValues,
       {"names of the rows"}},
      {"R: write.table", "\"x\" \"y\"\n\"1\" 0.5 1\n\"2\" -0.25 2.5\n\"3\" 0.75 4\n", {"x", "y"}, {}, kValues, {"names of the rows"}},
      {"R: write.table of words", "x y\nMazda 0.5 1\nFiat -0.25 2.5\nLotus 0.75 4\n", {"x", "y"}, {}, kValues, {"names of the rows"}},
      // Headers.
      {"numeric header", "0,1\n" + kRows, {"0", "1"}, {}, kValues, {"line 1 (0, 1) was taken for the names"}},
      {"numeric header beside an index",
       ",0,1\n0,0.5,1\n1,-0.25,2.5\n2,0.75,4\n",
       {"0", "1"},
       {},
       kValues,
       {"line 1 (, 0, 1)", "column 1 counts"}},
      {"a curve from (0, 1) on", "0,1\n0.1,0.995\n0.2,0.98\n", {}, {}, {0, 1, 0.1, 0.995, 0.2, 0.98}, {}},
      {"a lattice", "0,1\n1,0\n3,2\n", {}, {}, {0, 1, 1, 0, 3, 2}, {}},
      {"# in a header", "x #1, y #2\n" + kRows, {"x #1", "y #2"}, {}, kValues, {}},
      {"# in a quoted header", "\"x #1\",\"y #2\"\n" + kRows, {"x #1", "y #2"}, {}, kValues, {}},
      {"comment after a header", "x y # measured in May\n0.5 1\n-0.25 2.5\n0.75 4\n", {"x", "y"}, {}, kValues, {}},
      {"numpy.savetxt", "# x,y\n" + kRows, {"x", "y"}, {}, kValues, {"those of the comment in line 1"}},
      {"a comment that is no header", "# by hand, in May, twice\n" + kRows, {}, {}, kValues, {}},
      {"line break in a header", "\"x\n(mm)\",\"y\r\nraw\"\n" + kRows, {"x (mm)", "y raw"}, {}, kValues, {}},
      {"doubled quotes", "\"x \"\"raw\"\"\",y\n" + kRows, {"x \"raw\"", "y"}, {}, kValues, {}},
      {"Latin-1",
       "L\xE4nge,Br\xFC"
       "cke\n" +
           kRows,
       {"L\u00e4nge",
        "Br\u00fc"
        "cke"},
       {},
       kValues,
       {}},
      // Units.
      {"row of units", "x,y\nmm,s\n" + kRows, {"x", "y"}, {"mm", "s"}, kValues, {"line 2 (mm, s) was taken for units"}},
      {"units in brackets", "x,y\n[mm],(m/s)\n" + kRows, {"x", "y"}, {"mm", "m/s"}, kValues, {"was taken for units"}},
      {"units with an index",
       ",x,y\n,mm,\n0,0.5,1\n1,-0.25,2.5\n2,0.75,4\n",
       {"x", "y"},
       {"mm", ""},
       kValues,
       {"units", "column 1 counts"}},
      // Separators and decimal marks.
      {"sep=;", "sep=;\nx;y\n0.5;1\n-0.25;2.5\n0.75;4\n", {"x", "y"}, {}, kValues, {"line 1 names the separator"}},
      {"sep= a tab", "sep=\t\r\nx\ty\r\n0.5\t1\r\n-0.25\t2.5\r\n0.75\t4\r\n", {"x", "y"}, {}, kValues, {"line 1 names the separator"}},
      {"German", "x;y\r\n0,5;1\r\n-0,25;2,5\r\n0,75;4\r\n", {"x", "y"}, {}, kValues, {"commas are decimal"}},
      {"German with tabs", "x\ty\n0,5\t1\n-0,25\t2,5\n0,75\t4\n", {"x", "y"}, {}, kValues, {"commas are decimal"}},
      {"German with blanks", "x y\n0,5 1\n-0,25 2,5\n0,75 4,0\n", {"x", "y"}, {}, kValues, {"commas are decimal"}},
      {"decimal commas in quotes", "x,y\n\"0,5\",1\n\"-0,25\",\"2,5\"\n\"0,75\",4\n", {"x", "y"}, {}, kValues, {"commas are decimal"}},
      {"bars", "x|y\n0.5|1\n-0.25|2.5\n0.75|4\n", {"x", "y"}, {}, kValues, {}},
      {"a comma in a header of semicolons", "x, raw;y\n0.5;1\n-0.25;2.5\n0.75;4\n", {"x, raw", "y"}, {}, kValues, {}},
      {"separators at the ends", "x,y,\n0.5,1,\n-0.25,2.5,\n0.75,4,\n", {"x", "y"}, {}, kValues, {"at the end of every row"}},
      {"the same below a shorter header", "x;y\n0.5;1;\n-0.25;2.5;\n0.75;4;\n", {"x", "y"}, {}, kValues, {"at the end of every row"}},
      {"the same without a header", "0.5\t1\t\t\n-0.25\t2.5\t\t\n0.75\t4\t\t\n", {}, {}, kValues, {"at the end of every row"}},
      // Ends and marks.
      {"^Z", "x,y\r\n0.5,1\r\n-0.25,2.5\r\n0.75,4\r\n\x1A", {"x", "y"}, {}, kValues, {}},
      {"^Z and what fills the block", std::string("x,y\n0.5,1\n-0.25,2.5\n0.75,4\n\x1A\x1A\0\0\r\n", 33), {"x", "y"}, {}, kValues, {}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "x,y\n" +
           kRows,
       {"x", "y"},
       {},
       kValues,
       {}},
      {"byte order mark before quotes", "\xEF\xBB\xBF\"x\",\"y\"\n" + kRows, {"x", "y"}, {}, kValues, {}},
      {"old Macintosh", "x,y\r0.5,1\r-0.25,2.5\r0.75,4\r", {"x", "y"}, {}, kValues, {}},
      {"signs and exponents", "+0.5,1e0\n-.25,25.E-1\n 7.5E-01 ,+4\n", {}, {}, kValues, {}},
  };
  return all;
}

struct CsvKinds : ::testing::Test {
  TempFolder folder;
  Table read(const std::string& text, Gaps gaps = Gaps::refuse) { return readCsv(folder.write("p.csv", text), kDefaultByteLimit, gaps); }
  std::string refusal(const std::string& text) {
    const auto message = errorOf([&] { read(text); });
    EXPECT_THAT(message, HasSubstr(folder.file("p.csv")));
    return message;
  }
};

}  // namespace

TEST_F(CsvKinds, AreReadAsTheyWereMeant) {
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.what);
    Table t;
    ASSERT_NO_THROW(t = read(kind.text));
    EXPECT_EQ(t.names, kind.names);
    EXPECT_EQ(t.units, kind.units);
    EXPECT_EQ(t.values, kind.values);
    EXPECT_EQ(t.rows, 3);
    EXPECT_EQ(t.columns, 2);
    ASSERT_EQ(t.notes.size(), kind.notes.size()) << ::testing::PrintToString(t.notes);
    for (std::size_t i = 0; i < t.notes.size(); ++i) EXPECT_THAT(t.notes[i], HasSubstr(kind.notes[i]));
  }
}

TEST_F(CsvKinds, PlacesAreThoseOfTheFile) {
  const Table t = read("sep=;\n# note\n;x;y\n\n;mm;s\n0;0.5;1\n# note\n1;0.25;2\n2;0.75;3\n");
  EXPECT_EQ(t.line(0), 6);
  EXPECT_EQ(t.line(1), 8);
  EXPECT_EQ(t.line(2), 9);
  EXPECT_EQ(t.columnName(0), "column 2 (x)");
  EXPECT_THAT(t.fileColumns, ElementsAre(2, 3));
  EXPECT_THAT(refusal("\"a\nb\",c\n1,2\n\n3,x\n"), HasSubstr("line 5, column 2 (c): \"x\" is not a number"));
}

TEST_F(CsvKinds, AColumnOfWordsIsTheClass) {
  const Table t = read("x,y,kind\n0.5,1,left\n-0.25,2.5,right\n0.75,4,left\n1,2,\n");
  EXPECT_EQ(t.columns, 2);
  EXPECT_THAT(t.names, ElementsAre("x", "y"));
  EXPECT_THAT(t.classes, ElementsAre("left", "right", ""));
  EXPECT_THAT(t.labels, ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(t.notes, ElementsAre(HasSubstr("column 3 (kind) holds text and was taken for classes: 0 left, 1 right, 2 (empty)")));
  const Table named = read("name,x,y,kind\na,0.5,1,left\nb,-0.25,2.5,right\nc,0.75,4,left\n");
  EXPECT_THAT(named.names, ElementsAre("x", "y"));
  EXPECT_THAT(named.labels, ElementsAre(0, 1, 0));
  EXPECT_THAT(named.notes[0], HasSubstr("column 1 (name) holds a text of its own in every row and was left out"));
  EXPECT_THAT(refusal("x,y,a,b\n1,2,u,v\n3,4,u,v\n5,6,u,w\n"),
              HasSubstr("column 3 (a) and column 4 (b) hold text; one column of text is read"));
  EXPECT_THAT(refusal("a,b\nu,v\nw,x\n"), HasSubstr("holds no column of numbers"));
}

TEST_F(CsvKinds, GapsAreRefusedOrTheirRowsDropped) {
  const std::string text = "x,y\n1,2\n3,NA\n4,\n5,6\nnan,8\n9,10\n,11\n12,#N/A\n";
  EXPECT_THAT(refusal(text), HasSubstr("line 3, column 2 (y): \"NA\" stands for a gap; needed: a number | Fill the gap"));
  const Table t = read(text, Gaps::dropRows);
  EXPECT_THAT(t.values, ElementsAre(1, 2, 5, 6, 9, 10));
  EXPECT_EQ(t.line(1), 5);
  EXPECT_EQ(t.line(2), 7);
  EXPECT_THAT(t.notes, ElementsAre(HasSubstr("5 rows have gaps and were left out (line 3, 4, 6, ...)")));
  const Table counted = read("index,x,y\n1,NA,2\n2,3,4\n3,5,6\n4,NA,8\n5,9,0\n", Gaps::dropRows);
  EXPECT_THAT(counted.values, ElementsAre(3, 4, 5, 6, 9, 0));
  EXPECT_THAT(errorOf([&] { read("x,y\n1,\n,2\n", Gaps::dropRows); }), HasSubstr("has a gap in every row"));
}

TEST_F(CsvKinds, ThousandsAreNeverTakenForDecimals) {
  EXPECT_THAT(refusal("x\ty\n999\t1\n1,234\t2\n"), HasSubstr("column 1 (x): the commas may be decimal ones or stand between thousands"));
  EXPECT_THAT(refusal("x,y\n\"1,234\",5\n12,6\n"), HasSubstr("the commas may be decimal"));
  EXPECT_THAT(refusal("x\ty\n0,5\t1\n1,234,567\t2\n"), HasSubstr("\"1,234,567\" is not a number | Write the numbers without marks"));
  EXPECT_THAT(refusal("x;y\n1.234,5;1\n2;2\n"), HasSubstr("\"1.234,5\" is not a number | Write the numbers without marks"));
  EXPECT_THAT(read("x;y\n999;0,5\n1,234;2\n").values, ElementsAre(999, 0.5, 1.234, 2));
}

TEST_F(CsvKinds, FilesThatAreNoTextAreNamed) {
  const auto wide = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += {c, '\0'};
    return out;
  };
  EXPECT_THAT(refusal("\xFF\xFE" + wide("x\ty\n1\t2\n")), HasSubstr("is UTF-16 text; tables are read as UTF-8 | Save it as UTF-8"));
  EXPECT_THAT(refusal(wide("x\ty\n1\t2\n")), HasSubstr("is UTF-16 text"));
  EXPECT_THAT(refusal("PK\x03\x04....xl/workbook.xml"), HasSubstr("workbook (.xlsx, .ods), not a text file | Save the sheet as CSV"));
  EXPECT_THAT(refusal("\xD0\xCF\x11\xE0 and more"), HasSubstr("old workbook (.xls)"));
  EXPECT_THAT(refusal("\x1F\x8B and more"), HasSubstr("compressed by gzip"));
}

TEST_F(CsvKinds, NumbersDoNotDependOnTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (!std::setlocale(LC_ALL, "de_DE.UTF-8")) GTEST_SKIP() << "no German locale here";
  for (const char* what : {"plain", "German", "signs and exponents"}) {
    const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& k) { return k.what == std::string(what); });
    ASSERT_NE(kind, kinds().end());
    EXPECT_EQ(read(kind->text).values, kind->values) << what;
  }
  std::setlocale(LC_ALL, before.c_str());
}

TEST_F(CsvKinds, MemoryIsBoundedByTheFile) {
  std::string ones;
  for (int i = 0; i < 100'000; ++i) ones += "1,1\n";
  EXPECT_LE(read(ones).values.capacity() * sizeof(double), 5 * ones.size());
  // A wide first row and then nothing but blank lines.
  std::string blank = "1";
  for (int i = 1; i < 4096; ++i) blank += ",1";
  blank += std::string(100'000, '\n');
  EXPECT_LE(read(blank).values.capacity() * sizeof(double), 5 * blank.size() + 8 * 4096);
}

TEST_F(CsvKinds, HostileTextTakesNoLongerThanItsLength) {
  const auto began = std::chrono::steady_clock::now();
  std::string quotes, returns;
  for (int i = 0; i < 200'000; ++i) quotes += ",\"\"\n\"", returns += "1,2\r";
  EXPECT_FALSE(refusal("1,2\n\"" + quotes).empty());
  EXPECT_EQ(read(returns + "3,4\n").rows, 200'001);
  EXPECT_FALSE(refusal("x,y\n" + std::string(500'000, '"') + "\n1,2\n").empty());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took.count(), 20);  // a quadratic search would take minutes
}
