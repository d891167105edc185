#include "core/io/text_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace inflaton {
namespace {

enum Seen : std::uint8_t { wholeNumber = 1, likeThousands = 2, surelyDecimal = 4 };

bool digit(char c) { return c >= '0' && c <= '9'; }

/// "1,234", "-12,345": one to three digits, the first no zero, and three after the comma.
bool mayBeThousands(std::string_view cell) {
  if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) cell.remove_prefix(1);
  const auto at = cell.find(',');
  return at >= 1 && at <= 3 && cell.front() != '0' && cell.size() == at + 4 &&
         std::all_of(cell.begin() + 1, cell.begin() + static_cast<std::ptrdiff_t>(at), digit) &&
         std::all_of(cell.end() - 3, cell.end(), digit);
}

}  // namespace

bool numberWithPoint(std::string_view cell, double& value) {
  if (cell.starts_with('+')) {
    cell.remove_prefix(1);
    if (cell.starts_with('-')) return false;
  }
  if (cell.empty()) return false;
  const char* const last = cell.data() + cell.size();
  const auto [end, fault] = std::from_chars(cell.data(), last, value);
  if (end != last) return false;
  if (fault == std::errc()) return true;
  if (fault != std::errc::result_out_of_range) return false;
  // Out of range means too large or too small; the exponent's sign tells which, and without one only many digits can be too large.
  const bool negative = cell.front() == '-';
  const auto e = cell.find_first_of("eE");
  const bool small = e == std::string_view::npos ? cell.substr(negative).starts_with("0.") || cell.substr(negative).starts_with('.')
                                                 : cell.substr(e + 1).starts_with('-');
  value = std::copysign(small ? 0.0 : HUGE_VAL, negative ? -1.0 : 1.0);
  return true;
}

bool numberWithComma(std::string_view cell, double& value) {
  const auto at = cell.find(',');
  if (at == std::string_view::npos || at + 1 == cell.size() || !digit(cell[at + 1]) || cell.find('.') != std::string_view::npos)
    return false;
  std::array<char, 64> room;
  if (cell.size() <= room.size()) {
    std::copy(cell.begin(), cell.end(), room.begin());
    room[at] = '.';
    return numberWithPoint({room.data(), cell.size()}, value);
  }
  std::string longer(cell);
  longer[at] = '.';
  return numberWithPoint(longer, value);
}

bool isNumber(std::string_view cell) {
  double ignored = 0;
  return numberWithPoint(cell, ignored) || numberWithComma(cell, ignored);
}

bool isMissing(std::string_view cell) {
  if (cell.empty()) return true;
  if (cell.size() > 4) return false;
  std::string low(cell);
  std::transform(low.begin(), low.end(), low.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return low == "na" || low == "n/a" || low == "#n/a" || low == "nan" || low == "null" || low == "none";
}

bool NumberReader::plain(std::string_view cell, int column, std::int64_t line, std::string& hint) {
  if (cell.find('.') == std::string_view::npos) {
    seen_[static_cast<std::size_t>(column)] |= wholeNumber;
    return true;
  }
  if (mark_ == 0) set('.', line);
  if (mark_ == '.') return true;
  hint = "Line " + std::to_string(line_) +
         " has a decimal comma; write all numbers of a file with the same decimal mark, and none between thousands.";
  return false;
}

bool NumberReader::comma(std::string_view cell, int column, std::int64_t line, double& value, std::string& hint) {
  if (cell.find(',') == std::string_view::npos) return false;
  if (!numberWithComma(cell, value)) {
    if (std::all_of(cell.begin(), cell.end(), [](char c) { return digit(c) || c == ',' || c == '.' || c == '-' || c == '+'; }))
      hint = "Write the numbers without marks between thousands.";
    return false;
  }
  if (mark_ == '.') {
    hint = "Line " + std::to_string(line_) +
           " has a decimal point; write all numbers of a file with the same decimal mark, and none between thousands.";
    return false;
  }
  if (mark_ == 0) set(',', line);
  seen_[static_cast<std::size_t>(column)] |= mayBeThousands(cell) ? likeThousands : surelyDecimal;
  return true;
}

int NumberReader::doubtfulColumn() const {
  if (std::any_of(seen_.begin(), seen_.end(), [](std::uint8_t s) { return (s & surelyDecimal) != 0; })) return -1;
  const auto both =
      std::find_if(seen_.begin(), seen_.end(), [](std::uint8_t s) { return (s & wholeNumber) != 0 && (s & likeThousands) != 0; });
  return both == seen_.end() ? -1 : static_cast<int>(both - seen_.begin());
}

}  // namespace inflaton
