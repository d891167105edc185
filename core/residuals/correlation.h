#pragma once
// Correlation of samples at later times with those at the first, one time after another. Specification 4.1.
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton {

/// Holds the first time's samples and two matrices a time. Means and deviations are the population's (ddof 0), in float64.
class LagCorrelation {
 public:
  LagCorrelation(std::int64_t samples, int dim) : n_(samples), dim_(dim) {}

  /// samples [N, D] of the next time, row-major.
  void add(std::span<const float> samples);

  // [T, D, D]: entry (i, j) is mean((X0_i - mean)(Xt_j - mean)) over ...
  const std::vector<double>& reference() const { return reference_; }  ///< ... sd0_j sdt_j: the reference's, right where i = j
  const std::vector<double>& proper() const { return proper_; }        ///< ... sd0_i sdt_j
  std::vector<double> diagonalMean() const;                            ///< [T]

 private:
  std::int64_t n_;
  int dim_;
  std::vector<double> first_, firstSd_;  ///< centred samples [N, D], sd [D] of the first time
  std::vector<double> reference_, proper_;
};

}  // namespace inflaton
