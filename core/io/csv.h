#pragma once
// Tables of numbers as text, read as they were meant: comma, semicolon, tab, '|' or blanks between cells; decimal points, or decimal commas
// where the whole file has them; quotes, also around line breaks; '#' comments; LF, CR LF or CR. Never by the locale.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/io/input_file.h"

namespace inflaton {

enum class Gaps { refuse, dropRows };

struct Table {
  std::vector<std::string> names;    ///< [columns] of the header; empty when there is none. Valid UTF-8
  std::vector<std::string> units;    ///< [columns] of a row of units below the header, without brackets; empty when there is none
  std::vector<int> fileColumns;      ///< [columns] number in the file, from 1: columns that only count or name rows are left out
  std::vector<std::string> notes;    ///< what was left out or taken for something, a sentence each
  std::vector<std::string> classes;  ///< texts of the one column of text, in order of appearance; empty when there is none
  std::vector<std::int32_t> labels;  ///< [rows] index into classes; empty when there is none
  std::int64_t rows = 0;
  int columns = 0;
  std::vector<double> values;                               ///< [rows, columns], finite
  std::deque<std::pair<std::int64_t, std::int64_t>> lines;  ///< first row of each run of rows in consecutive lines, and its line
  double at(std::int64_t row, int column) const { return values[static_cast<std::size_t>(row * columns + column)]; }
  std::int64_t line(std::int64_t row) const;  ///< in the file, from 1
  std::string columnName(int column) const;   ///< "column 3 (depth)": number in the file, and name if there is one
};

/// Besides the plain table: a first line "sep=;", a header of the numbers 0, 1, 2 ..., a header in the comment above the first row, a row
/// of units, separators at the ends of all rows, names of rows (no header, or one name fewer than there are columns), columns that count
/// the rows (without a name, or "index"; a file without header must have three columns or more), one column of text (classes). `notes`
/// tells of each. Takes at most 16 times the bytes of the file. Throws Error(failed) naming file, line, column and value for text, gaps
/// (unless rows with gaps are dropped), NaN, infinities, ragged rows, no rows, commas that may be decimal or part thousands, files that are
/// no text.
Table readCsv(const std::string& path, std::uint64_t byteLimit = kDefaultByteLimit, Gaps = Gaps::refuse);

/// Columns of one length, numbers so that they read back exactly; NaN becomes an empty cell. Written atomically.
/// Throws Error(failed) for columns of different lengths, or as AtomicFile.
void writeCsv(const std::string& path, const std::vector<std::string>& names, const std::vector<std::vector<double>>& columns);

}  // namespace inflaton
