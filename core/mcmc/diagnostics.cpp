#include "core/mcmc/diagnostics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/api/mcmc.h"

namespace inflaton::mcmc {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double mean(std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()); }

double variance(std::span<const double> x) {
  const double m = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - m) * (v - m);
  return sum / static_cast<double>(x.size() - 1);
}

/// Chains cut to one length.
Chains even(const Chains& chains) {
  Chains result = chains;
  std::size_t n = std::numeric_limits<std::size_t>::max();
  for (const auto& c : chains) n = std::min(n, c.size());
  for (auto& c : result) c.resize(n);
  return result;
}

std::vector<double> flat(const Chains& chains) {
  std::vector<double> all;
  for (const auto& c : chains) all.insert(all.end(), c.begin(), c.end());
  return all;
}

/// Each chain's halves; the middle draw of an odd number is left out.
Chains split(const Chains& chains) {
  if (chains.empty() || chains[0].size() < 2) return chains;
  const auto half = static_cast<std::ptrdiff_t>(chains[0].size() / 2);
  Chains result;
  for (const auto& c : chains) result.emplace_back(c.begin(), c.begin() + half), result.emplace_back(c.end() - half, c.end());
  return result;
}

bool undefined(const Chains& chains) {
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  for (const auto& c : chains)
    for (const double v : c) {
      if (!std::isfinite(v)) return true;
      least = std::min(least, v), greatest = std::max(greatest, v);
    }
  return !(greatest - least >= std::numeric_limits<double>::epsilon());  // none at all too
}

/// Draws replaced by normal scores of their ranks over all chains, ties sharing the mean rank.
Chains normalScores(const Chains& chains) {
  if (undefined(chains)) return chains;
  const std::vector<double> all = flat(chains);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all[a] < all[b]; });
  std::vector<double> scores(all.size());
  for (std::size_t i = 0, j; i < order.size(); i = j) {
    for (j = i + 1; j < order.size() && all[order[j]] == all[order[i]];) ++j;
    const double rank = 0.5 * static_cast<double>(i + 1 + j);
    const double score = normalQuantile((rank - 0.375) / (static_cast<double>(all.size()) + 0.25));
    for (std::size_t k = i; k < j; ++k) scores[order[k]] = score;
  }
  Chains result;
  const auto n = static_cast<std::ptrdiff_t>(chains[0].size());
  for (auto at = scores.begin(); at != scores.end(); at += n) result.emplace_back(at, at + n);
  return result;
}

std::vector<double> means(const Chains& chains) {
  std::vector<double> result;
  for (const auto& c : chains) result.push_back(mean(c));
  return result;
}

double plainRhat(const Chains& chains) {
  if (undefined(chains) || chains.size() < 2 || chains[0].size() < 2) return kNone;
  const auto n = static_cast<double>(chains[0].size());
  double within = 0;
  for (const auto& c : chains) within += variance(c) / static_cast<double>(chains.size());
  return std::sqrt((n * variance(means(chains)) / within + n - 1) / n);
}

/// Over all lags whose pair sums stay positive and do not grow (Geyer 1992).
double plainEss(const Chains& chains) {
  if (undefined(chains) || chains[0].size() < 3) return kNone;
  const std::size_t n = chains[0].size();
  const auto count = static_cast<double>(n), all = count * static_cast<double>(chains.size());
  std::vector<double> covariance(n);
  for (const auto& c : chains) {
    const auto own = autocovariance(c);
    for (std::size_t i = 0; i < n; ++i) covariance[i] += own[i] / static_cast<double>(chains.size());
  }
  const double within = covariance[0] * count / (count - 1), total = covariance[0] + (chains.size() > 1 ? variance(means(chains)) : 0);
  const auto correlation = [&](std::size_t lag) { return 1 - (within - covariance[lag]) / total; };

  std::vector<double> rho(n);
  double evenLag = rho[0] = 1, oddLag = rho[1] = correlation(1);
  std::size_t last = 0;
  while (last + 5 < n && evenLag + oddLag > 0) {
    last += 2;
    evenLag = correlation(last), oddLag = correlation(last + 1);
    if (evenLag + oddLag >= 0) rho[last] = evenLag, rho[last + 1] = oddLag;
  }
  if (evenLag > 0) rho[last] = evenLag;  // half a pair more, for antithetic chains
  for (std::size_t t = 2; t + 2 <= last; t += 2)
    if (rho[t] + rho[t + 1] > rho[t - 2] + rho[t - 1]) rho[t] = rho[t + 1] = (rho[t - 2] + rho[t - 1]) / 2;
  double time = rho[last] - 1;
  for (std::size_t t = 0; t < std::max<std::size_t>(last, 1); ++t) time += 2 * rho[t];
  return all / std::max(time, 1 / std::log10(all));  // antithetic draws are not believed to be worth more than log10 of their number each
}

double essOfQuantile(const Chains& chains, double probability) {
  if (undefined(chains)) return kNone;
  std::vector<double> ascending = flat(chains);
  std::sort(ascending.begin(), ascending.end());
  const double bound = quantile(ascending, probability);
  Chains below = chains;
  for (auto& c : below)
    for (double& v : c) v = v <= bound ? 1 : 0;
  return plainEss(split(below));
}

}  // namespace

double normalQuantile(double p) {
  if (!(p > 0 && p < 1))
    return p == 0 ? -std::numeric_limits<double>::infinity() : p == 1 ? std::numeric_limits<double>::infinity() : kNone;
  if (p > 0.5) return -normalQuantile(1 - p);
  // A first guess (Abramowitz and Stegun 26.2.23), then Halley's method.
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int i = 0; i < 3; ++i) {
    const double off = (0.5 * std::erfc(-x / std::numbers::sqrt2) - p) * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * x * x);
    x -= off / (1 + 0.5 * x * off);
  }
  return x;
}

double quantile(std::span<const double> ascending, double probability) {
  if (ascending.empty()) return kNone;
  const double at = probability * static_cast<double>(ascending.size() - 1), low = std::floor(at), share = at - low;
  const double a = ascending[static_cast<std::size_t>(low)], b = ascending[static_cast<std::size_t>(std::ceil(at))];
  return share > 0 && a != b ? (1 - share) * a + share * b : a;
}

double rhat(const Chains& given) {
  const Chains chains = even(given);
  if (undefined(chains)) return kNone;
  std::vector<double> ascending = flat(chains);
  std::sort(ascending.begin(), ascending.end());
  const double median = quantile(ascending, 0.5);
  Chains folded = chains;
  for (auto& c : folded)
    for (double& v : c) v = std::abs(v - median);
  const double bulk = plainRhat(normalScores(split(chains))), tail = plainRhat(normalScores(split(folded)));
  return std::isnan(bulk) || std::isnan(tail) ? kNone : std::max(bulk, tail);
}

double rhatBasic(const Chains& chains) { return plainRhat(split(even(chains))); }
double essBulk(const Chains& chains) { return plainEss(normalScores(split(even(chains)))); }
double essBasic(const Chains& chains) { return plainEss(split(even(chains))); }

double essTail(const Chains& given) {
  const Chains chains = even(given);
  const double low = essOfQuantile(chains, 0.05), high = essOfQuantile(chains, 0.95);
  return std::isnan(low) || std::isnan(high) ? kNone : std::min(low, high);
}

double mcseMean(const Chains& given) {
  const Chains chains = even(given);
  const double ess = essBasic(chains);
  return std::isnan(ess) ? kNone : std::sqrt(variance(flat(chains)) / ess);
}

}  // namespace inflaton::mcmc

namespace inflaton {

Diagnostic diagnose(const std::string& name, const std::vector<std::vector<double>>& draws) {
  const mcmc::Chains chains = mcmc::even(draws);
  std::vector<double> all = mcmc::flat(chains);
  Diagnostic d;
  d.name = name;
  d.mean = all.empty() ? mcmc::kNone : mcmc::mean(all);
  d.sd = all.size() < 2 ? mcmc::kNone : std::sqrt(mcmc::variance(all));
  const bool ordered = std::none_of(all.begin(), all.end(), [](double v) { return std::isnan(v); });
  if (ordered) std::sort(all.begin(), all.end());
  const auto quantile = [&](double p) { return ordered ? mcmc::quantile(all, p) : mcmc::kNone; };
  d.q5 = quantile(0.05), d.q50 = quantile(0.5), d.q95 = quantile(0.95);
  d.rhat = mcmc::rhat(chains);
  d.essBulk = mcmc::essBulk(chains), d.essTail = mcmc::essTail(chains);
  d.mcse = mcmc::mcseMean(chains);
  return d;
}

double ebfmi(const std::vector<double>& energy) {
  if (energy.size() < 3) return mcmc::kNone;
  double jumps = 0;
  for (std::size_t i = 1; i < energy.size(); ++i) jumps += (energy[i] - energy[i - 1]) * (energy[i] - energy[i - 1]);
  return jumps / (mcmc::variance(energy) * static_cast<double>(energy.size() - 1));
}

}  // namespace inflaton
