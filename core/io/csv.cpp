#include "core/io/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/io/atomic_file.h"

namespace inflaton {
namespace {

constexpr std::size_t kMaxLine = 1 << 20;

/// Leading spaces away; a tab may be a separator and stays.
std::string_view withoutBlanks(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  return s;
}

/// "1, 2  # a note" -> "1, 2". A '#' inside a word ("item#") is part of it.
std::string_view withoutComment(std::string_view s) {
  for (std::size_t at = s.find('#'); at != std::string_view::npos; at = s.find('#', at + 1))
    if (at == 0 || s[at - 1] == ' ' || s[at - 1] == '\t') return s.substr(0, at);
  return s;
}

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

/// Lines without their end (LF, CR LF or CR), and never more than a buffer and a line in memory.
class Lines {
 public:
  explicit Lines(const std::string& path) : file_(path), buffer_(1 << 18, '\0') {}
  std::int64_t number() const { return number_; }
  const InputFile& file() const { return file_; }

  bool next(std::string& line) {
    line.clear();
    bool any = false;
    for (int c; (c = get()) >= 0;) {
      any = true;
      if (c == '\n') break;
      if (c == '\r') {
        if (peek() == '\n') get();
        break;
      }
      if (c == 0)
        throwBadFile(file_.path(), "is not a text file (line " + std::to_string(number_ + 1) + " holds a NUL byte)",
                     "UTF-16 text? Save it as UTF-8.");
      line += static_cast<char>(c);
      if (line.size() > kMaxLine)
        throwBadFile(file_.path(), "line " + std::to_string(number_ + 1) + " is longer than 1 MiB; it is no table of numbers");
    }
    number_ += any;
    if (number_ == 1 && any && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    return any;
  }

 private:
  int peek() {
    if (at_ == end_) at_ = 0, end_ = file_.readSome(buffer_.data(), buffer_.size());
    return end_ == 0 ? -1 : static_cast<unsigned char>(buffer_[at_]);
  }
  int get() {
    const int c = peek();
    if (c >= 0) ++at_;
    return c;
  }
  InputFile file_;
  std::string buffer_;
  std::size_t at_ = 0, end_ = 0;
  std::int64_t number_ = 0;
};

/// ';' and tab are never part of a number or name, so they win over ','; otherwise runs of blanks part the cells.
char separatorOf(std::string_view line) {
  line = trimmed(line);
  for (const char c : {';', '\t', ','})
    if (line.find(c) != std::string_view::npos) return c;
  return ' ';
}

void split(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  if (separator == ' ') {
    line = trimmed(line);
    while (!line.empty()) {
      const auto end = std::min(line.find_first_of(" \t"), line.size());
      cells.push_back(line.substr(0, end));
      line = trimmed(line.substr(end));
    }
    return;
  }
  line = withoutBlanks(line);
  for (;;) {
    const bool quoted = !line.empty() && line.front() == '"' && line.find('"', 1) != std::string_view::npos;
    const auto end = line.find(separator, quoted ? line.find('"', 1) : 0);
    cells.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
    line = withoutBlanks(line);
  }
}

std::string_view unquoted(std::string_view cell) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = trimmed(cell.substr(1, cell.size() - 2));
  return cell;
}

/// Any number, also "nan" and "inf"; nothing for other text. Overflow gives infinity.
std::optional<double> number(std::string_view cell) {
  cell = unquoted(cell);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  if (cell.empty() || cell.front() == '+') return {};
  double v = 0;
  const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), v);
  if (end != cell.data() + cell.size()) return {};
  if (fault == std::errc()) return v;
  if (fault != std::errc::result_out_of_range) return {};
  // Out of range means too large or too small; the exponent's sign tells which.
  const auto e = cell.find_first_of("eE");
  return e != std::string_view::npos && cell.substr(e + 1).starts_with('-') ? 0.0 : HUGE_VAL;
}

std::string shown(std::string_view cell) {
  std::string text;
  for (const char c : cell.substr(0, 40)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return "\"" + text + (cell.size() > 40 ? "...\"" : "\"");
}

}  // namespace

Table readCsv(const std::string& path, std::uint64_t byteLimit) {
  Lines lines(path);
  Table table;
  std::vector<std::string_view> cells;
  std::string line;
  char separator = 0;
  std::int64_t first = 0;  // line of the first row or of the names
  const auto where = [&](int column) {
    std::string at = "line " + std::to_string(lines.number()) + ", column " + std::to_string(column + 1);
    if (!table.names.empty()) at += " (" + table.names[static_cast<std::size_t>(column)] + ")";
    return at;
  };
  while (lines.next(line)) {
    const auto text = withoutComment(line);
    if (trimmed(text).empty()) continue;
    if (separator == 0) separator = separatorOf(text);
    split(text, separator, cells);
    if (first == 0) {
      first = lines.number();
      table.columns = static_cast<int>(cells.size());
      // Names are a first row without any number.
      if (std::none_of(cells.begin(), cells.end(), [](auto cell) { return number(cell).has_value(); })) {
        for (const auto cell : cells) table.names.emplace_back(unquoted(cell));
        continue;
      }
    }
    if (static_cast<int>(cells.size()) != table.columns)
      throwBadFile(path, "line " + std::to_string(lines.number()) + " has " + std::to_string(cells.size()) + " columns; line " +
                             std::to_string(first) + " has " + std::to_string(table.columns));
    for (int j = 0; j < table.columns; ++j) {
      const auto cell = cells[static_cast<std::size_t>(j)];
      const auto v = number(cell);
      if (!v && unquoted(cell).empty()) throwBadFile(path, where(j) + ": the cell is empty; needed: a number");
      if (!v)
        throwBadFile(path, where(j) + ": " + shown(cell) + " is not a number",
                     separator == ';' && cell.find(',') != std::string_view::npos ? "Write decimal points, not commas." : "");
      if (!std::isfinite(*v)) throwBadFile(path, where(j) + ": " + shown(cell) + " is not a finite number");
      table.values.push_back(*v);
    }
    table.lines.push_back(lines.number());
    ++table.rows;
    if ((table.values.size() + table.lines.size()) * 8 > byteLimit)
      throwBadFile(path, "asks for more than " + std::to_string(byteLimit) + " bytes of memory");
  }
  if (table.rows == 0) throwBadFile(path, lines.file().size() == 0 ? "is empty" : "holds no rows of numbers");
  return table;
}

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
