#pragma once
// The 16-bit floats that files hold.
#include <bit>
#include <cmath>
#include <cstdint>

namespace inflaton {

/// IEEE binary16.
inline float floatFromHalf(std::uint16_t h) {
  const int exponent = h >> 10 & 31, fraction = h & 1023;
  float v;
  if (exponent == 31)
    v = fraction == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    v = std::ldexp(static_cast<float>(fraction), -24);
  else
    v = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  return h & 0x8000 ? -v : v;
}

/// bfloat16: the upper half of a float.
inline float floatFromBfloat16(std::uint16_t b) { return std::bit_cast<float>(static_cast<std::uint32_t>(b) << 16); }

}  // namespace inflaton
