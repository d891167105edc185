#include "core/geometry/circumradius.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inflaton {
namespace {

/// A number as the sum of two doubles, about 106 bits (Dekker 1971); only what circumradii need.
struct Twofold {
  double high = 0, low = 0;
  Twofold() = default;
  Twofold(double h, double l = 0) : high(h), low(l) {}
  static Twofold sum(double a, double b) {
    const double s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
  }
  static Twofold renormalised(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
  }
  friend Twofold operator+(Twofold a, Twofold b) {
    const Twofold s = sum(a.high, b.high);
    return renormalised(s.high, s.low + a.low + b.low);
  }
  friend Twofold operator-(Twofold a, Twofold b) { return a + Twofold(-b.high, -b.low); }
  friend Twofold operator*(Twofold a, Twofold b) {
    const double p = a.high * b.high;
    return renormalised(p, std::fma(a.high, b.high, -p) + a.high * b.low + a.low * b.high);
  }
  explicit operator double() const { return high + low; }
};

struct Ball {
  double radius = 0;
  double trust = 0;  ///< determinant over the product of edge lengths: how far it is from being lost in rounding
};

/// Of the simplex 0, e[0], ..., e[D-1]. Its centre is the point of equal distance: c = N / (2 det), N linear in the squared lengths.
template <class T, int D>
Ball circumball(const T (&e)[D][D]) {
  T square[D], determinant(0), numerator[D];
  double lengths = 1;
  for (int i = 0; i < D; ++i) {
    square[i] = T(0);
    for (int k = 0; k < D; ++k) square[i] = square[i] + e[i][k] * e[i][k];
    lengths *= std::sqrt(static_cast<double>(square[i]));
  }
  if constexpr (D == 2) {
    determinant = e[0][0] * e[1][1] - e[0][1] * e[1][0];
    numerator[0] = square[0] * e[1][1] - square[1] * e[0][1];
    numerator[1] = square[1] * e[0][0] - square[0] * e[1][0];
  } else {
    T cross[3][3];  // of the other two edges
    for (int i = 0; i < 3; ++i)
      for (int k = 0; k < 3; ++k) {
        const T(&a)[3] = e[(i + 1) % 3];
        const T(&b)[3] = e[(i + 2) % 3];
        cross[i][k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
      }
    determinant = e[0][0] * cross[0][0] + e[0][1] * cross[0][1] + e[0][2] * cross[0][2];
    for (int k = 0; k < 3; ++k) numerator[k] = square[0] * cross[0][k] + square[1] * cross[1][k] + square[2] * cross[2][k];
  }
  double sum = 0;
  for (int k = 0; k < D; ++k) sum += static_cast<double>(numerator[k]) * static_cast<double>(numerator[k]);
  const double d = std::abs(static_cast<double>(determinant));
  return {std::sqrt(sum) / (2 * d), d / lengths};
}

template <int D>
double circumradius(const Delaunay& t, std::int64_t c) {
  const auto* v = t.simplex(c);
  double longest = 0;
  for (int i = 0; i < D; ++i)
    for (int k = 0; k < D; ++k) longest = std::max(longest, std::abs(t.point(v[i + 1])[k] - t.point(v[0])[k]));
  const double scale =
      std::exp2(-std::clamp(std::ilogb(longest), -1000, 1000));  // powers of two: no rounding, and no overflow of sixth powers
  double e[D][D];
  for (int i = 0; i < D; ++i)
    for (int k = 0; k < D; ++k) e[i][k] = (t.point(v[i + 1])[k] - t.point(v[0])[k]) * scale;
  Ball ball = circumball<double, D>(e);
  if (!(ball.trust > 1e-5)) {
    Twofold f[D][D];
    for (int i = 0; i < D; ++i)
      for (int k = 0; k < D; ++k) f[i][k] = Twofold::sum(t.point(v[i + 1])[k] * scale, -t.point(v[0])[k] * scale);
    ball = circumball<Twofold, D>(f);
    if (!(ball.trust > 1e-24)) return std::numeric_limits<double>::infinity();
  }
  return ball.radius / scale;
}

}  // namespace

std::vector<double> circumradii(const Delaunay& t) {
  std::vector<double> radii(static_cast<std::size_t>(t.size()));
  for (std::int64_t c = 0; c < t.size(); ++c)
    radii[static_cast<std::size_t>(c)] = t.dim == 2 ? circumradius<2>(t, c) : circumradius<3>(t, c);
  return radii;
}

}  // namespace inflaton
