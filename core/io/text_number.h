#pragma once
// Numbers as tables write them, whatever the locale: decimal points, or decimal commas where a whole file has them.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inflaton {

/// A whole cell: "-1.5", "+2", ".5", "1e-3", also "nan" and "inf". Overflow gives infinity, underflow 0. False: other text.
bool numberWithPoint(std::string_view cell, double& value);
/// The same with one decimal comma that digits follow, and no point.
bool numberWithComma(std::string_view cell, double& value);
/// Either.
bool isNumber(std::string_view cell);
/// Empty, NA, N/A, #N/A, nan, null, none, in any case: what tables write where a value is missing.
bool isMissing(std::string_view cell);

/// The numbers of one file, whose decimal mark is the first that shows.
class NumberReader {
 public:
  explicit NumberReader(int columns) : seen_(static_cast<std::size_t>(columns), 0) {}
  /// False when it is no number, or has the other mark: then `hint` says so.
  bool read(std::string_view cell, int column, std::int64_t line, double& value, std::string& hint) {
    if (numberWithPoint(cell, value)) return mark_ == '.' || plain(cell, column, line, hint);
    return comma(cell, column, line, value, hint);
  }
  bool decimalCommas() const { return mark_ == ','; }
  /// A column whose commas may part thousands as well ("1,234" beside "999", and nowhere "0,5"), from 0; -1: none.
  int doubtfulColumn() const;

 private:
  bool plain(std::string_view cell, int column, std::int64_t line, std::string& hint);
  bool comma(std::string_view cell, int column, std::int64_t line, double& value, std::string& hint);
  void set(char mark, std::int64_t line) { mark_ = mark, line_ = line; }

  char mark_ = 0;          ///< 0: not seen so far
  std::int64_t line_ = 0;  ///< where it was seen first
  std::vector<std::uint8_t> seen_;
};

}  // namespace inflaton
