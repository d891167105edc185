#pragma once
// Signs of determinants of points as they are stored, as if there were no rounding: -1, 0 or 1.
#include <cmath>

namespace inflaton {

/// 1: a, b, c turn left. By CGAL's exact predicates.
int exactTurn(const double* a, const double* b, const double* c);
/// 1: d lies on the side to which the normal of the triangle a, b, c points (seen from d it turns counter-clockwise).
int exactSide(const double* a, const double* b, const double* c, const double* d);

/// As exactTurn, and in place where rounding cannot matter (Shewchuk 1997: 3.4e-16 of the products' sizes).
inline int turn(const double* a, const double* b, const double* c) {
  const double left = (b[0] - a[0]) * (c[1] - a[1]), right = (b[1] - a[1]) * (c[0] - a[0]);
  const double sure = 1e-15 * (std::abs(left) + std::abs(right)) + 1e-290;
  return left - right > sure ? 1 : left - right < -sure ? -1 : exactTurn(a, b, c);
}

/// As exactSide, likewise (7.8e-16).
inline int side(const double* a, const double* b, const double* c, const double* d) {
  double u[3], v[3], w[3];
  for (int k = 0; k < 3; ++k) u[k] = b[k] - a[k], v[k] = c[k] - a[k], w[k] = d[k] - a[k];
  double sum = 0, size = 0;
  for (int k = 0; k < 3; ++k) {
    const int x = (k + 1) % 3, y = (k + 2) % 3;
    const double one = u[x] * v[y], other = u[y] * v[x];
    sum += w[k] * (one - other), size += std::abs(w[k]) * (std::abs(one) + std::abs(other));
  }
  const double sure = 2e-15 * size + 1e-290;
  return sum > sure ? 1 : sum < -sure ? -1 : exactSide(a, b, c, d);
}

}  // namespace inflaton
