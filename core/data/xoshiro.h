#pragma once
// One chain's random numbers: xoshiro256++ (Blackman and Vigna 2019), seeded from (seed, chain). The four words are all there is to save:
// normals come in pairs by Box-Muller and a spare one is dropped, never kept.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "core/data/random.h"

namespace inflaton {

class Xoshiro {
 public:
  static constexpr std::size_t kWords = 4;

  Xoshiro(std::uint64_t seed, std::uint64_t chain) {
    const std::uint64_t own = numberedSeed(seed, chain);
    for (std::size_t i = 0; i < kWords; ++i) words_[i] = numberedSeed(own, i);
  }
  /// From saved words; exactly kWords of them, not all zero.
  explicit Xoshiro(const std::vector<std::uint64_t>& saved) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] = saved[i];
  }

  std::vector<std::uint64_t> save() const { return {words_.begin(), words_.end()}; }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(words_[0] + words_[3], 23) + words_[0], shifted = words_[1] << 17;
    words_[2] ^= words_[0], words_[3] ^= words_[1], words_[1] ^= words_[2], words_[0] ^= words_[3];
    words_[2] ^= shifted, words_[3] = std::rotl(words_[3], 45);
    return result;
  }
  /// In the open interval (0, 1).
  double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

  void normals(std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); i += 2) {
      const double radius = std::sqrt(-2 * std::log(uniform())), angle = 2 * std::numbers::pi * uniform();
      out[i] = radius * std::cos(angle);
      if (i + 1 < out.size()) out[i + 1] = radius * std::sin(angle);
    }
  }

 private:
  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace inflaton
