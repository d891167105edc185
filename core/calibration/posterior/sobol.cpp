#include "core/calibration/posterior/sobol.h"

#include <array>
#include <cmath>
#include <numbers>

#include "core/api/stop_scope.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr std::int64_t kBetweenLooks = 1 << 16;  // points between two looks at the stop token

std::uint32_t reversed(std::uint32_t v) {
  v = (v >> 16) | (v << 16);
  v = ((v & 0xFF00FF00u) >> 8) | ((v & 0x00FF00FFu) << 8);
  v = ((v & 0xF0F0F0F0u) >> 4) | ((v & 0x0F0F0F0Fu) << 4);
  v = ((v & 0xCCCCCCCCu) >> 2) | ((v & 0x33333333u) << 2);
  return ((v & 0xAAAAAAAAu) >> 1) | ((v & 0x55555555u) << 1);
}

/// Direction numbers of the second dimension: primitive polynomial x + 1, so m_k = 2 m_(k-1) xor m_(k-1).
std::array<std::uint32_t, 32> secondDirections() {
  std::array<std::uint32_t, 32> v{};
  std::uint64_t m = 1;
  for (int k = 0; k < 32; ++k) {
    v[static_cast<std::size_t>(k)] = static_cast<std::uint32_t>(m << (31 - k));
    m = (m << 1) ^ m;
  }
  return v;
}

/// Each digit is flipped or not by a coin that hangs on the digits before it alone.
std::uint32_t scrambled(std::uint32_t v, std::uint64_t seed) {
  std::uint32_t flips = 0;
  for (int bit = 0; bit < 32; ++bit) {
    const std::uint64_t before = bit == 0 ? 0 : v >> (32 - bit);
    const std::uint64_t coin = numberedSeed(seed ^ (before << 6 | static_cast<std::uint64_t>(bit)), 0);
    flips |= static_cast<std::uint32_t>(coin >> 63) << (31 - bit);
  }
  return v ^ flips;
}

}  // namespace

std::vector<double> scrambledSobol(std::int64_t n, std::uint64_t seed) {
  static const auto directions = secondDirections();
  const std::array<std::uint64_t, 2> own{numberedSeed(seed, 1), numberedSeed(seed, 2)};
  std::vector<double> points(static_cast<std::size_t>(2 * n));
  for (std::int64_t i = 0; i < n; ++i) {
    if (i % kBetweenLooks == 0) StopScope::look();
    std::array<std::uint32_t, 2> v{reversed(static_cast<std::uint32_t>(i)), 0};
    for (std::uint32_t rest = static_cast<std::uint32_t>(i), k = 0; rest != 0; rest >>= 1, ++k)
      if (rest & 1) v[1] ^= directions[k];
    for (std::size_t j = 0; j < 2; ++j) points[static_cast<std::size_t>(2 * i) + j] = (scrambled(v[j], own[j]) + 0.5) * 0x1p-32;
  }
  return points;
}

double normalQuantile(double p) {
  const bool upper = p > 0.5;
  const double tail = upper ? 1 - p : p;
  // A rational start good to 3e-3 (Hastings 1955), then Halley's steps on the tail itself, which lose nothing far out.
  const double y = std::sqrt(-2 * std::log(tail));
  double z = y - (2.30753 + 0.27061 * y) / (1 + y * (0.99229 + 0.04481 * y));
  for (int step = 0; step < 3; ++step) {
    const double excess = (0.5 * std::erfc(z / std::numbers::sqrt2) - tail) * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * z * z);
    z += excess / (1 - 0.5 * z * excess);
  }
  return upper ? z : -z;
}

}  // namespace inflaton
