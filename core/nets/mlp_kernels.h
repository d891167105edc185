#pragma once
// The MLP's activation: value and slope, or value and tangents, in one pass, which LibTorch needs two exponentials for.
#include <cstdint>

namespace inflaton {

/// z becomes silu(z) = z sigmoid(z); slope = silu'(z) of the old z. Either way NaN stays NaN.
void siluInPlace(float* z, std::int64_t n);
void siluInPlace(float* z, float* slope, std::int64_t n);

/// A layer's activation with tangents: of m points and D tangents of each, z [1 + D, m, width] before it (values first; `shift` [width]
/// still to be added to them) and h [1 + D, m, width] of the layer before, to which silu(z) and silu'(z) dz are added.
void addSiluWithTangents(const float* z, const float* shift, std::int64_t m, std::int64_t D, std::int64_t width, float* h);

}  // namespace inflaton
