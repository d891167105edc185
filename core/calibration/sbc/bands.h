#pragma once
// Is a sample of ranks uniform? Simultaneous bands for an empirical distribution function. Säilynoja, Bürkner and Vehtari 2022, "Graphical
// test for discrete uniformity and its applications in goodness-of-fit evaluation and multiple sample comparison".
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton {

/// Of n draws uniform on {0, ..., ranks - 1}, seen at `points` evaluation points z_i (multiples of 1/ranks, so that the count of draws
/// below z_i is binomial(n, z_i) exactly). A count is within level gamma when both its binomial tails exceed gamma / 2; the counts at all
/// points together are a Markov chain (independent Poisson increments given their sum), along which the probability that every one is
/// within gamma is summed up exactly.
class UniformityBands {
 public:
  /// n >= 1, ranks >= 2, 0 < coverage < 1. At most `points` evaluation points, the last at 1. The band is the narrowest whose simultaneous
  /// coverage is at least `coverage`.
  UniformityBands(std::int64_t n, std::int64_t ranks, double coverage, std::int64_t points = 100);

  const std::vector<double>& at() const { return at_; }
  std::vector<double> lower() const { return difference(lower_); }  ///< of the ECDF minus the uniform distribution function
  std::vector<double> upper() const { return difference(upper_); }
  double coverage() const { return coverage_; }  ///< attained

  struct Test {
    std::vector<double> ecdfDifference;
    bool inside = true;
    double pValue = 1;  ///< of the smallest pointwise tail; at most 1 - coverage exactly when outside the band; never below 1e-12, which
                        ///< is as far as it is computed
  };
  /// ranks [n], each 0 to ranks - 1.
  Test test(std::span<const std::int32_t> ranks) const;

 private:
  struct Limits {
    std::vector<std::int64_t> lower, upper;
  };
  Limits within(double gamma) const;
  double probability(const Limits&) const;
  std::vector<double> difference(const std::vector<std::int64_t>& counts) const;

  std::int64_t n_;
  std::vector<std::int64_t> below_;  ///< z_i * ranks
  std::vector<double> at_;
  std::vector<std::vector<double>> tail_;  ///< [points][n + 1] twice the smaller binomial tail of every count
  std::vector<std::int64_t> lower_, upper_;
  double coverage_ = 1;
};

/// Smallest and largest count of binomial(n, p) within the central `coverage`, as shares of n.
struct Interval {
  double lower, upper;
};
Interval binomialInterval(std::int64_t n, double p, double coverage);

}  // namespace inflaton
