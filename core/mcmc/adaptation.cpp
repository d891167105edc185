#include "core/mcmc/adaptation.h"

#include <algorithm>
#include <cmath>

namespace inflaton::mcmc {
namespace {

constexpr double kGamma = 0.05, kT0 = 10, kKappa = 0.75;
constexpr double kMostLogStep = 23;  // a flat density would drive the step to infinity

}  // namespace

void DualAveraging::restart(double stepSize) {
  count = shortfall = average = 0;
  mu = std::log(10 * stepSize);
}

double DualAveraging::learn(double accept, double target) {
  count += 1;
  const double weight = 1 / (count + kT0);
  shortfall = (1 - weight) * shortfall + weight * (target - accept);
  const double x = std::min(mu - std::sqrt(count) / kGamma * shortfall, kMostLogStep), late = std::pow(count, -kKappa);
  average = late * x + (1 - late) * average;
  return std::exp(x);
}

double DualAveraging::kept() const { return std::exp(average); }

Windows::Windows(std::int64_t warmup) {
  if (warmup < 20) return;
  std::int64_t open = 75, base = 25, close = 50;
  if (open + base + close > warmup) {
    open = static_cast<std::int64_t>(0.15 * static_cast<double>(warmup)),
    close = static_cast<std::int64_t>(0.1 * static_cast<double>(warmup));
    base = warmup - open - close;
  }
  first_ = open, stop_ = warmup - close;
  std::int64_t begin = first_, length = base;
  while (begin < stop_) {
    // A window that would leave too little for the next, twice as long, takes the rest itself.
    std::int64_t end = begin + length;
    if (end + 2 * length > stop_) end = stop_;
    lasts_.push_back(end - 1);
    begin = end, length *= 2;
  }
}

bool Windows::feeds(std::int64_t iteration) const { return iteration >= first_ && iteration < stop_; }

bool Windows::ends(std::int64_t iteration) const { return std::binary_search(lasts_.begin(), lasts_.end(), iteration); }

std::size_t adaptationSize(std::size_t parameters, bool metric) { return kAdaptationHead + (metric ? 1 + 2 * parameters : 0); }

Adaptation readAdaptation(const std::vector<double>& v) {
  if (v.empty()) return {};
  return {{v[0], v[1], v[2], v[3]}, v[4] != 0};
}

void writeAdaptation(const Adaptation& a, std::vector<double>& v) {
  v[0] = a.step.count, v[1] = a.step.shortfall, v[2] = a.step.average, v[3] = a.step.mu, v[4] = a.searchDue ? 1 : 0;
}

void feedMoments(std::vector<double>& adaptation, std::span<const double> q) {
  double* mean = adaptation.data() + kAdaptationHead + 1;
  double* squares = mean + q.size();
  const double count = ++adaptation[kAdaptationHead];
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double off = q[i] - mean[i];
    mean[i] += off / count;
    squares[i] += off * (q[i] - mean[i]);
  }
}

void takeMetric(std::vector<double>& adaptation, std::span<double> inverseMetric) {
  const double count = adaptation[kAdaptationHead];
  const double* squares = adaptation.data() + kAdaptationHead + 1 + inverseMetric.size();
  if (count > 1)
    for (std::size_t i = 0; i < inverseMetric.size(); ++i)
      inverseMetric[i] = count / (count + 5) * (squares[i] / (count - 1)) + 1e-3 * (5 / (count + 5));
  std::fill(adaptation.begin() + static_cast<std::ptrdiff_t>(kAdaptationHead), adaptation.end(), 0.0);
}

}  // namespace inflaton::mcmc
