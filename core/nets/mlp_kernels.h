#pragma once
// The MLP's activation: value and slope in one pass, which LibTorch needs two exponentials for.
#include <cstdint>

namespace inflaton {

/// z becomes silu(z) = z sigmoid(z); slope = silu'(z) of the old z. Either way NaN stays NaN.
void siluInPlace(float* z, std::int64_t n);
void siluInPlace(float* z, float* slope, std::int64_t n);

}  // namespace inflaton
