#include <cmath>

#include "core/io/csv.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {
struct Csv : ::testing::Test {
  TempFolder folder;
  Table read(const std::string& text) { return readCsv(folder.write("p.csv", text)); }
  std::string refusal(const std::string& text) {
    const auto message = errorOf([&] { read(text); });
    EXPECT_THAT(message, HasSubstr(folder.file("p.csv")));
    return message;
  }
};
}  // namespace

TEST_F(Csv, SeparatorsHeadersCommentsAndLineEnds) {
  for (const char* text : {"1,2\n3,4\n", "1;2\r\n3;4\r\n", "1\t2\n3\t4", "1 2\n3   4\n", " 1 , 2 \n\n 3, 4\n\n",
                           "\xEF\xBB\xBF"
                           "1,2\r3,4\r",
                           "# made by hand\n1,2 # first\n#\n3,4\n", "\"1\",\"2\"\n\"3\",\"4\"\n", "+1,2.0\n3e0,.4e1\n"}) {
    const Table t = read(text);
    EXPECT_EQ(t.rows, 2) << text;
    EXPECT_EQ(t.columns, 2) << text;
    EXPECT_THAT(t.values, ElementsAre(1, 2, 3, 4)) << text;
    EXPECT_TRUE(t.names.empty()) << text;
  }
  const Table named = read("x, \"y, of sorts\"\n# note\n1,2\n-3.5e-3,4\n");
  EXPECT_THAT(named.names, ElementsAre("x", "y, of sorts"));
  EXPECT_THAT(named.values, ElementsAre(1, 2, -3.5e-3, 4));
  EXPECT_EQ(named.line(0), 3);
  EXPECT_EQ(named.line(1), 4);
  EXPECT_EQ(named.at(1, 0), -3.5e-3);
}

TEST_F(Csv, NumbersReadExactly) {
  EXPECT_THAT(read("0.1,1e-320\n1e-400,12345678901234567890\n").values, ElementsAre(0.1, 1e-320, 0.0, 12345678901234567890.0));
}

TEST_F(Csv, BadCellsAreNamedByLineColumnAndValue) {
  EXPECT_THAT(refusal("1,2\n3,four\n"), HasSubstr("line 2, column 2: \"four\" is not a number"));
  EXPECT_THAT(refusal("a,b\n1,2\n3,4x\n"), HasSubstr("line 3, column 2 (b): \"4x\" is not a number"));
  EXPECT_THAT(refusal("1,two\n3,4\n"), HasSubstr("line 1, column 2: \"two\" is not a number"));
  EXPECT_THAT(refusal("1,2\r\n\r\n3,nan\r\n"), HasSubstr("line 3, column 2: \"nan\" is not a finite number"));
  EXPECT_THAT(refusal("1,2\n-inf,4\n"), HasSubstr("line 2, column 1: \"-inf\" is not a finite number"));
  EXPECT_THAT(refusal("nan,nan\n"), HasSubstr("line 1, column 1: \"nan\" is not a finite number"));
  EXPECT_THAT(refusal("1,2\n1e400,4\n"), HasSubstr("\"1e400\" is not a finite number"));
  EXPECT_THAT(refusal("1,2\n3,\n"), HasSubstr("line 2, column 2: the cell is empty"));
  EXPECT_THAT(refusal("1,2\n,4\n"), HasSubstr("line 2, column 1: the cell is empty"));
  EXPECT_THAT(refusal("1;2.5\n3;4,5\n"), HasSubstr("line 2, column 2: \"4,5\" is not a number | Line 1 has a decimal point"));
  EXPECT_THAT(refusal("1;2,5\n3;4.5\n"), HasSubstr("line 2, column 2: \"4.5\" is not a number | Line 1 has a decimal comma"));
  EXPECT_THAT(refusal("1,2\n0x10,4\n"), HasSubstr("\"0x10\" is not a number"));
  EXPECT_THAT(refusal("1,2\n\x1b[31m,4\n"), HasSubstr("\"?[31m\" is not a number"));
  EXPECT_THAT(refusal("1,2\n" + std::string(100, 'y') + ",4\n"), HasSubstr("\"" + std::string(40, 'y') + "...\""));
}

TEST_F(Csv, RaggedRowsAndNoRows) {
  EXPECT_THAT(refusal("1,2\n3,4,5\n"), HasSubstr("line 2 has 3 columns; line 1 has 2"));
  EXPECT_THAT(refusal("# c\na,b,c\n1,2\n"), HasSubstr("line 3 has 2 columns; line 2 has 3"));
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("# only words\n\n"), HasSubstr("holds no rows of numbers"));
  EXPECT_THAT(refusal("a,b\n"), HasSubstr("holds no rows of numbers"));
}

TEST_F(Csv, ForeignFiles) {
  EXPECT_THAT(refusal(std::string("1\0,\0"
                                  "2\0",
                                  6)),
              HasSubstr("is UTF-16 text; tables are read as UTF-8 | Save it as UTF-8"));
  EXPECT_THAT(refusal(std::string("1,2\n3,4\n5,\0006\n", 13)), HasSubstr("is not a text file (line 3 holds a NUL byte)"));
  EXPECT_THAT(refusal("1,2\n" + std::string(2 << 20, '7')), HasSubstr("line 2 is longer than 1 MiB"));
  folder.write("p.csv", "1,2\n3,4\n5,6\n");
  EXPECT_THAT(errorOf([&] { readCsv(folder.file("p.csv"), 50); }), HasSubstr("more than 50 bytes"));
  EXPECT_THAT(errorOf([&] { readCsv(folder.path()); }), HasSubstr("is a folder"));
}

TEST_F(Csv, WhatIsWrittenReadsBackExactly) {
  const std::vector<double> t{0, 0.1, 1.0 / 3}, v{-1e-300, 2e15, 5e-324};
  writeCsv(folder.file("w.csv"), {"t", "loss, \"raw\""}, {t, v});
  const Table back = readCsv(folder.file("w.csv"));
  EXPECT_THAT(back.names, ElementsAre("t", "loss, 'raw'"));
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(back.at(i, 0), t[static_cast<std::size_t>(i)]);
    EXPECT_EQ(back.at(i, 1), v[static_cast<std::size_t>(i)]);
  }
  writeCsv(folder.file("n.csv"), {"a", "b"}, {{1}, {NAN}});
  EXPECT_EQ(bytesOf(folder.file("n.csv")), "a,b\n1,\n");
  EXPECT_THAT(errorOf([&] {
                writeCsv(folder.file("x.csv"), {"a", "b"}, {{1}, {1, 2}});
              }),
              HasSubstr("column \"b\" has 2 rows; \"a\" has 1"));
  EXPECT_THAT(errorOf([&] { writeCsv(folder.file("x.csv"), {"a"}, {}); }), HasSubstr("1 names for 0 columns"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("x.csv")));
}
