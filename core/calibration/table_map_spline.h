#pragma once
// A function of D = 2 or 3 variables, D values each, as a tree of cells with one cubic polynomial each. The polynomials are those of a sum of cubic
// B-splines on nested grids (hierarchical B-splines: Forsey and Bartels 1988; Kraft 1997), so the whole is twice continuously differentiable across
// cells of any two sizes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace inflaton {

constexpr std::size_t cubicCount(int D) { return D == 2 ? 16 : 64; }

/// One cell's values: for each of D components 4^D coefficients of powers of (u_j - 1/2), u the place in the cell from 0 to 1; the last axis runs fastest.
template <int D, class Scalar>
using CellPolynomial = std::array<std::array<Scalar, cubicCount(D)>, D>;

template <int D>
struct SplineTable {
  using Point = std::array<double, D>;
  struct TopCell {
    std::uint32_t first = 0;  ///< in `index`
    std::int32_t depth = 0;   ///< its finest cells are 2^depth a side
  };
  Point low{}, perTop{};                      ///< corner of the box; top cells per unit
  int side = 0;                               ///< top cells along each axis
  std::vector<TopCell> top;                   ///< [side^D], last axis fastest
  std::vector<std::uint32_t> index;           ///< of each finest place: 16 leaf + level
  std::vector<CellPolynomial<D, float>> leaf;

  /// Values [D] and derivatives [D, D], entry (c, j) = d value_c / d z_j. Outside the box along the tangents at its border; NaN where z is not finite.
  void at(const double* z, double* value, double* derivative) const {
    double power[D][4], slope[D][4], fraction[D], beyond[D];
    std::size_t cell = 0;
    for (int j = 0; j < D; ++j) {
      const double place = (z[j] - low[j]) * perTop[j];
      if (!std::isfinite(place)) return fill(value, derivative);
      const double inside = std::clamp(place, 0.0, static_cast<double>(side));
      const int whole = std::min(side - 1, static_cast<int>(inside));
      fraction[j] = inside - whole, beyond[j] = place - inside;
      cell = cell * static_cast<std::size_t>(side) + static_cast<std::size_t>(whole);
    }
    const TopCell& t = top[cell];
    const int across = 1 << t.depth;
    int sub[D];
    std::size_t finest = 0;
    for (int j = 0; j < D; ++j) {
      sub[j] = std::min(across - 1, static_cast<int>(fraction[j] * across));
      finest = (finest << t.depth) + static_cast<std::size_t>(sub[j]);
    }
    const std::uint32_t entry = index[t.first + finest];
    const int level = static_cast<int>(entry & 15u);
    for (int j = 0; j < D; ++j) {
      const double u = fraction[j] * (1 << level) - (sub[j] >> (t.depth - level)) - 0.5, scale = perTop[j] * (1 << level);
      slope[j][0] = 0, slope[j][1] = scale, slope[j][2] = 2 * u * scale, slope[j][3] = 3 * u * u * scale;
      power[j][0] = 1, power[j][1] = u, power[j][2] = u * u, power[j][3] = u * u * u;
      if (beyond[j] != 0)
        for (int p = 1; p < 4; ++p) power[j][p] += beyond[j] / perTop[j] * slope[j][p];
    }
    const auto& polynomial = leaf[entry >> 4];
    for (int c = 0; c < D; ++c) {
      const float* a = polynomial[static_cast<std::size_t>(c)].data();
      if constexpr (D == 2) {
        double v = 0, d0 = 0, d1 = 0;
        for (int i = 0; i < 4; ++i) {
          double row = 0, rowSlope = 0;
          for (int k = 0; k < 4; ++k) row += a[4 * i + k] * power[1][k], rowSlope += a[4 * i + k] * slope[1][k];
          v += power[0][i] * row, d0 += slope[0][i] * row, d1 += power[0][i] * rowSlope;
        }
        value[c] = v, derivative[c * D] = d0, derivative[c * D + 1] = d1;
      } else {
        double v = 0, d0 = 0, d1 = 0, d2 = 0;
        for (int i = 0; i < 4; ++i) {
          double plane = 0, plane1 = 0, plane2 = 0;
          for (int k = 0; k < 4; ++k) {
            double row = 0, rowSlope = 0;
            for (int l = 0; l < 4; ++l) row += a[16 * i + 4 * k + l] * power[2][l], rowSlope += a[16 * i + 4 * k + l] * slope[2][l];
            plane += power[1][k] * row, plane1 += slope[1][k] * row, plane2 += power[1][k] * rowSlope;
          }
          v += power[0][i] * plane, d0 += slope[0][i] * plane, d1 += power[0][i] * plane1, d2 += power[0][i] * plane2;
        }
        value[c] = v, derivative[c * D] = d0, derivative[c * D + 1] = d1, derivative[c * D + 2] = d2;
      }
    }
  }

 private:
  static void fill(double* value, double* derivative) {
    std::fill_n(value, D, std::numeric_limits<double>::quiet_NaN());
    std::fill_n(derivative, D * D, std::numeric_limits<double>::quiet_NaN());
  }
};

}  // namespace inflaton
