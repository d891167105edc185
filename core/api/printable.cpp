#include "core/api/printable.h"
#include "core/api/number_text.h"

#include <array>
#include <cstdint>

namespace inflaton {
namespace {

/// Of the character that begins at `at`: its bytes, and the code point. No bytes: it is no UTF-8 (RFC 3629).
struct Character {
  std::size_t bytes = 0;
  std::uint32_t code = 0;
};

Character characterAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {1, first};
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return {};
  std::uint32_t code = first & (0x3fu >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xc0u) != 0x80u) return {};
    code = code << 6 | (byte(at + i) & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 4> least{0, 0x80, 0x800, 0x10000};
  if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {more + 1, code};
}

/// Controls of C0 and C1, and Unicode's marks and separators that change how the rest of a line is laid out.
bool steers(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

std::string cleaned(std::string_view text, bool keepLines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [bytes, code] = characterAt(text, at);
    if (bytes == 0) {
      out += formatted("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[at++])));
      continue;
    }
    if (!steers(code) || (keepLines && code == '\n'))
      out.append(text.substr(at, bytes));
    else
      out += formatted("\\u%04x", static_cast<unsigned>(code));
    at += bytes;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return cleaned(text, false); }
std::string printableLines(std::string_view text) { return cleaned(text, true); }

}  // namespace inflaton
