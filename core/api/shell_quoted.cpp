#include "core/api/shell_quoted.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace inflaton {

std::string shellQuoted(const std::string& word) {
  const bool plain = !word.empty() &&
                     std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) || std::strchr("_-+=./:,@%", c); });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace inflaton
