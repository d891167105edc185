#include "core/api/utf8.h"

namespace inflaton {

// RFC 3629, section 4.
std::size_t utf8Sequence(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0u; };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return within(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && within(2, 0x80, 0xBF) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return within(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  return 0;
}

bool isUtf8(std::string_view text) {
  for (std::size_t at = 0, n = 0; at < text.size(); at += n)
    if ((n = utf8Sequence(text, at)) == 0) return false;
  return true;
}

std::string shownUtf8(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = utf8Sequence(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (n == 0)
      out += "\\x", out += digits[byte >> 4], out += digits[byte & 15];
    else
      out += text.substr(at, n);
    at += n == 0 ? 1 : n;
  }
  return out;
}

}  // namespace inflaton
