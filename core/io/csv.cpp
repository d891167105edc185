#include "core/io/csv.h"

#include <charconv>
#include <cmath>

#include "core/io/atomic_file.h"

namespace inflaton {
void writeCsv(const std::string& path, const std::vector<std::string>& names, const std::vector<std::vector<double>>& columns) {
  if (names.size() != columns.size())
    throwBadFile(path, std::to_string(names.size()) + " names for " + std::to_string(columns.size()) + " columns");
  for (std::size_t j = 1; j < columns.size(); ++j)
    if (columns[j].size() != columns[0].size())
      throwBadFile(path, "column \"" + names[j] + "\" has " + std::to_string(columns[j].size()) + " rows; \"" + names[0] + "\" has " +
                             std::to_string(columns[0].size()));
  AtomicFile file(path);
  std::string line;
  for (std::size_t j = 0; j < names.size(); ++j) {
    const bool quote = names[j].find_first_of(",;\"\n") != std::string::npos;
    line += j ? "," : "";
    if (!quote)
      line += names[j];
    else {
      line += '"';
      for (const char c : names[j]) line += c == '"' ? std::string("'") : c == '\n' ? std::string(" ") : std::string(1, c);
      line += '"';
    }
  }
  file.write(line + "\n");
  for (std::size_t i = 0; !columns.empty() && i < columns[0].size(); ++i) {
    line.clear();
    for (std::size_t j = 0; j < columns.size(); ++j) {
      line += j ? "," : "";
      if (std::isnan(columns[j][i])) continue;
      char text[32];
      line.append(text, std::to_chars(text, text + sizeof text, columns[j][i]).ptr);
    }
    file.write(line + "\n");
  }
  file.commit();
}

}  // namespace inflaton
