#pragma once
// Tables of numbers as text. Comma, semicolon, tab or spaces; an optional row of names; '#' comments; CR LF.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/io/input_file.h"

namespace inflaton {

struct Table {
  std::vector<std::string> names;  ///< the header row; empty when there is none
  std::int64_t rows = 0;
  int columns = 0;
  std::vector<double> values;       ///< [rows, columns], finite
  std::vector<std::int64_t> lines;  ///< [rows] line in the file, from 1, for messages
  double at(std::int64_t row, int column) const { return values[static_cast<std::size_t>(row * columns + column)]; }
};

/// Throws Error(failed) naming file, line, column and value for text, empty cells, NaN, infinities, ragged rows, no rows.
Table readCsv(const std::string& path, std::uint64_t byteLimit = kDefaultByteLimit);

/// Columns of one length, numbers so that they read back exactly; NaN becomes an empty cell. Written atomically.
/// Throws Error(failed) for columns of different lengths, or as AtomicFile.
void writeCsv(const std::string& path, const std::vector<std::string>& names, const std::vector<std::vector<double>>& columns);

}  // namespace inflaton
