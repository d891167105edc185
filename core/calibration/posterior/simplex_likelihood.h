#pragma once
// log prod_n sum_k w_k L_nk at many weights at once.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton {

/// L_nk of n observations under three components, from its logarithms [n, 3]; each row is kept relative to its largest.
class SimplexLikelihood {
 public:
  explicit SimplexLikelihood(std::span<const double> logL);
  std::int64_t observations() const { return static_cast<std::int64_t>(rows_.size()); }
  double logScale() const { return logScale_; }  ///< sum of the rows' largest logarithms, which evaluate() leaves out
  /// w0, w1, w2 [m], on the simplex -> log-likelihood less logScale [m]. Products are kept as mantissa and exponent, so one logarithm a
  /// point is enough; an impossible observation counts as e^-709.
  void evaluate(std::span<const double> w0, std::span<const double> w1, std::span<const double> w2, std::span<double> out) const;

 private:
  std::vector<std::array<double, 3>> rows_;
  double logScale_ = 0;
};

}  // namespace inflaton
