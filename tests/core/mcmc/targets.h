#pragma once
// Densities with known moments, and small helpers for running chains over them.
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "core/mcmc/sampler.h"
#include "core/mcmc/target.h"

namespace inflaton::mcmc::testing {

using Starts = std::vector<std::vector<double>>;  ///< [chain][parameter]

/// A density row by row: f(q, gradient) -> log-density. Counts rows and batches.
class RowTarget : public Target {
 public:
  using Row = std::function<double(std::span<const double>, std::span<double>)>;
  RowTarget(std::size_t size, Row row) : size_(size), row_(std::move(row)) {}
  std::size_t size() const override { return size_; }
  void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const override {
    ++batches;
    for (std::size_t k = 0; k < logDensity.size(); ++k, ++rows)
      logDensity[k] = row_(q.subspan(k * size_, size_), gradient.subspan(k * size_, size_));
  }
  mutable std::int64_t batches = 0, rows = 0;

 private:
  std::size_t size_;
  Row row_;
};

/// Independent normals of these standard deviations about 0.
inline RowTarget normal(std::vector<double> sd) {
  const std::size_t n = sd.size();
  return {n, [sd = std::move(sd)](std::span<const double> q, std::span<double> g) {
            double sum = 0;
            for (std::size_t i = 0; i < q.size(); ++i) g[i] = -q[i] / (sd[i] * sd[i]), sum += 0.5 * q[i] * g[i];
            return sum;
          }};
}

/// A stationary first-order process of correlation r: every variance 1, covariance r^|i - j|, mean i / 10. Its precision is tridiagonal.
inline double correlatedMean(std::size_t i) { return 0.1 * static_cast<double>(i); }
inline RowTarget correlated(std::size_t n, double r) {
  return {n, [n, r](std::span<const double> q, std::span<double> g) {
            double sum = 0;
            for (std::size_t i = 0; i < n; ++i) g[i] = 0;
            for (std::size_t i = 0; i < n; ++i) {
              const double now = q[i] - correlatedMean(i), before = i ? q[i - 1] - correlatedMean(i - 1) : 0;
              const double variance = i ? 1 - r * r : 1, off = now - r * before;
              sum -= 0.5 * off * off / variance;
              g[i] -= off / variance;
              if (i) g[i - 1] += r * off / variance;
            }
            return sum;
          }};
}

/// x normal(0, 1), y normal(x^2 - 1, 0.5): means 0, variances 1 and 2.25, E x^2 y = 2.
inline RowTarget banana() {
  return {2, [](std::span<const double> q, std::span<double> g) {
            const double x = q[0], off = (q[1] - x * x + 1) / 0.25;
            g[0] = -x + 2 * x * off, g[1] = -off;
            return -0.5 * x * x - 0.125 * off * off;
          }};
}

/// Neal's funnel: v normal(0, 3), nine x normal(0, exp(v / 2)).
inline RowTarget funnel() {
  return {10, [](std::span<const double> q, std::span<double> g) {
            const double v = q[0], precision = std::exp(-v);
            double squares = 0;
            for (std::size_t i = 1; i < 10; ++i) squares += q[i] * q[i], g[i] = -q[i] * precision;
            g[0] = -v / 9 - 4.5 + 0.5 * squares * precision;
            return -v * v / 18 - 4.5 * v - 0.5 * squares * precision;
          }};
}

/// [parameter][chain][draw] of the draws after warm-up, and what went with them.
struct Sampled {
  std::vector<std::vector<std::vector<double>>> draws;
  std::vector<std::vector<Transition>> transitions;  ///< [chain][draw]
  std::vector<ChainState> states;
  double meanOf(const std::function<double(const Transition&)>& f) const {
    double sum = 0;
    std::size_t n = 0;
    for (const auto& chain : transitions)
      for (const auto& t : chain) sum += f(t), ++n;
    return sum / static_cast<double>(n);
  }
};

inline Sampled run(const Target& target, const Settings& settings, const Starts& starts) {
  Sampler sampler(target, settings, starts);
  Sampled r;
  r.draws.assign(target.size(), std::vector<std::vector<double>>(starts.size()));
  r.transitions.resize(starts.size());
  while (sampler.warmingUp()) sampler.step();
  for (std::int64_t i = 0; i < settings.draws; ++i) {
    const auto ts = sampler.step();
    for (std::size_t k = 0; k < starts.size(); ++k) {
      r.transitions[k].push_back(ts[k]);
      for (std::size_t j = 0; j < target.size(); ++j) r.draws[j][k].push_back(sampler.states()[k].q[j]);
    }
  }
  r.states = sampler.states();
  return r;
}

/// Chains spread out on either side of 0.
inline Starts starts(std::size_t chains, std::size_t size, double spread = 1) {
  Starts all(chains, std::vector<double>(size));
  for (std::size_t k = 0; k < chains; ++k)
    for (std::size_t i = 0; i < size; ++i) all[k][i] = spread * std::sin(1.7 * static_cast<double>(k * size + i) + 0.4);
  return all;
}

/// "" when the two are the same to the bit, else the field that is not.
inline std::string difference(const ChainState& a, const ChainState& b) {
  if (a.iteration != b.iteration) return "iteration";
  if (a.q != b.q) return "q";
  if (a.gradient != b.gradient) return "gradient";
  if (a.logDensity != b.logDensity) return "logDensity";
  if (a.inverseMetric != b.inverseMetric) return "inverseMetric";
  if (a.stepSize != b.stepSize) return "stepSize";
  if (a.adaptation != b.adaptation) return "adaptation";
  return a.generator != b.generator ? "generator" : "";
}

}  // namespace inflaton::mcmc::testing
