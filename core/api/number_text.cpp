#include "core/api/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace inflaton {
namespace {

std::string written(double value, std::chars_format format, int precision) {
  std::string text(static_cast<std::size_t>(350 + precision), '\0');  // the largest double has 309 digits before its point
  text.resize(static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), value, format, precision).ptr - text.data()));
  return text;
}

struct Place {
  bool left = false, zeros = false, plus = false;
  int width = 0, precision = -1;

  std::string filled(std::string text, bool number) const {
    if (number && plus && !text.starts_with('-')) text.insert(0, 1, '+');
    const auto wanted = static_cast<std::size_t>(std::abs(width));
    if (text.size() >= wanted) return text;
    const std::size_t missing = wanted - text.size();
    if (left || width < 0) return text + std::string(missing, ' ');
    const bool sign = text.starts_with('-') || text.starts_with('+');
    if (number && zeros) return text.insert(sign ? 1 : 0, missing, '0');
    return std::string(missing, ' ') + text;
  }
};

}  // namespace

std::string numberText(double value, int digits) { return written(value, std::chars_format::general, std::max(digits, 0)); }
std::string fixedText(double value, int decimals) { return written(value, std::chars_format::fixed, std::max(decimals, 0)); }

std::string exactText(double value) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::optional<double> numberFrom(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string formattedValues(std::string_view format, std::initializer_list<FormatValue> values) {
  const auto misfit = [&] { return std::logic_error("the values do not fit the format \"" + std::string(format) + "\""); };
  auto next = values.begin();
  const auto take = [&]() -> const FormatValue& {
    if (next == values.end()) throw misfit();
    return *next++;
  };
  const auto whole = [&] {
    if (const auto* v = std::get_if<std::int64_t>(&take().value())) return *v;
    throw misfit();
  };
  std::string out;
  std::size_t at = 0;
  const auto peek = [&] { return at < format.size() ? format[at] : '\0'; };
  const auto digits = [&] {
    int n = 0;
    for (; peek() >= '0' && peek() <= '9'; ++at) n = 10 * n + (peek() - '0');
    return n;
  };
  while (at < format.size()) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    ++at;
    Place place;
    for (;; ++at) {
      if (peek() == '-')
        place.left = true;
      else if (peek() == '0')
        place.zeros = true;
      else if (peek() == '+')
        place.plus = true;
      else
        break;
    }
    if (peek() == '*')
      ++at, place.width = static_cast<int>(whole());
    else
      place.width = digits();
    if (peek() == '.') ++at, place.precision = digits();
    while (peek() == 'h' || peek() == 'l' || peek() == 'z') ++at;
    const char conversion = peek();
    ++at;
    if (conversion == '%') {
      out += '%';
    } else if (conversion == 'd' || conversion == 'u') {
      out += place.filled(std::to_string(whole()), true);
    } else if (conversion == 'x') {
      char hex[16];
      const auto end = std::to_chars(hex, hex + sizeof hex, static_cast<std::uint64_t>(whole()), 16).ptr;
      out += place.filled(std::string(hex, end), true);
    } else if (conversion == 's') {
      const auto* v = std::get_if<std::string_view>(&take().value());
      if (!v) throw misfit();
      out += place.filled(std::string(*v), false);
    } else if (conversion == 'e' || conversion == 'f' || conversion == 'g') {
      const auto* v = std::get_if<double>(&take().value());
      if (!v) throw misfit();
      const auto form = conversion == 'e'   ? std::chars_format::scientific
                        : conversion == 'f' ? std::chars_format::fixed
                                            : std::chars_format::general;
      if (!std::isfinite(*v)) place.zeros = false;
      out += place.filled(written(*v, form, place.precision < 0 ? 6 : place.precision), true);
    } else {
      throw misfit();
    }
  }
  if (next != values.end()) throw misfit();
  return out;
}

}  // namespace inflaton
