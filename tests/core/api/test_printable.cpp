// Nothing that a file or a library says steers the terminal of whoever reads it.
#include "core/api/printable.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace inflaton {
namespace {

TEST(Printable, SpellsOutWhatSteersATerminal) {
  EXPECT_EQ(printable("\x1b[2Jred\x07"), "\\u001b[2Jred\\u0007");
  EXPECT_EQ(printable("a\nb\tc\r"), "a\\u000ab\\u0009c\\u000d");
  EXPECT_EQ(printable("\x7f"), "\\u007f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "CSI as one character of C1";
  EXPECT_EQ(printable("a\u202egnp.exe"), "a\\u202egnp.exe") << "would be read backwards";
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\u0000b");
}

TEST(Printable, LeavesWhatPeopleWrite) {
  for (const char* text : {"", "plain 1.5e-3 'quoted'", "Größe µm ±3 σ", "数据 🙂", "C:\\path", "\u00a0"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, SpellsOutBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("Gr\xf6\xdf"
                      "e"),
            "Gr\\xf6\\xdfe");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut short";
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "an overlong form";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a surrogate pair";
}

TEST(Printable, LinesStayWhereTheyAreOurs) { EXPECT_EQ(printableLines("wrote a\x1b.npz\nwrote b\n"), "wrote a\\u001b.npz\nwrote b\n"); }

TEST(Printable, JsonStaysJson) {
  const nlohmann::json object{{"name", "a\x7f\x1b\u009b\n\"b\" \\"}};
  const std::string text = printableLines(object.dump(2));
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text), object);
}

}  // namespace
}  // namespace inflaton
