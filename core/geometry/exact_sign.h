#pragma once
// Signs of determinants of points as they are stored, without rounding: -1, 0 or 1. Slow only where the sign is nearly zero.

namespace inflaton {

/// 1: a, b, c turn left.
int exactTurn(const double* a, const double* b, const double* c);
/// 1: d lies on the side to which the normal of the triangle a, b, c points (seen from d it turns counter-clockwise).
int exactSide(const double* a, const double* b, const double* c, const double* d);

}  // namespace inflaton
