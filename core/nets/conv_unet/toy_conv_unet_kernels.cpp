#include "core/nets/conv_unet/toy_conv_unet_kernels.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "core/machine/target_clones.h"

// Compiled with -O3 (core/CMakeLists.txt).

namespace inflaton::unet {
namespace {

// Sixteen floats at any address: one register with AVX-512, two with AVX, four else.
typedef float Sixteen __attribute__((vector_size(64), aligned(4), may_alias));

/// Rows x 16 Vectors of the product, kept in registers.
template <int Rows, int Vectors>
[[gnu::always_inline]] inline void tile(std::int64_t K, const float* a, Operand s, const float* b, std::int64_t bStride, float* out,
                                        std::int64_t outStride, bool add) {
  Sixteen sum[Rows][Vectors];
  for (int m = 0; m < Rows; ++m)
    for (int v = 0; v < Vectors; ++v) sum[m][v] = add ? *reinterpret_cast<const Sixteen*>(out + m * outStride + 16 * v) : Sixteen{};
  for (std::int64_t k = 0; k < K; ++k, a += s.stride, b += bStride) {
    Sixteen row[Vectors];
    for (int v = 0; v < Vectors; ++v) row[v] = *reinterpret_cast<const Sixteen*>(b + 16 * v);
    for (int m = 0; m < Rows; ++m)
      for (int v = 0; v < Vectors; ++v) sum[m][v] += a[m * s.rowStride] * row[v];
  }
  for (int m = 0; m < Rows; ++m)
    for (int v = 0; v < Vectors; ++v) *reinterpret_cast<Sixteen*>(out + m * outStride + 16 * v) = sum[m][v];
}

template <int Rows, int Vectors>
[[gnu::always_inline]] inline void strip(std::int64_t M, std::int64_t K, Operand a, const float* b, std::int64_t bStride, float* out,
                                         std::int64_t outStride, bool add) {
  std::int64_t m = 0;
  for (; m + Rows <= M; m += Rows) tile<Rows, Vectors>(K, a.data + m * a.rowStride, a, b, bStride, out + m * outStride, outStride, add);
  for (; m + 3 <= M; m += 3) tile<3, Vectors>(K, a.data + m * a.rowStride, a, b, bStride, out + m * outStride, outStride, add);
  for (; m < M; ++m) tile<1, Vectors>(K, a.data + m * a.rowStride, a, b, bStride, out + m * outStride, outStride, add);
}

template <int Rows, int Columns>
[[gnu::always_inline]] inline void transformSized(const float* matrix, const float* x, std::int64_t xStride, float* y, std::int64_t yStride,
                                                  std::int64_t count, bool add) {
  for (std::int64_t c = 0; c < count; c += 16) {
    Sixteen half[Rows][Columns];
    for (int j = 0; j < Columns; ++j) {
      Sixteen column[Columns];
      for (int i = 0; i < Columns; ++i) column[i] = *reinterpret_cast<const Sixteen*>(x + (i * Columns + j) * xStride + c);
#pragma GCC unroll 16
      for (int p = 0; p < Rows; ++p) {
        Sixteen sum = matrix[p * Columns] * column[0];
#pragma GCC unroll 16
        for (int i = 1; i < Columns; ++i) sum += matrix[p * Columns + i] * column[i];
        half[p][j] = sum;
      }
    }
    for (int p = 0; p < Rows; ++p) {
#pragma GCC unroll 16
      for (int q = 0; q < Rows; ++q) {
        Sixteen sum = matrix[q * Columns] * half[p][0];
#pragma GCC unroll 16
        for (int j = 1; j < Columns; ++j) sum += matrix[q * Columns + j] * half[p][j];
        Sixteen* to = reinterpret_cast<Sixteen*>(y + (p * Rows + q) * yStride + c);
        *to = add ? *to + sum : sum;
      }
    }
  }
}

}  // namespace

bool hasManyRegisters() {
#if defined(__AVX512F__)
  return true;
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
  // What INFLATON_WIDE lets the loader choose from (core/machine/target_clones.h).
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  return has;
#else
  return false;
#endif
}

INFLATON_WIDE void multiply(std::int64_t M, std::int64_t N, std::int64_t K, Operand a, Panels b, float* out, std::int64_t outStride,
                            bool add) {
  const bool many = hasManyRegisters();
  for (std::int64_t n = 0; n < N; n += 32) {
    const float* panel = b.data + n / 32 * b.panelStride;
    if (many && N - n >= 32) {
      strip<8, 2>(M, K, a, panel, b.stride, out + n, outStride, add);
      continue;
    }
    for (std::int64_t h = 0; h < 32 && n + h < N; h += 16) strip<6, 1>(M, K, a, panel + h, b.stride, out + n + h, outStride, add);
  }
}

INFLATON_WIDE void transform(const float* matrix, int rows, int columns, const float* x, std::int64_t xStride, float* y,
                             std::int64_t yStride, std::int64_t count, bool add) {
  switch (rows * 16 + columns) {
// clang-format off
#define INFLATON_SIZE(r, c) case r * 16 + c: return transformSized<r, c>(matrix, x, xStride, y, yStride, count, add);
#define INFLATON_SIZES(r, c) INFLATON_SIZE(r, c) INFLATON_SIZE(c, r)
    // Pictures to products and products to pictures, and back.
    INFLATON_SIZES(9, 7) INFLATON_SIZES(9, 6) INFLATON_SIZES(8, 6) INFLATON_SIZES(8, 5) INFLATON_SIZES(3, 5) INFLATON_SIZES(3, 2)
    INFLATON_SIZES(5, 2) INFLATON_SIZE(5, 5)
    // Kernels.
    INFLATON_SIZES(9, 3) INFLATON_SIZES(8, 3) INFLATON_SIZE(3, 3)
#undef INFLATON_SIZES
#undef INFLATON_SIZE
    default: throw std::logic_error("transform knows no such size");
    // clang-format on
  }
}

INFLATON_WIDE void normalize(const RowNorm& s, float* __restrict z, const float* __restrict add, const float* __restrict gamma,
                             const float* __restrict beta, float* out, float* __restrict spread, float* __restrict scratch) {
  const std::int64_t C = s.channels, each = C / s.groups;
  const float positions = static_cast<float>(s.positions), values = positions * static_cast<float>(each);
  float* __restrict shift = scratch;
  float* __restrict sum = scratch + C;
  const auto perGroup = [&](const float* from, auto use) {
    for (std::int64_t g = 0; g < s.groups; ++g) {
      float total = 0;
      for (std::int64_t c = g * each; c < (g + 1) * each; ++c) total += from[c];
      use(g, total);
    }
  };
  for (std::int64_t c = 0; c < C; ++c) sum[c] = positions * add[c];
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) sum[c] += z[p * C + c];
  perGroup(sum, [&](std::int64_t g, float total) {
    for (std::int64_t c = g * each; c < (g + 1) * each; ++c) shift[c] = add[c] - total / values;
  });
  for (std::int64_t c = 0; c < C; ++c) sum[c] = 0;
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) {
      const float v = z[p * C + c] += shift[c];
      sum[c] += v * v;
    }
  perGroup(sum, [&](std::int64_t g, float total) {
    spread[g] = 1 / std::sqrt(total / values + 1e-5f);
    for (std::int64_t c = g * each; c < (g + 1) * each; ++c) shift[c] = spread[g];
  });
  if (out == z) {
    for (std::int64_t c = 0; c < C; ++c) shift[c] *= gamma[c];
    for (std::int64_t p = 0; p < s.positions; ++p)
      for (std::int64_t c = 0; c < C; ++c) z[p * C + c] = z[p * C + c] * shift[c] + beta[c];
    return;
  }
  float* __restrict to = out;
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) {
      const float v = z[p * C + c] *= shift[c];
      to[p * C + c] = v * gamma[c] + beta[c];
    }
}

INFLATON_WIDE void normalizeBackward(const RowNorm& s, float* __restrict dout, const float* __restrict slope,
                                     const float* __restrict normalized, const float* __restrict spread, const float* __restrict gamma,
                                     float* __restrict dgamma, float* __restrict dbeta, float* __restrict dadd, float* __restrict scratch) {
  const std::int64_t C = s.channels, each = C / s.groups;
  const float values = static_cast<float>(s.positions * each);
  float* __restrict sum = scratch;
  float* __restrict moment = scratch + C;
  for (std::int64_t c = 0; c < C; ++c) sum[c] = moment[c] = 0;
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) {
      const float d = dout[p * C + c] *= slope[p * C + c];
      sum[c] += d;
      moment[c] += d * normalized[p * C + c];
    }
  for (std::int64_t c = 0; c < C; ++c) dbeta[c] += sum[c], dgamma[c] += moment[c];
  for (std::int64_t g = 0; g < s.groups; ++g) {
    float total = 0, along = 0;
    for (std::int64_t c = g * each; c < (g + 1) * each; ++c) total += gamma[c] * sum[c], along += gamma[c] * moment[c];
    for (std::int64_t c = g * each; c < (g + 1) * each; ++c) {
      sum[c] = spread[g] * total / values;
      moment[c] = spread[g] * along / values;
      dadd[c] = spread[g] * gamma[c];
    }
  }
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) dout[p * C + c] = dout[p * C + c] * dadd[c] - sum[c] - normalized[p * C + c] * moment[c];
  for (std::int64_t c = 0; c < C; ++c) dadd[c] = 0;
  for (std::int64_t p = 0; p < s.positions; ++p)
    for (std::int64_t c = 0; c < C; ++c) dadd[c] += dout[p * C + c];
}

void gatherTaps(const float* picture, float* taps) {
  float means[9][9] = {};  // with a border of zeros
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j) {
      const float* at = picture + 8 * i + j;
      means[i + 1][j + 1] = 0.25f * (at[0] + at[1] + at[8] + at[9]);
    }
  std::memset(taps, 0, 49 * 16 * sizeof(float));
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j, taps += 16)
      for (int k = 0; k < 9; ++k) taps[k] = means[i + k / 3][j + k % 3];
}

void gatherTapsBackward(const float* dtaps, float* dpicture) {
  float dmeans[9][9] = {};
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j, dtaps += 16)
      for (int k = 0; k < 9; ++k) dmeans[i + k / 3][j + k % 3] += dtaps[k];
  std::memset(dpicture, 0, 64 * sizeof(float));
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j) {
      float* at = dpicture + 8 * i + j;
      const float d = 0.25f * dmeans[i + 1][j + 1];
      at[0] += d, at[1] += d, at[8] += d, at[9] += d;
    }
}

INFLATON_WIDE void scatterTaps(const float* taps, float* picture) {
  float sums[10][10][16] = {};  // 8x8 with a border of zeros
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j, taps += 16)
      for (const int at : {0, 1, 10, 11})
        for (int k = 0; k < 16; ++k) sums[i + 1 + at / 10][j + 1 + at % 10][k] += taps[k];
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j) {
      float sum = 0;
      for (int k = 0; k < 9; ++k) sum += sums[i + k / 3][j + k % 3][k];
      picture[8 * i + j] = sum;
    }
}

INFLATON_WIDE void scatterTapsBackward(const float* dpicture, float* dtaps) {
  float dsums[10][10][16] = {};
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j)
      for (int k = 0; k < 9; ++k) dsums[i + k / 3][j + k % 3][k] = dpicture[8 * i + j];
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j, dtaps += 16)
      for (int k = 0; k < 16; ++k)
        dtaps[k] = dsums[i + 1][j + 1][k] + dsums[i + 1][j + 2][k] + dsums[i + 2][j + 1][k] + dsums[i + 2][j + 2][k];
}

}  // namespace inflaton::unet
