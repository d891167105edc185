#include "tests/architecture/texts.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/architecture/arrows.h"

namespace inflaton::architecture {
namespace {

struct Rule {
  std::regex what;
  const char* why;
  std::vector<std::string> but;  ///< the few files that are meant to
};

const std::vector<Rule>& rules() {
  static const std::string numbers = "writes or reads numbers as the locale wants; use core/api/number_text.h";
  static const std::vector<Rule> all{
      {std::regex("\\b[a-z]*printf\\s*\\("), numbers.c_str(), {}},
      {std::regex("\\b[a-z]*scanf\\s*\\("), numbers.c_str(), {"core/io/iso_time.cpp"}},  // whole numbers only
      {std::regex("\\b(strto(d|f|ld)|atof|sto(d|f|ld))\\s*\\("), numbers.c_str(), {}},
      {std::regex("\\b(setprecision|imbue)\\s*\\(|\\bstd::locale\\b"), numbers.c_str(), {}},
      {std::regex("\\bsetlocale\\s*\\("), "changes how the whole process writes numbers", {"ui/style/locale_numbers.cpp"}},
      {std::regex("(\\.|->)\\s*dump\\s*\\("),
       "throws at text that is no UTF-8; use jsonText (core/api/json_text.h)",
       {"core/api/json_text.cpp"}},
      {std::regex("\\bnew\\s+QDoubleSpinBox\\b|\\bQDoubleSpinBox\\s+[a-z]\\w*\\s*[;({]|\\bQDoubleValidator\\b"),
       "reads 3.5 as 35 or 3 where the decimal mark is a comma; use DecimalBox (ui/style/decimal_box.h) or NumberBox "
       "(ui/forms/number_box.h)",
       {}},
  };
  return all;
}

}  // namespace

std::vector<std::string> bannedTexts(const std::string& path, const std::string& text) {
  std::vector<std::string> found;
  if (path.rfind("tests/", 0) == 0) return found;
  std::istringstream lines(withoutComments(text));
  std::string line;
  static const auto suspicious = {"printf", "scanf", "sto", "strto", "atof", "setprecision", "imbue", "locale", "dump", "QDouble"};
  for (int number = 1; std::getline(lines, line); ++number) {
    if (std::none_of(suspicious.begin(), suspicious.end(), [&](const char* part) { return line.find(part) != std::string::npos; }))
      continue;
    for (const Rule& rule : rules()) {
      std::smatch match;
      if (std::regex_search(line, match, rule.what) && std::find(rule.but.begin(), rule.but.end(), path) == rule.but.end())
        found.push_back(path + ":" + std::to_string(number) + ": " + match.str() + " " + rule.why);
    }
  }
  return found;
}

}  // namespace inflaton::architecture
