#include "core/nets/mlp_kernels.h"

#include <cstring>

#include "core/machine/target_clones.h"

// Compiled with -O3 (core/CMakeLists.txt).

namespace inflaton {
namespace {

/// Branch-free so that it vectorises; within 2 units in the last place where the clamp does not act. The clamp is this tight
/// because compilers compute both sides of it: near exp(-87) that would bring subnormal numbers, at twenty times the cost.
[[gnu::always_inline]] inline float expClamped(float v) {
  v = v < -60.0f ? -60.0f : v;
  v = v > 60.0f ? 60.0f : v;
  // v/ln2 + 1.5 * 2^23 leaves the nearest integer in the low bits.
  const float shifted = v * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (v - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  std::uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

}  // namespace

INFLATON_WIDE void siluInPlace(float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = z[i] / (1.0f + expClamped(-z[i]));
}

INFLATON_WIDE void addSiluWithTangents(const float* __restrict z, const float* __restrict shift, std::int64_t m, std::int64_t D,
                                       std::int64_t width, float* __restrict h) {
  constexpr std::int64_t kAtOnce = 64;  // slopes kept in registers or the nearest cache while the tangents go by
  const std::int64_t size = m * width;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t from = 0; from < width; from += kAtOnce) {
      float slope[kAtOnce];
      const std::int64_t count = width - from < kAtOnce ? width - from : kAtOnce, at = i * width + from;
      for (std::int64_t c = 0; c < count; ++c) {
        const float v = z[at + c] + shift[from + c];
        const float gate = 1.0f / (1.0f + expClamped(-v));
        const float s = v * gate;
        h[at + c] += s;
        slope[c] = gate + s * (1.0f - gate);
      }
      for (std::int64_t j = 1; j <= D; ++j)
        for (std::int64_t c = 0; c < count; ++c) h[j * size + at + c] += slope[c] * z[j * size + at + c];
    }
}

INFLATON_WIDE void siluInPlace(float* __restrict z, float* __restrict slope, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float gate = 1.0f / (1.0f + expClamped(-z[i]));
    const float s = z[i] * gate;
    z[i] = s;
    slope[i] = gate + s * (1.0f - gate);
  }
}

}  // namespace inflaton
