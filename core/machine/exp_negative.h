#pragma once
// exp(v) for v <= 0, branch-free so that loops over it vectorise: 2^n times a Taylor polynomial on [-ln2/2, ln2/2].
// Clamped where the result would come near the subnormal numbers, which are slow: 1.8e-35 and 1e-304 are as good as zero here.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace inflaton {

[[gnu::always_inline]] inline float expNegative(float v) {
  v = std::max(v, -80.0f);
  const float n = std::floor(v * 1.44269504f + 0.5f);
  const float r = (v - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

[[gnu::always_inline]] inline double expNegative(double v) {
  v = std::max(v, -700.0);
  const double n = std::floor(v * 1.4426950408889634 + 0.5);
  const double r = (v - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // n + 1.5 * 2^52 leaves the integer n in the low bits: a conversion that every vector unit has.
  const double shifted = n + 6755399441055744.0;
  std::int64_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

}  // namespace inflaton
