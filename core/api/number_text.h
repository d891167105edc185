#pragma once
// How files, their names and the command line write and read numbers: with a decimal point and the same digits everywhere, whatever the
// locale of the process (a Qt program takes the user's) and of its threads. For people the window has ui/style/locale_numbers.h.
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace inflaton {

/// Up to `digits` significant digits, "%.6g": 0.25, 1e-05, nan.
std::string numberText(double value, int digits = 6);
/// With `decimals` places, "%.2f": 0.25, 100000.00.
std::string fixedText(double value, int decimals);
/// The shortest text that reads back to the same number.
std::string exactText(double value);
/// The number that the whole text is ("1.5", "-2e-3", "+4"); nothing for any other text, the empty one included.
std::optional<double> numberFrom(std::string_view text);

/// One value of `formatted`: a whole number, a real one or a text. A text must outlive the call.
class FormatValue {
 public:
  template <std::integral T>
  FormatValue(T v) : value_(static_cast<std::int64_t>(v)) {}
  FormatValue(double v) : value_(v) {}
  FormatValue(const char* v) : value_(std::string_view(v)) {}
  FormatValue(const std::string& v) : value_(std::string_view(v)) {}
  const auto& value() const { return value_; }

 private:
  std::variant<std::int64_t, double, std::string_view> value_;
};

/// What printf writes under the C locale, for lines with columns: flags '-', '0' and '+', width (a number or '*'), precision, and the
/// conversions d, x, s, e, f, g and %%; h, l and z are read over. (std::format does this, but GCC 12 has none.) Throws std::logic_error
/// where values and format do not fit.
std::string formattedValues(std::string_view format, std::initializer_list<FormatValue> values);
template <class... Values>
std::string formatted(std::string_view format, const Values&... values) {
  return formattedValues(format, {FormatValue(values)...});
}

}  // namespace inflaton
