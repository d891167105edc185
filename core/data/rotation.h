#pragma once
// Points turned by the eigenvectors of a basis, one row at a time and the same on every machine: sums are in double precision and run over
// the axes in their order.
#include <span>

#include "core/api/points.h"

namespace inflaton {

/// into = shift + W x for each row x of `eigen` [n, D]; `shift` [D], or empty for none. `into` must not overlap `eigen`.
template <class From, class To>
void rotate(const Eigenbasis& b, std::span<const From> eigen, std::span<To> into, std::span<const double> shift = {}) {
  const auto D = static_cast<std::size_t>(b.dim);
  const double* W = b.W.data();
  for (std::size_t i = 0; i < into.size(); i += D)
    for (std::size_t a = 0; a < D; ++a) {
      double sum = shift.empty() ? 0 : shift[a];
      for (std::size_t j = 0; j < D; ++j) sum += W[a * D + j] * eigen[i + j];
      into[i + a] = static_cast<To>(sum);
    }
}

/// into = W^T x: the way back, and the pullback of rotate().
inline void rotateBack(const Eigenbasis& b, std::span<const double> x, std::span<double> into) {
  const auto D = static_cast<std::size_t>(b.dim);
  const double* W = b.W.data();
  for (std::size_t i = 0; i < into.size(); i += D)
    for (std::size_t j = 0; j < D; ++j) {
      double sum = 0;
      for (std::size_t a = 0; a < D; ++a) sum += W[a * D + j] * x[i + a];
      into[i + j] = sum;
    }
}

}  // namespace inflaton
