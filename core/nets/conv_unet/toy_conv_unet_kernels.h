#pragma once
// The inner loops of ToyConvUNet on the processor. All float32, channels last, channel counts multiples of 16.
#include <cstdint>

namespace inflaton::unet {

/// A matrix operand by its strides: element (row, k) at data[row * rowStride + k * stride].
struct Operand {
  const float* data;
  std::int64_t rowStride, stride;
};
/// The right-hand side: element (k, n) at data[k * stride + (n / 32) * panelStride + n % 32].
struct Panels {
  const float* data;
  std::int64_t stride, panelStride;
};

/// Whether multiply() has 32 registers of 16 floats here. Where it has not, a linear algebra library is as fast.
bool hasManyRegisters();
/// out[m, n] (+)= sum_k a[m, k] b[k, n]; rows of out are outStride apart; N a multiple of 16.
void multiply(std::int64_t M, std::int64_t N, std::int64_t K, Operand a, Panels b, float* out, std::int64_t outStride, bool add);

/// y[p, q, c] (+)= sum_ij matrix[p, i] matrix[q, j] x[i, j, c]: the same small matrix [rows, columns] along both axes of a picture.
/// Positions are xStride and yStride apart; c runs over `count` values, a multiple of 16.
void transform(const float* matrix, int rows, int columns, const float* x, std::int64_t xStride, float* y, std::int64_t yStride,
               std::int64_t count, bool add);

/// Group norm of one row's picture [positions, channels].
struct RowNorm {
  std::int64_t positions, channels, groups;
};
/// z + add (per channel) is normalised in place; out = z gamma + beta (may be z itself). spread receives 1/sd per group.
/// scratch: 2 channels.
void normalize(const RowNorm&, float* z, const float* add, const float* gamma, const float* beta, float* out, float* spread,
               float* scratch);
/// dout, times slope, becomes the gradient of what was normalised; dgamma, dbeta are added to; dadd [channels] is its sum over positions.
void normalizeBackward(const RowNorm&, float* dout, const float* slope, const float* normalized, const float* spread, const float* gamma,
                       float* dgamma, float* dbeta, float* dadd, float* scratch);

/// The first block: one channel 8x8, mean of 2x2 -> 7x7, and around each of those the 3x3 neighbours (zero outside) -> taps [49, 16]
/// (the last 7 are zero).
void gatherTaps(const float* picture, float* taps);
void gatherTapsBackward(const float* dtaps, float* dpicture);
/// The last block: taps [49, 16] = a 7x7 picture's channels times each of the 9 taps; sums of 2x2 -> 8x8, then the convolution's sum.
void scatterTaps(const float* taps, float* picture);
void scatterTapsBackward(const float* dpicture, float* dtaps);

}  // namespace inflaton::unet
