#pragma once
// A function of D = 2 or 3 variables, D values each, as a tree of cells with one cubic polynomial each. The polynomials are those of a sum
// of cubic B-splines on nested grids (hierarchical B-splines: Forsey and Bartels 1988; Kraft 1997), so the whole is twice continuously
// differentiable across cells of any two sizes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace inflaton {

constexpr std::size_t cubicCount(int D) { return D == 2 ? 16 : 64; }

/// One cell's values: for each of D components 4^D coefficients of powers of (u_j - 1/2), u the place in the cell from 0 to 1; the last
/// axis runs fastest.
template <int D, class Scalar>
using CellPolynomial = std::array<std::array<Scalar, cubicCount(D)>, D>;

template <int D>
struct SplineTable {
  using Point = std::array<double, D>;
  struct TopCell {
    std::uint32_t first = 0;  ///< in `index`
    std::int32_t depth = 0;   ///< its finest cells are 2^depth a side
  };
  Point low{}, perTop{};             ///< corner of the box; top cells per unit
  int side = 0;                      ///< top cells along each axis
  std::vector<TopCell> top;          ///< [side^D], last axis fastest
  std::vector<std::uint32_t> index;  ///< of each finest place: 16 leaf + level
  std::vector<CellPolynomial<D, float>> leaf;

  /// Where z lies: its top cell, and the place in `index`. NaN and infinity count as the lower corner.
  struct Located {
    double fraction[D], beyond[D];  ///< of the top cell; past the border of the box, in top cells
    int sub[D], depth;
    std::size_t slot;
  };
  Located locate(const double* z) const {
    Located l;
    std::size_t cell = 0;
    for (int j = 0; j < D; ++j) {
      const double place = (z[j] - low[j]) * perTop[j];
      const double inside = place > 0 ? std::min(place, static_cast<double>(side)) : 0.0;
      const int whole = std::min(side - 1, static_cast<int>(inside));
      l.fraction[j] = inside - whole, l.beyond[j] = place - inside;
      cell = cell * static_cast<std::size_t>(side) + static_cast<std::size_t>(whole);
    }
    const TopCell& t = top[cell];
    l.depth = t.depth;
    const int across = 1 << t.depth;
    std::size_t finest = 0;
    for (int j = 0; j < D; ++j) {
      l.sub[j] = std::min(across - 1, static_cast<int>(l.fraction[j] * across));
      finest = (finest << t.depth) + static_cast<std::size_t>(l.sub[j]);
    }
    l.slot = t.first + finest;
    return l;
  }

  /// Values [n, D] and derivatives [n, D, D], entry (c, j) = d value_c / d z_j. Outside the box along the tangents at its border; NaN where
  /// z is not finite. The table is larger than a core's cache, and points hop about in it: places, then cells are fetched for several
  /// points ahead.
  void at(const double* z, std::size_t n, double* value, double* derivative) const {
    constexpr std::size_t ahead = 32;
    Located located[ahead];
    for (std::size_t from = 0; from < n; from += ahead) {
      const std::size_t count = std::min(ahead, n - from);
      for (std::size_t i = 0; i < count; ++i) {
        located[i] = locate(z + (from + i) * D);
        __builtin_prefetch(&index[located[i].slot]);
      }
      for (std::size_t i = 0; i < count; ++i) {
        const auto* cell = reinterpret_cast<const char*>(&leaf[index[located[i].slot] >> 4]);
        for (std::size_t line = 0; line < sizeof(CellPolynomial<D, float>); line += 64) __builtin_prefetch(cell + line);
      }
      for (std::size_t i = 0; i < count; ++i) one(located[i], value + (from + i) * D, derivative + (from + i) * D * D);
    }
  }

 private:
  void one(const Located& l, double* value, double* derivative) const {
    double power[D][4], slope[D][4];
    const std::uint32_t entry = index[l.slot];
    const int level = static_cast<int>(entry & 15u);
    for (int j = 0; j < D; ++j) {
      if (!std::isfinite(l.beyond[j])) return fill(value, derivative);
      const double u = l.fraction[j] * (1 << level) - (l.sub[j] >> (l.depth - level)) - 0.5, scale = perTop[j] * (1 << level);
      slope[j][0] = 0, slope[j][1] = scale, slope[j][2] = 2 * u * scale, slope[j][3] = 3 * u * u * scale;
      power[j][0] = 1, power[j][1] = u, power[j][2] = u * u, power[j][3] = u * u * u;
      if (l.beyond[j] != 0)
        for (int p = 1; p < 4; ++p) power[j][p] += l.beyond[j] / perTop[j] * slope[j][p];
    }
    const auto& polynomial = leaf[entry >> 4];
    for (int c = 0; c < D; ++c) {
      // Over the last axis four coefficients go side by side; the others are summed up first.
      const float* a = polynomial[static_cast<std::size_t>(c)].data();
      Four sum[D];  // [0]: of values; [1 + j]: of derivatives along axis j < D - 1
      if constexpr (D == 2) {
        plane(a, power[0], slope[0], sum[0], sum[1]);
      } else {
        Four value4[4], slope4[4];
        for (int i = 0; i < 4; ++i) plane(a + 16 * i, power[1], slope[1], value4[i], slope4[i]);
        sum[0] = power[0][0] * value4[0], sum[2] = power[0][0] * slope4[0], sum[1] = slope[0][1] * value4[1];
        for (int i = 1; i < 4; ++i) sum[0] += power[0][i] * value4[i], sum[2] += power[0][i] * slope4[i];
        for (int i = 2; i < 4; ++i) sum[1] += slope[0][i] * value4[i];
      }
      value[c] = dot(sum[0], power[D - 1]);
      for (int j = 0; j + 1 < D; ++j) derivative[c * D + j] = dot(sum[1 + j], power[D - 1]);
      derivative[c * D + D - 1] = dot(sum[0], slope[D - 1]);
    }
  }

  using Four [[gnu::vector_size(32)]] = double;
  using FourSingle [[gnu::vector_size(16)]] = float;
  /// sum_i power_i a[4 i ..], and with the slopes, of which the first is zero.
  static void plane(const float* a, const double* power, const double* slope, Four& value, Four& along) {
    FourSingle single[4];
    std::memcpy(single, a, sizeof single);
    const Four one = __builtin_convertvector(single[1], Four), two = __builtin_convertvector(single[2], Four),
               three = __builtin_convertvector(single[3], Four);
    value = __builtin_convertvector(single[0], Four) + power[1] * one + power[2] * two + power[3] * three;
    along = slope[1] * one + slope[2] * two + slope[3] * three;
  }
  static double dot(const Four& v, const double* w) { return (v[0] * w[0] + v[1] * w[1]) + (v[2] * w[2] + v[3] * w[3]); }
  static void fill(double* value, double* derivative) {
    std::fill_n(value, D, std::numeric_limits<double>::quiet_NaN());
    std::fill_n(derivative, D * D, std::numeric_limits<double>::quiet_NaN());
  }
};

}  // namespace inflaton
