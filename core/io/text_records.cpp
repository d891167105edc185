#include "core/io/text_records.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/api/utf8.h"
#include "core/io/input_file.h"

namespace inflaton {
namespace {

constexpr std::size_t kMaxRecord = 1 << 20;

bool blank(char c) { return c == ' ' || c == '\t'; }

/// Beginnings of files that get the ending of a table by mistake, and what they are.
void refuseForeign(std::string_view text, const std::string& path) {
  struct Kind {
    std::string_view start, what, hint;
  };
  constexpr std::string_view sheet = "Save the sheet as CSV (UTF-8) and open that.";
  constexpr std::string_view utf8 = "Save it as UTF-8: \"CSV UTF-8\" in a spreadsheet, or iconv -f UTF-16 -t UTF-8.";
  static constexpr std::array<Kind, 9> kinds{{
      {"\xFF\xFE", "is UTF-16 text; tables are read as UTF-8", utf8},
      {"\xFE\xFF", "is UTF-16 text; tables are read as UTF-8", utf8},
      {"PK\x03\x04", "is a ZIP archive or a workbook (.xlsx, .ods), not a text file", sheet},
      {"\xD0\xCF\x11\xE0", "is an old workbook (.xls), not a text file", sheet},
      {"\x1F\x8B", "is compressed by gzip, not a text file", "Unpack it first."},
      {"PAR1", "is a Parquet file, not a text file", "Save the table as CSV."},
      {"\x89HDF", "is an HDF5 file, not a text file", "Save the array as .npy or .npz."},
      {"\x93NUMPY", "is an .npy array, not a text file", "Give it the ending .npy."},
      {"%PDF", "is a PDF, not a text file", ""},
  }};
  for (const Kind& kind : kinds)
    if (text.starts_with(kind.start)) throwBadFile(path, std::string(kind.what), std::string(kind.hint));
  const auto nul = text.find('\0');
  if (nul == std::string_view::npos) return;
  // Plain letters in UTF-16 have a zero in every second byte.
  const auto start = text.substr(0, 256);
  if (static_cast<std::size_t>(std::count(start.begin(), start.end(), '\0')) * 5 > start.size() * 2)
    throwBadFile(path, std::string(kinds[0].what), std::string(utf8));
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
  throwBadFile(path, "is not a text file (line " + std::to_string(line) + " holds a NUL byte)", "UTF-16 text? Save it as UTF-8.");
}

/// Where the quote that opens at `from` closes, past it; npos when it never does.
std::size_t pastQuote(std::string_view s, std::size_t from) {
  for (auto at = s.find('"', from + 1); at != std::string_view::npos; at = s.find('"', at + 2))
    if (at + 1 >= s.size() || s[at + 1] != '"') return at + 1;
  return std::string_view::npos;
}

/// A quote opens where a cell may begin.
bool opens(std::string_view s, std::size_t quote) {
  return quote == 0 || s[quote - 1] == ',' || s[quote - 1] == ';' || s[quote - 1] == '|' || blank(s[quote - 1]);
}

/// The next of `chars` outside of quotes, from `from` on; npos: none.
std::size_t outsideQuotes(std::string_view s, const char* chars, std::size_t from) {
  const std::string both = std::string(chars) + '"';
  for (auto at = s.find_first_of(both, from); at != std::string_view::npos; at = s.find_first_of(both, at)) {
    if (s[at] != '"') return at;
    const auto past = opens(s, at) ? pastQuote(s, at) : std::string_view::npos;
    at = past == std::string_view::npos ? at + 1 : past;
  }
  return std::string_view::npos;
}

}  // namespace

std::string readTableText(const std::string& path, std::uint64_t byteLimit) {
  InputFile file(path);
  if (file.size() > byteLimit)
    throwBadFile(path,
                 "has " + std::to_string(file.size()) + " bytes; it asks for more than " + std::to_string(byteLimit) + " bytes of memory");
  if (file.size() == 0) throwBadFile(path, "is empty");
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  text.resize(file.readSome(text.data(), text.size()));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  // DOS programs end a text by ^Z, and fill what is left of the block with more of it or with zeros.
  if (const auto last = text.find_last_not_of(std::string_view("\x1A\0\r\n", 4)); last + 1 < text.size())
    if (const auto mark = text.find('\x1A', last == std::string::npos ? 0 : last + 1); mark != std::string::npos) text.resize(mark);
  refuseForeign(text, path);
  return text;
}

std::size_t Records::plainEnd() {
  const auto next = [&](char c, std::size_t& known) {
    if (!looked_ || known < at_) known = std::min(text_.find(c, at_), text_.size());
  };
  next('\n', lf_), next('\r', cr_);
  looked_ = true;
  return std::min(lf_, cr_);
}

bool Records::next(std::string_view& record) {
  if (at_ == text_.size()) return false;
  line_ = after_, after_ = line_ + 1;
  std::size_t end = plainEnd();
  // No further than a record may reach, so that a quote left open costs no search of the whole file.
  const auto near = text_.substr(at_, kMaxRecord + 1);
  if (near.substr(0, end - at_).find('"') != std::string_view::npos) {
    const std::size_t plain = end;
    end = at_ + std::min(outsideQuotes(near, "\r\n", 0), near.size());
    for (auto i = plain; i < end; ++i) after_ += text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'));
  }
  if (end - at_ > kMaxRecord)
    throwBadFile(path_, "line " + std::to_string(line_) + " is longer than 1 MiB; it is no table of numbers",
                 after_ > line_ + 1 ? "A quote is left open there." : "");
  record = text_.substr(at_, end - at_);
  at_ = end;
  if (text_.substr(at_).starts_with("\r\n"))
    at_ += 2;
  else if (at_ < text_.size())
    ++at_;
  return true;
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

bool isComment(std::string_view record) { return trimmed(record).starts_with('#'); }

std::string_view withoutComment(std::string_view s) {
  if (std::memchr(s.data(), '#', s.size()) == nullptr) return s;
  for (auto at = outsideQuotes(s, "#", 0); at != std::string_view::npos; at = outsideQuotes(s, "#", at + 1))
    if (at == 0 || blank(s[at - 1])) return s.substr(0, at);
  return s;
}

bool takeCell(std::string_view& rest, char separator, std::string_view& cell) {
  if (rest.data() == nullptr) return false;
  if (separator == ' ') {
    rest = trimmed(rest);
    if (rest.empty()) return false;
  } else {
    while (!rest.empty() && rest.front() != separator && blank(rest.front())) rest.remove_prefix(1);
  }
  std::size_t from = 0;
  if (!rest.empty() && rest.front() == '"')
    if (const auto past = pastQuote(rest, 0); past != std::string_view::npos) from = past;
  std::size_t end = from;
  if (separator == ' ')
    while (end < rest.size() && !blank(rest[end])) ++end;
  else
    while (end < rest.size() && rest[end] != separator) ++end;
  cell = trimmed(rest.substr(0, end));
  rest = end == rest.size() ? std::string_view() : rest.substr(end + 1);
  return true;
}

void splitCells(std::string_view record, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  for (std::string_view cell; takeCell(record, separator, cell);) cells.push_back(cell);
}

std::string_view unquoted(std::string_view cell) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = trimmed(cell.substr(1, cell.size() - 2));
  return cell;
}

std::string cellText(std::string_view cell) {
  const bool quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
  cell = unquoted(cell);
  const bool latin = !isUtf8(cell);
  std::string text;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const auto c = static_cast<unsigned char>(cell[i]);
    if (quoted && c == '"' && i + 1 < cell.size() && cell[i + 1] == '"') ++i;
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else if (c < 0x20 || c == 0x7F || (latin && c >= 0x80 && c < 0xA0)) {
      text += '?';
    } else if (latin && c >= 0x80) {
      text += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
    } else {
      text += static_cast<char>(c);
    }
  }
  return text;
}

std::string briefly(const std::string& text) {
  std::size_t n = 40;
  if (text.size() <= n) return text;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return text.substr(0, n) + "...";
}

}  // namespace inflaton
