#pragma once
// "Resample, then convolve with three taps" along one axis, with as few products as float32 bears: input, kernel and output go through
// small fixed matrices, and what is left between them is one product each. Over both axes a block then needs products^2 matrix products
// of channels by channels in place of 9 out^2. (Toom, Cook and Winograd's fast convolutions; the points of evaluation include complex
// pairs on the unit circle where real ones would lose digits.)
#include <vector>

namespace inflaton {

struct ConvAxis {
  /// Resampling of `in` values by a mean of two neighbours (down), or by copies of each to two places, added up (up).
  /// The cases of ToyConvUNet: down from 7, 6 (stride 1), 5 (stride 2); up from 2 (stride 3), 5, 6 (stride 1).
  ConvAxis(int in, bool up, int stride);

  int in, out, products;
  // out_o = sum_p fromProducts[o][p] (sum_i toProducts[p][i] in_i) (sum_k kernel[p][k] w_k), row-major.
  std::vector<float> toProducts;    ///< [products, in]
  std::vector<float> kernel;        ///< [products, 3]
  std::vector<float> fromProducts;  ///< [out, products]
};

/// [columns, rows] of [rows, columns].
std::vector<float> transposed(const std::vector<float>& matrix, int rows, int columns);

}  // namespace inflaton
