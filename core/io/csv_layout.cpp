#include "core/io/csv_layout.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <span>

#include "core/io/input_file.h"
#include "core/io/text_number.h"
#include "core/io/text_records.h"

namespace inflaton {
namespace {

constexpr std::size_t kSample = 200;           // rows that the layout is told from,
constexpr std::size_t kSampleBytes = 1 << 20;  // and so many bytes after the first three rows
using Cells = std::vector<std::string_view>;

struct Record {
  std::string_view text;
  std::int64_t line;
};

struct Sample {
  std::vector<Record> records;    ///< neither blank nor comments
  std::optional<Record> comment;  ///< the one right above the first of them
};

Sample sampleOf(std::string_view text, const std::string& path) {
  Sample sample;
  Records records(text, path);
  const auto enough = [&] {
    const auto n = sample.records.size();
    return n >= kSample || (n >= 3 && static_cast<std::size_t>(sample.records.back().text.data() - text.data()) > kSampleBytes);
  };
  for (std::string_view record; !enough() && records.next(record);) {
    if (trimmed(record).empty()) continue;
    if (!isComment(record))
      sample.records.push_back({record, records.line()});
    else if (sample.records.empty())
      sample.comment = Record{record, records.line()};
  }
  return sample;
}

/// "sep=;", as spreadsheets write and obey it; 0: no such line.
char separatorLine(std::string_view record) {
  record = unquoted(trimmed(record.ends_with('\t') ? record.substr(0, record.size() - 1) : record));
  const bool tab = record.size() == 4;
  if ((record.size() != 5 && !tab) || !(record.starts_with("sep=") || record.starts_with("SEP=") || record.starts_with("Sep="))) return 0;
  return tab ? '\t' : record[4];
}

std::size_t trailingEmpty(const Cells& cells) {
  std::size_t n = 0;
  while (n < cells.size() && unquoted(cells[cells.size() - 1 - n]).empty()) ++n;
  return n;
}

/// How well a separator parts the rows into cells that are numbers: 0 (not at all) to 2.
double fit(std::span<const Record> rows, char separator) {
  std::map<std::size_t, std::size_t> counts;
  std::size_t cells = 0, numbers = 0;
  Cells row;
  for (const auto& [text, line] : rows) {
    splitCells(withoutComment(text), separator, row);
    ++counts[row.size()];
    cells += row.size();
    numbers += static_cast<std::size_t>(
        std::count_if(row.begin(), row.end(), [](auto c) { return isMissing(unquoted(c)) || isNumber(unquoted(c)); }));
  }
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second, a.first) < std::pair(b.second, b.first);
  });
  if (most == counts.end() || most->first < 2) return 0;
  return static_cast<double>(most->second) / static_cast<double>(rows.size()) + static_cast<double>(numbers) / static_cast<double>(cells);
}

char chooseSeparator(const std::vector<Record>& records) {
  // The header may be anything; the rows decide, where there are any.
  const std::span<const Record> rows(records.begin() + (records.size() > 1), records.end());
  char best = ' ';
  double most = 0;
  for (const char c : {';', '\t', ',', '|', ' '})
    if (const double f = fit(rows, c); f > most) most = f, best = c;
  return best;
}

bool anyNumber(const Cells& cells) {
  return std::any_of(cells.begin(), cells.end(), [](auto c) { return isNumber(unquoted(c)); });
}
bool anyText(const Cells& cells) {
  return std::any_of(cells.begin(), cells.end(), [](auto c) { return !isMissing(unquoted(c)) && !isNumber(unquoted(c)); });
}

std::optional<std::int64_t> wholeNumber(std::string_view cell) {
  cell = unquoted(cell);
  std::int64_t v = 0;
  const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), v);
  if (fault != std::errc() || end != cell.data() + cell.size()) return {};
  return v;
}

bool allWhole(const Cells& cells) {
  return std::all_of(cells.begin(), cells.end(), [](auto c) { return wholeNumber(c).has_value(); });
}

/// A header "0,1,2" as data frames without names have it, or a first row of numbers?
bool numericHeader(const Cells& first, std::span<const Cells> rows) {
  const bool unnamed = !first.empty() && unquoted(first[0]).empty();
  for (std::size_t j = unnamed; j < first.size(); ++j)
    if (wholeNumber(first[j]) != static_cast<std::int64_t>(j - unnamed)) return false;
  if (rows.empty() || first.size() < 2u + unnamed) return false;
  if (unnamed) return true;
  const bool quoted = std::all_of(first.begin(), first.end(), [](auto c) { return c.starts_with('"'); });
  if (quoted && std::none_of(rows[0].begin(), rows[0].end(), [](auto c) { return c.starts_with('"'); })) return true;
  if (std::any_of(rows.begin(), rows.end(), allWhole)) return false;
  if (first.size() > 3) return true;
  // "0,1" may also be where a curve begins: then the first column grows from 0.
  double last = 0;
  return !std::all_of(rows.begin(), rows.end(), [&](const Cells& row) {
    double v = 0;
    const bool grows = !row.empty() && (numberWithPoint(unquoted(row[0]), v) || numberWithComma(unquoted(row[0]), v)) && v > last;
    last = v;
    return grows;
  });
}

std::string listed(const Cells& cells) {
  std::string text;
  for (std::size_t j = 0; j < cells.size() && j < 8; ++j) text += (j ? ", " : "") + briefly(cellText(cells[j]));
  return cells.size() > 8 ? text + ", ..." : text;
}

std::string atLine(std::int64_t line) { return "line " + std::to_string(line); }

std::string unitOf(std::string_view cell) {
  std::string text = cellText(cell);
  if (text.size() >= 2 && ((text.front() == '[' && text.back() == ']') || (text.front() == '(' && text.back() == ')')))
    text = std::string(trimmed(std::string_view(text).substr(1, text.size() - 2)));
  return text;
}

/// The cells of a header: its '#' are a comment only where the cells would not be as many as the rows have.
Cells headerCells(std::string_view record, char separator, std::size_t columns) {
  Cells whole, cut;
  splitCells(record, separator, whole);
  splitCells(withoutComment(record), separator, cut);
  return cut.size() != whole.size() && whole.size() != columns && whole.size() + 1 != columns ? cut : whole;
}

/// Number of cells that most rows have, and how many of them at the end are empty in every row.
std::pair<std::size_t, std::size_t> widthOf(std::span<const Cells> rows) {
  std::map<std::size_t, std::size_t> counts;
  std::size_t empty = rows.empty() ? 0 : rows[0].size();
  for (const Cells& row : rows) ++counts[row.size()], empty = std::min(empty, trailingEmpty(row));
  std::size_t width = 0, most = 0;
  for (const auto& [cells, times] : counts)
    if (times > most) width = cells, most = times;
  return {width, std::min(empty, width)};
}

bool meansIndex(std::string_view cell) {
  std::string name = cellText(cell);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name.empty() || name == "index" || name == "unnamed: 0" || name == "row" || name == "rownames" || name == "row_names" ||
         name == "#";
}

/// Roles of the columns from the rows: text where no cell is a number.
std::vector<CsvLayout::Role> rolesOf(std::span<const Cells> rows, std::size_t columns) {
  std::vector<CsvLayout::Role> roles(columns, CsvLayout::Role::number);
  for (std::size_t j = 0; j < columns; ++j) {
    bool text = false, numbers = false;
    for (const Cells& row : rows)
      if (j < row.size()) {
        const auto cell = unquoted(row[j]);
        if (isNumber(cell))
          numbers = true;
        else if (!isMissing(cell))
          text = true;
      }
    if (text && !numbers) roles[j] = CsvLayout::Role::text;
  }
  return roles;
}

}  // namespace

CsvLayout csvLayout(std::string_view text, const std::string& path) {
  Sample sample = sampleOf(text, path);
  CsvLayout layout;
  auto& records = sample.records;
  if (!records.empty())
    if (const char c = separatorLine(records[0].text)) {
      layout.separator = c, layout.skip = 1;
      layout.notes.push_back(atLine(records[0].line) + " names the separator and is no row");
      records.erase(records.begin());
    }
  if (records.empty()) throwBadFile(path, "holds no rows of numbers");
  if (layout.skip == 0) layout.separator = chooseSeparator(records);
  layout.first = records[0].line;

  std::vector<Cells> rows(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) splitCells(withoutComment(records[i].text), layout.separator, rows[i]);
  const auto below = std::span<const Cells>(rows).subspan(1);
  Cells header = headerCells(records[0].text, layout.separator, widthOf(below).first);
  const auto useHeader = [&] {
    rows.erase(rows.begin());
    ++layout.skip;
  };
  if (!anyNumber(header) && anyText(header)) {
    useHeader();
  } else if (numericHeader(header, below)) {
    layout.notes.push_back(atLine(records[0].line) + " (" + listed(header) + ") was taken for the names of the columns");
    useHeader();
  } else {
    header.clear();
  }
  Cells units;
  if (!header.empty() && rows.size() > 1 && (rows[0].size() == header.size() || rows[0].size() == rows[1].size()) && !anyNumber(rows[0]) &&
      anyText(rows[0]) && anyNumber(rows[1])) {
    units = headerCells(records[1].text, layout.separator, rows[1].size());
    layout.notes.push_back(atLine(records[1].line) + " (" + listed(units) + ") was taken for units");
    useHeader();
  }

  auto [width, empty] = header.empty() && !rows.empty() ? std::pair{rows[0].size(), widthOf(rows).second} : widthOf(rows);
  const bool even = std::all_of(rows.begin(), rows.end(), [&, width = width](const Cells& row) { return row.size() == width; });
  if (!header.empty() && header.size() >= width) empty = std::min(empty, trailingEmpty(header) + header.size() - width);
  if (!even || width - empty < 1 || (!header.empty() && header.size() + 1 < width && header.size() + empty < width)) empty = 0;
  // A name fewer than columns: the rows have names of their own, unless what is beyond the names is empty in every row.
  bool rowNames = false;
  if (!header.empty() && even && header.size() + 1 == width && empty == 0) {
    rowNames = true;
    header.insert(header.begin(), std::string_view());
  } else {
    width -= empty;
    if (!header.empty() && header.size() > width && header.size() - width <= trailingEmpty(header) && even) header.resize(width);
    if (!header.empty() && header.size() != width) width = header.size();
    if (empty > 0) layout.notes.push_back("the separator at the end of every row was left out");
  }
  if (units.size() + 1 == width && rowNames) units.insert(units.begin(), std::string_view());
  if (header.empty() && sample.comment && layout.separator != ' ') {
    // What numpy.savetxt writes as a header.
    auto line = trimmed(sample.comment->text);
    Cells names;
    splitCells(line.substr(1), layout.separator, names);
    if (names.size() == width && width > 1 && !anyNumber(names) && anyText(names)) {
      header = names;
      layout.notes.push_back("the names of the columns are those of the comment in " + atLine(sample.comment->line));
    }
  }

  layout.roles = rolesOf(rows, width);
  for (const auto cell : header) layout.names.push_back(cellText(cell));
  if (!units.empty()) {
    units.resize(width);
    for (const auto cell : units) layout.units.push_back(unitOf(cell));
  }
  layout.counterLikely = header.empty() ? width >= 3 : meansIndex(header[0]);
  if (rowNames || (!header.empty() && layout.counterLikely && layout.roles[0] == CsvLayout::Role::text)) {
    layout.roles[0] = CsvLayout::Role::rowName;
    layout.notes.push_back("column 1 holds names of the rows and was left out");
  }
  return layout;
}

}  // namespace inflaton
