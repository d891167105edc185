#include "core/api/printable.h"

#include <cstdint>

#include "core/api/number_text.h"
#include "core/api/utf8.h"

namespace inflaton {
namespace {

/// Of the character that begins at `at`: its bytes, and the code point. No bytes: it is no UTF-8 (RFC 3629).
struct Character {
  std::size_t bytes = 0;
  std::uint32_t code = 0;
};

Character characterAt(std::string_view text, std::size_t at) {
  const std::size_t bytes = utf8Sequence(text, at);
  if (bytes == 0) return {};
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
  if (bytes == 1) return {1, byte(0)};
  std::uint32_t code = byte(0) & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (byte(i) & 0x3fu);
  return {bytes, code};
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
