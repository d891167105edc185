#pragma once
// A finite set of references for posterior means at many kernel widths, one width per query. References lie in blocks of
// neighbours, so that a narrow kernel looks at the few blocks that it reaches.
#include <cstdint>
#include <vector>

namespace inflaton {

class SortedReferences {
 public:
  /// points: row-major [n, D], n >= 1. width [D]: the kernel width per axis that the order is made for; any other is right too.
  SortedReferences(const float* points, std::int64_t n, int D, const double* width);

  /// How far the posterior mean at x = member + offset is from `member`, one of the references:
  /// shift[i] = sum_m a_m (r_mi - member_i), a = softmax_m( -1/2 sum_i (x_i - r_mi)^2 precision_i ), to a relative 1e-6.
  /// Differences alone enter, so a kernel may be far narrower than float32 resolves x.
  void posteriorShift(const float* member, const float* offset, const float* precision, float* shift) const;

  std::int64_t size() const { return n_; }

 private:
  std::int64_t n_, blocks_;
  int D_;
  std::vector<float> axes_;        ///< [D, n], in blocks
  std::vector<float> low_, high_;  ///< [D, blocks]
};

}  // namespace inflaton
