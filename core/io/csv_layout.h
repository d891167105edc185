#pragma once
// How a table of text is laid out, told from its first rows.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inflaton {

struct CsvLayout {
  enum class Role { number, text, rowName };
  char separator = ',';
  int skip = 0;                           ///< records (comments and blank lines not counted) before the first row: sep=, header, units
  std::int64_t first = 0;                 ///< line of the header, or of the first row
  bool counterLikely = false;             ///< column 1 has no name of its own: if it counts the rows, it is no coordinate
  std::vector<Role> roles;                ///< one per column of the file
  std::vector<std::string> names, units;  ///< per column of the file, or empty
  std::vector<std::string> notes;
};

/// `text` is all of the file. Throws Error(failed) naming `path` when it holds no rows.
CsvLayout csvLayout(std::string_view text, const std::string& path);

}  // namespace inflaton
