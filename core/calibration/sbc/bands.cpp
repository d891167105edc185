#include "core/calibration/sbc/bands.h"

#include <algorithm>
#include <cmath>

#include "core/api/stop_scope.h"

namespace inflaton {
namespace {

constexpr double kLeastP = 1e-12;  // what rounding leaves of 1 less a probability

double logBinomial(std::int64_t n, double p, std::int64_t k) {
  const double N = static_cast<double>(n), K = static_cast<double>(k);
  return std::lgamma(N + 1) - std::lgamma(K + 1) - std::lgamma(N - K + 1) + K * std::log(p) + (N - K) * std::log1p(-p);
}

/// P(X <= k) and P(X >= k) of every k, each summed from its small end.
struct Tails {
  std::vector<double> lower, upper;
};
Tails tails(std::int64_t n, double p) {
  const auto size = static_cast<std::size_t>(n) + 1;
  Tails t{std::vector<double>(size), std::vector<double>(size)};
  std::vector<double> mass(size);
  for (std::size_t k = 0; k < size; ++k)
    mass[k] = p >= 1 ? (k + 1 == size ? 1.0 : 0.0) : std::exp(logBinomial(n, p, static_cast<std::int64_t>(k)));
  double sum = 0;
  for (std::size_t k = 0; k < size; ++k) t.lower[k] = sum += mass[k];
  sum = 0;
  for (std::size_t k = size; k-- > 0;) t.upper[k] = sum += mass[k];
  return t;
}

/// Poisson masses 0 .. most.
std::vector<double> poisson(double mean, std::int64_t most) {
  std::vector<double> mass;
  for (std::int64_t i = 0; i <= most; ++i) {
    const auto k = static_cast<double>(i);
    mass.push_back(mean > 0 ? std::exp(k * std::log(mean) - mean - std::lgamma(k + 1)) : i == 0 ? 1.0 : 0.0);
  }
  return mass;
}

}  // namespace

UniformityBands::UniformityBands(std::int64_t n, std::int64_t ranks, double coverage, std::int64_t points) : n_(n) {
  const std::int64_t K = std::min(points, ranks);
  for (std::int64_t i = 1; i <= K; ++i) {
    below_.push_back(i * ranks / K);
    at_.push_back(static_cast<double>(below_.back()) / static_cast<double>(ranks));
    StopScope::look();
    const auto t = tails(n, at_.back());
    std::vector<double> both(t.lower.size());
    for (std::size_t k = 0; k < both.size(); ++k) both[k] = std::min(1.0, 2 * std::min(t.lower[k], t.upper[k]));
    tail_.push_back(std::move(both));
  }
  // Coverage falls in steps as gamma grows: the largest gamma that still keeps it, by bisection in the logarithm.
  double low = std::log((1 - coverage) / (100 * static_cast<double>(K))), high = std::log(1 - coverage);
  while (probability(within(std::exp(low))) < coverage) low -= 5;
  for (int step = 0; step < 40 && high - low > 1e-9; ++step) {
    const double middle = 0.5 * (low + high);
    (probability(within(std::exp(middle))) >= coverage ? low : high) = middle;
  }
  auto limits = within(std::exp(low));
  coverage_ = probability(limits);
  lower_ = std::move(limits.lower), upper_ = std::move(limits.upper);
}

UniformityBands::Limits UniformityBands::within(double gamma) const {
  Limits limits;
  for (const auto& tail : tail_) {
    std::int64_t low = 0, high = n_;
    const auto out = [&](std::int64_t k) { return tail[static_cast<std::size_t>(k)] <= gamma; };
    while (low < n_ && out(low)) ++low;
    while (high > 0 && out(high)) --high;
    limits.lower.push_back(low), limits.upper.push_back(high);
  }
  return limits;
}

double UniformityBands::probability(const Limits& limits) const {
  // counts at z_1, z_2, ... as running sums of Poisson(n (z_i - z_(i-1))) given that the last is n
  std::vector<double> chance{1.0};
  std::int64_t from = 0;
  double z = 0;
  for (std::size_t i = 0; i < at_.size(); ++i) {
    StopScope::look();
    const std::int64_t low = limits.lower[i], high = limits.upper[i];
    if (low > high) return 0;
    const auto step = poisson(static_cast<double>(n_) * (at_[i] - z), std::max<std::int64_t>(high - from, 0));
    std::vector<double> next(static_cast<std::size_t>(high - low + 1), 0.0);
    for (std::size_t j = 0; j < chance.size(); ++j)
      for (std::int64_t count = std::max(low, from + static_cast<std::int64_t>(j)); count <= high; ++count)
        next[static_cast<std::size_t>(count - low)] +=
            chance[j] * step[static_cast<std::size_t>(count - from - static_cast<std::int64_t>(j))];
    chance = std::move(next), from = low, z = at_[i];
  }
  // at the last point, z = 1, every count but n has probability 0 under the condition
  if (from + static_cast<std::int64_t>(chance.size()) - 1 < n_) return 0;
  const double N = static_cast<double>(n_);
  return chance[static_cast<std::size_t>(n_ - from)] / std::exp(N * std::log(N) - N - std::lgamma(N + 1));
}

std::vector<double> UniformityBands::difference(const std::vector<std::int64_t>& counts) const {
  std::vector<double> d;
  for (std::size_t i = 0; i < counts.size(); ++i) d.push_back(static_cast<double>(counts[i]) / static_cast<double>(n_) - at_[i]);
  return d;
}

UniformityBands::Test UniformityBands::test(std::span<const std::int32_t> ranks) const {
  std::vector<std::int32_t> sorted(ranks.begin(), ranks.end());
  std::sort(sorted.begin(), sorted.end());
  Test t;
  double least = 1;
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < at_.size(); ++i) {
    counts.push_back(std::lower_bound(sorted.begin(), sorted.end(), below_[i]) - sorted.begin());
    least = std::min(least, tail_[i][static_cast<std::size_t>(counts.back())]);
    if (counts.back() < lower_[i] || counts.back() > upper_[i]) t.inside = false;
  }
  t.ecdfDifference = difference(counts);
  // A hair above, so that counts with the very same tail at other points are as extreme as this one.
  t.pValue = std::clamp(1 - probability(within(least * (1 + 1e-10))), kLeastP, 1.0);
  return t;
}

Interval binomialInterval(std::int64_t n, double p, double coverage) {
  const auto t = tails(n, p);
  const double out = 0.5 * (1 - coverage);
  std::int64_t low = 0, high = n;
  while (low < n && t.lower[static_cast<std::size_t>(low)] <= out) ++low;
  while (high > 0 && t.upper[static_cast<std::size_t>(high)] <= out) --high;
  return {static_cast<double>(low) / static_cast<double>(n), static_cast<double>(high) / static_cast<double>(n)};
}

}  // namespace inflaton
