// What people are told to type means to the shell what it meant to the program.
#include "core/api/shell_quoted.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace inflaton {
namespace {

std::string asTheShellReadsIt(const std::string& word) {
  std::string read;
  FILE* pipe = popen(("printf %s " + shellQuoted(word)).c_str(), "r");
  if (!pipe) return "no shell";
  std::array<char, 256> some{};
  for (std::size_t n = 0; (n = std::fread(some.data(), 1, some.size(), pipe)) > 0;) read.append(some.data(), n);
  pclose(pipe);
  return read;
}

TEST(ShellQuoted, PlainWordsStay) {
  for (const char* word : {"runs/00001-circles-PRP/training-state-000100.pt", "--seed=5", "a@b,c:d%+e_f"})
    EXPECT_EQ(shellQuoted(word), word);
}

TEST(ShellQuoted, EverythingElseComesBackFromTheShell) {
  for (const char* word :
       {"my runs/a.pt", "it's", "$(rm -rf ~)", "`id`", "a;b|c&d", "*?[x]", "~", "\"", "\\", "line\nbreak", "Gr\u00f6\u00dfe", "#no"}) {
    EXPECT_EQ(shellQuoted(word).front(), '\'') << word;
    EXPECT_EQ(asTheShellReadsIt(word), word);
  }
  EXPECT_EQ(shellQuoted(""), "''");
}

}  // namespace
}  // namespace inflaton
