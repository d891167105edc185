#pragma once
// Counter-based random numbers (Philox 4x32-10, Salmon et al. 2011): draw i depends on (seed, stream, i) alone,
// so any thread may make any part and the bytes are the same.
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace inflaton {

class CounterRng {
 public:
  CounterRng(std::uint64_t seed, std::uint32_t stream)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, stream_(stream) {}

  /// Four independent 32-bit words for point `i`, block `block`.
  std::array<std::uint32_t, 4> words(std::uint64_t i, std::uint32_t block) const {
    std::array<std::uint32_t, 4> c{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), block, stream_};
    auto k = key_;
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
      c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
           static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
      k[0] += 0x9E3779B9u, k[1] += 0xBB67AE85u;
    }
    return c;
  }
  /// Four uniforms in the open interval (0, 1).
  std::array<double, 4> uniforms(std::uint64_t i, std::uint32_t block) const {
    const auto w = words(i, block);
    std::array<double, 4> u{};
    for (int j = 0; j < 4; ++j) u[static_cast<std::size_t>(j)] = (w[static_cast<std::size_t>(j)] + 0.5) * 0x1p-32;
    return u;
  }
  /// Four standard normals (Box-Muller).
  std::array<double, 4> normals(std::uint64_t i, std::uint32_t block) const {
    const auto u = uniforms(i, block);
    std::array<double, 4> z{};
    for (std::size_t j = 0; j < 4; j += 2) {
      const double r = std::sqrt(-2 * std::log(u[j])), a = 2 * std::numbers::pi * u[j + 1];
      z[j] = r * std::cos(a), z[j + 1] = r * std::sin(a);
    }
    return z;
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t stream_;
};

}  // namespace inflaton
