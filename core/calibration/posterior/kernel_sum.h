#pragma once
// Means of many Gaussian kernels at many places: what integrates latents out once they have been pushed through the flow.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton {

/// p(x) = 1/M sum_m N(x; point_m, variance I) in the plane. Points lie in blocks of neighbours, and a block that is too far away to change
/// the sum in double precision is passed over; so the answer is that of the whole sum, whatever the order.
class KernelSum {
 public:
  /// points [M, 2], finite, M >= 1; variance > 0.
  KernelSum(std::span<const double> points, double variance);
  /// log p at x: finite however far away (down to the range of double).
  double logMean(double x, double y) const;
  std::int64_t size() const { return count_; }

 private:
  static constexpr std::int64_t kBlock = 64;
  struct Box {
    double left, right, bottom, top;
  };

  std::int64_t count_;
  double scale_, logFactor_;   ///< 1 / sd; of the kernel and of the mean
  std::vector<double> x_, y_;  ///< in standard deviations, blocks of kBlock; the last is filled up with points too far away to count
  std::vector<Box> boxes_;
};

}  // namespace inflaton
