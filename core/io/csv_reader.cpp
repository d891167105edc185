#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/io/csv.h"
#include "core/io/csv_layout.h"
#include "core/io/text_number.h"
#include "core/io/text_records.h"

namespace inflaton {
namespace {

using Role = CsvLayout::Role;
constexpr std::size_t kMostTexts = 1000;  // different ones in a column of classes
constexpr std::size_t kMostTextColumns = 8;

std::string shown(std::string_view cell) {
  std::string text;
  for (const char c : cell.substr(0, 40)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return "\"" + text + (cell.size() > 40 ? "...\"" : "\"");
}

/// A column of text: classes, unless there are too many of them.
struct TextColumn {
  std::size_t column = 0;  ///< in the file, from 0
  std::vector<std::string> texts;
  std::unordered_map<std::string, std::int32_t> index;
  std::vector<std::int32_t> labels;
  bool tooMany = false;

  void add(std::string_view cell) {
    if (tooMany) return;
    const auto [it, fresh] = index.try_emplace(cellText(cell), static_cast<std::int32_t>(texts.size()));
    if (fresh) texts.push_back(it->first);
    labels.push_back(it->second);
    if (texts.size() <= kMostTexts) return;
    tooMany = true;
    texts = {}, labels = {}, index = {};
  }
};

/// Whether a column counts the rows, from 0 or from 1, or holds whole numbers that may at least number them.
struct Counter {
  double first = -1;  ///< number of the first row
  bool counts = true, whole = true;
  void add(std::int64_t row, double v) {
    if (first < 0) first = v - static_cast<double>(row) == 1 ? 1 : 0;
    counts = counts && v == first + static_cast<double>(row);
    whole = whole && v >= 0 && v == std::floor(v);
  }
};

class Reader {
 public:
  Reader(const std::string& path, std::uint64_t limit, Gaps gaps)
      : path_(path),
        limit_(limit),
        gaps_(gaps),
        text_(readTableText(path, limit)),
        layout_(csvLayout(text_, path)),
        width_(layout_.roles.size()),
        numbers_(static_cast<int>(width_)) {
    for (std::size_t j = 0; j < width_; ++j) {
      if (layout_.roles[j] == Role::number) columns_.push_back(j);
      if (layout_.roles[j] == Role::text) texts_.push_back({j, {}, {}, {}, false});
    }
    table_.notes = layout_.notes;
    if (texts_.size() > kMostTextColumns)
      throwBadFile(path_, std::to_string(texts_.size()) + " columns hold text, the first of them " + place(texts_[0].column),
                   "Leave out the columns that hold no numbers.");
    if (columns_.empty()) throwBadFile(path_, "holds no column of numbers");
  }

  Table read() {
    reserve();
    Records records(text_, path_);
    int skip = layout_.skip;
    for (std::string_view record; records.next(record);) {
      if (record.empty()) continue;
      record = withoutComment(record);
      if (trimmed(record).empty()) continue;
      if (skip > 0) {
        --skip;
        continue;
      }
      row(record, records.line());
    }
    if (table_.rows == 0) throwBadFile(path_, dropped_ > 0 ? "has a gap in every row" : "holds no rows of numbers");
    finish();
    return std::move(table_);
  }

 private:
  std::string place(std::size_t column) const {
    std::string text = "column " + std::to_string(column + 1);
    if (column < layout_.names.size() && !layout_.names[column].empty()) text += " (" + layout_.names[column] + ")";
    return text;
  }
  std::string where(std::int64_t line, std::size_t column) const { return "line " + std::to_string(line) + ", " + place(column); }

  /// As many as the lines may hold, and two bytes hold a number at least: no vector grows by copying.
  void reserve() {
    const auto lines =
        static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n') + std::count(text_.begin(), text_.end(), '\r')) + 1;
    table_.values.reserve(std::min(lines * columns_.size(), text_.size() / 2 + columns_.size()));
    for (TextColumn& column : texts_) column.labels.reserve(lines);
  }

  void row(std::string_view record, std::int64_t line) {
    std::string_view rest = record, cell;
    const std::size_t before = table_.values.size();
    bool gap = false, tooMany = false;
    std::size_t j = 0;
    for (; !tooMany && takeCell(rest, layout_.separator, cell); ++j) {
      if (j >= width_)
        tooMany = !unquoted(cell).empty();
      else if (layout_.roles[j] == Role::number)
        gap = !number(cell, j, line) || gap;
      else
        cells_.resize(width_), cells_[j] = cell;
    }
    if (j < width_ || tooMany) ragged(record, line);
    if (gap) {
      table_.values.resize(before);
      if (dropped_ < 3) droppedLines_ += (dropped_ ? ", " : "") + std::to_string(line);
      ++dropped_;
      return;
    }
    for (TextColumn& column : texts_) column.add(cells_[column.column]);
    if (columns_[0] == 0) counter_.add(table_.rows + dropped_, table_.values[before]);
    const auto& runs = table_.lines;
    if (runs.empty() || line != runs.back().second + table_.rows - runs.back().first) table_.lines.emplace_back(table_.rows, line);
    ++table_.rows;
    if (text_.size() + table_.values.size() * sizeof(double) > limit_)
      throwBadFile(path_, "asks for more than " + std::to_string(limit_) + " bytes of memory");
  }

  [[noreturn]] void ragged(std::string_view record, std::int64_t line) const {
    std::vector<std::string_view> cells;
    splitCells(record, layout_.separator, cells);
    throwBadFile(path_, "line " + std::to_string(line) + " has " + std::to_string(cells.size()) + " columns; line " +
                            std::to_string(layout_.first) + " has " + std::to_string(width_));
  }

  /// False for a gap in a row that is to be left out.
  bool number(std::string_view cell, std::size_t j, std::int64_t line) {
    double v = 0;
    if (cell.starts_with('"')) cell = unquoted(cell);
    if (numbers_.read(cell, static_cast<int>(j), line, v, hint_)) {
      table_.values.push_back(v);
      if (std::isfinite(v)) return true;
      if (gaps_ == Gaps::dropRows && std::isnan(v)) return false;
      throwBadFile(path_, where(line, j) + ": " + shown(cell) + " is not a finite number");
    }
    if (isMissing(cell)) {
      if (gaps_ == Gaps::dropRows) return false;
      throwBadFile(path_,
                   where(line, j) + (cell.empty() ? ": the cell is empty; needed: a number"
                                                  : ": " + shown(cell) + " stands for a gap; needed: a number"),
                   "Fill the gap, or leave out the row or the column.");
    }
    throwBadFile(path_, where(line, j) + ": " + shown(cell) + " is not a number", hint_);
  }

  void finish() {
    auto& notes = table_.notes;
    if (const int j = numbers_.doubtfulColumn(); j >= 0)
      throwBadFile(path_,
                   place(static_cast<std::size_t>(j)) +
                       ": the commas may be decimal ones or stand between thousands (\"1,234\" beside whole numbers)",
                   "Write the numbers without marks between thousands.");
    if (numbers_.decimalCommas()) notes.push_back("commas are decimal: 0,5 was read as 0.5");
    if (dropped_ > 0)
      notes.push_back(std::to_string(dropped_) +
                      (dropped_ == 1 ? " row has a gap and was left out (line " : " rows have gaps and were left out (line ") +
                      droppedLines_ + (dropped_ > 3 ? ", ...)" : ")"));
    leaveOutCounter();
    classes();
    table_.columns = static_cast<int>(columns_.size());
    for (const std::size_t j : columns_) {
      table_.fileColumns.push_back(static_cast<int>(j) + 1);
      if (!layout_.names.empty()) table_.names.push_back(layout_.names[j]);
      if (!layout_.units.empty()) table_.units.push_back(layout_.units[j]);
    }
  }

  /// Without a name beside others that have one, whole numbers are what is left of a counter when rows were taken out or shuffled.
  void leaveOutCounter() {
    if (columns_[0] != 0 || columns_.size() < 2 || table_.rows < 2) return;
    const bool unnamed = !layout_.names.empty() && (layout_.names[0].empty() || layout_.names[0] == "Unnamed: 0");
    if (!layout_.counterLikely || !(counter_.counts || (unnamed && counter_.whole))) {
      if (counter_.counts && table_.rows > 2) table_.notes.push_back(place(0) + " counts the rows; it was kept as a coordinate");
      return;
    }
    const std::size_t all = columns_.size();
    auto to = table_.values.begin();
    for (std::size_t i = 0; i < table_.values.size(); ++i)
      if (i % all != 0) *to++ = table_.values[i];
    table_.values.erase(to, table_.values.end());
    columns_.erase(columns_.begin());
    table_.notes.push_back(place(0) + (counter_.counts ? " counts the rows and was left out" : " numbers the rows and was left out"));
  }

  void classes() {
    TextColumn* taken = nullptr;
    for (TextColumn& column : texts_) {
      if (column.tooMany || (table_.rows > 2 && column.texts.size() == static_cast<std::size_t>(table_.rows))) {
        table_.notes.push_back(place(column.column) + (column.tooMany ? " holds text of more than 1000 kinds and was left out"
                                                                      : " holds a text of its own in every row and was left out"));
      } else if (taken != nullptr) {
        throwBadFile(path_, place(taken->column) + " and " + place(column.column) + " hold text; one column of text is read, as classes",
                     "Leave out the columns that are no coordinates.");
      } else {
        taken = &column;
      }
    }
    if (taken == nullptr) return;
    std::string kinds;
    for (std::size_t k = 0; k < taken->texts.size() && k < 6; ++k)
      kinds += (k ? ", " : "") + std::to_string(k) + " " + (taken->texts[k].empty() ? "(empty)" : briefly(taken->texts[k]));
    table_.notes.push_back(place(taken->column) + " holds text and was taken for classes: " + kinds +
                           (taken->texts.size() > 6 ? ", ..." : ""));
    table_.labels = std::move(taken->labels), table_.classes = std::move(taken->texts);
  }

  const std::string& path_;
  std::uint64_t limit_;
  Gaps gaps_;
  std::string text_;
  CsvLayout layout_;
  std::size_t width_;
  NumberReader numbers_;
  std::vector<std::size_t> columns_;  ///< those of numbers, as columns of the file
  std::vector<TextColumn> texts_;
  std::vector<std::string_view> cells_;  ///< of the row at hand, those of text
  Counter counter_;
  Table table_;
  std::string hint_;
  std::int64_t dropped_ = 0;
  std::string droppedLines_;
};

}  // namespace

Table readCsv(const std::string& path, std::uint64_t byteLimit, Gaps gaps) { return Reader(path, byteLimit, gaps).read(); }

std::int64_t Table::line(std::int64_t row) const {
  const auto next = std::upper_bound(lines.begin(), lines.end(), row, [](std::int64_t r, const auto& run) { return r < run.first; });
  return next == lines.begin() ? row + 1 : std::prev(next)->second + row - std::prev(next)->first;
}

std::string Table::columnName(int column) const {
  const auto j = static_cast<std::size_t>(column);
  return "column " + std::to_string(fileColumns[j]) + (names.empty() || names[j].empty() ? "" : " (" + names[j] + ")");
}

}  // namespace inflaton
