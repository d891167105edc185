#include "core/flow/solvers.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <cmath>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/machine/slices.h"

namespace inflaton {
namespace {

/// y + h * sum_i b_i k_i, skipping zeros.
at::Tensor advance(const at::Tensor& y, double h, const double* b, const at::Tensor* k, std::size_t count) {
  at::Tensor sum;
  for (std::size_t i = 0; i < count; ++i) {
    if (b[i] == 0) continue;
    if (sum.defined())
      sum.add_(k[i], h * b[i]);
    else
      sum = y.add(k[i], h * b[i]);
  }
  return sum.defined() ? sum : y.clone();
}

std::string text(double v) { return numberText(v); }

// Dormand and Prince 1980; dense output of Shampine 1986. The last stage stands where the step arrives, and is the first of the next.
constexpr std::size_t kStages = 7;
constexpr double kError[kStages] = {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
constexpr double kDense[kStages][4] = {{1, -8048581381.0 / 2820520608, 8663915743.0 / 2820520608, -12715105075.0 / 11282082432},
                                       {0, 0, 0, 0},
                                       {0, 131558114200.0 / 32700410799, -68118460800.0 / 10900136933, 87487479700.0 / 32700410799},
                                       {0, -1754552775.0 / 470086768, 14199869525.0 / 1410260304, -10690763975.0 / 1880347072},
                                       {0, 127303824393.0 / 49829197408, -318862633887.0 / 49829197408, 701980252875.0 / 199316789632},
                                       {0, -282668133.0 / 205662961, 2019193451.0 / 616988883, -1453857185.0 / 822651844},
                                       {0, 40617522.0 / 29380423, -110615467.0 / 29380423, 69997945.0 / 29380423}};

at::Tensor dense(const at::Tensor& y, double h, const at::Tensor* k, double fraction) {
  double b[kStages];
  for (std::size_t i = 0; i < kStages; ++i)
    b[i] = fraction * (kDense[i][0] + fraction * (kDense[i][1] + fraction * (kDense[i][2] + fraction * kDense[i][3])));
  return advance(y, h, b, k, kStages);
}

/// Its derivative with respect to u.
at::Tensor denseSlope(const at::Tensor* k, double fraction) {
  double b[kStages];
  for (std::size_t i = 0; i < kStages; ++i)
    b[i] = kDense[i][0] + fraction * (2 * kDense[i][1] + fraction * (3 * kDense[i][2] + fraction * 4 * kDense[i][3]));
  return advance(at::zeros_like(k[0]), 1, b, k, kStages);
}

/// On one thread: LibTorch splits long sums by their number, and the steps of the solver, so its results, hang on the last bit.
double rms(const at::Tensor& v) {
  const SerialOperations one;
  return std::sqrt(v.to(at::kDouble).square().mean().item<double>());
}

}  // namespace

at::Tensor rungeKuttaStep(const RightHandSide& f, const Tableau& m, const at::Tensor& y, double u, double h) {
  std::vector<at::Tensor> k;
  for (std::size_t i = 0; i < m.c.size(); ++i) k.push_back(f(i == 0 ? y : advance(y, h, m.a[i].data(), k.data(), i), u + m.c[i] * h));
  return advance(y, h, m.b.data(), k.data(), k.size());
}

void fixedSteps(const RightHandSide& f, const Tableau& m, const at::Tensor& y0, const std::vector<double>& stops, int steps,
                const AtStop& at, const std::function<void(double)>& stepped, const AtStop& slope) {
  const double start = stops.front(), span = stops.back() - start, h = span / steps, sign = span < 0 ? -1 : 1;
  at::Tensor y = y0, before = f(y, start);
  if (slope) slope(0, before);
  at(0, y);
  std::size_t next = 1;
  for (int i = 0; i < steps; ++i) {
    const double u = start + i * h, arrived = i + 1 == steps ? stops.back() : u + h, step = arrived - u;
    // The first stage is already known.
    const RightHandSide known = [&](const at::Tensor& v, double w) { return v.is_same(y) ? before : f(v, w); };
    const at::Tensor y1 = rungeKuttaStep(known, m, y, u, step);
    if (!std::isfinite(rms(y1)))
      throw Error(ErrorCode::diverged, "the flow left the finite range at step " + std::to_string(i + 1) + " of " + std::to_string(steps));
    const bool between = next < stops.size() && (arrived - stops[next]) * sign > 1e-12 * std::abs(span);
    at::Tensor after;
    if (i + 1 < steps || between) after = f(y1, arrived);
    for (; next < stops.size() && (stops[next] - arrived) * sign <= 1e-12 * std::abs(span); ++next) {
      const double r = (stops[next] - u) / step;
      if (r >= 1 - 1e-9) {
        if (slope) slope(next, after.defined() ? after : (y1 - y) * (2 / step) - before);
        at(next, y1);
        continue;
      }
      const double r2 = r * r, r3 = r2 * r;
      if (slope) slope(next, (y1 - y) * (6 * (r - r2) / step) + before * (3 * r2 - 4 * r + 1) + after * (3 * r2 - 2 * r));
      at(next, y * (2 * r3 - 3 * r2 + 1) + before * (step * (r3 - 2 * r2 + r)) + y1 * (3 * r2 - 2 * r3) + after * (step * (r3 - r2)));
    }
    y = y1, before = after;
    stepped(arrived);
  }
}

AdaptiveStatistics dormandPrince(const RightHandSide& f, const at::Tensor& y0, const std::vector<double>& stops,
                                 const AdaptiveSettings& settings, const AtStop& at, const std::function<void(double)>& stepped,
                                 const AtStop& slope) {
  AdaptiveStatistics stats;
  const Tableau& method = Tableau::dormandPrince();
  const double end = stops.back(), span = end - stops.front(), sign = span < 0 ? -1 : 1;
  std::array<at::Tensor, kStages> k;
  at::Tensor y = y0;
  double u = stops.front();
  k[0] = f(y, u);
  ++stats.evaluations;
  if (slope) slope(0, k[0]);
  at(0, y);
  std::size_t next = 1;
  // First guess: the error of a step grows with its fifth power.
  double h = sign * std::min(std::abs(span), 0.5 * std::pow(settings.tolerance, 0.2) / std::max(1.0, rms(k[0])));
  double previous = 1;
  while (next < stops.size()) {
    if (stats.accepted + stats.rejected >= settings.maxSteps)
      throw Error(ErrorCode::diverged,
                  "the adaptive solver did not arrive within " + std::to_string(settings.maxSteps) + " steps (tolerance " +
                      text(settings.tolerance) + ")",
                  "Loosen the tolerance.");
    if (std::abs(h) < 1e-9 * std::abs(span))
      throw Error(ErrorCode::diverged,
                  "the step size vanished at " + text(100 * (u - stops.front()) / span) + " % of the way (tolerance " +
                      text(settings.tolerance) + ")",
                  "The tolerance is below what the number format holds: loosen it, or compute in double precision.");
    const bool last = (end - (u + h)) * sign < 1e-9 * std::abs(span);
    if (last) h = end - u;
    at::Tensor candidate;
    for (std::size_t i = 1; i < kStages; ++i) {
      const bool inside = i + 1 < kStages;
      candidate = advance(y, h, (inside ? method.a[i] : method.b).data(), k.data(), i);
      k[i] = f(candidate, u + (inside ? method.c[i] : 1) * h);
    }
    stats.evaluations += static_cast<int>(kStages) - 1;
    const double error = rms(advance(at::zeros_like(y), h, kError, k.data(), kStages)) / settings.tolerance;
    if (!std::isfinite(error)) {
      if (!std::isfinite(rms(y)))
        throw Error(ErrorCode::diverged, "the flow left the finite range at " + text(100 * (u - stops.front()) / span) + " % of the way");
      ++stats.rejected;
      h *= 0.2;
      continue;
    }
    if (error <= 1) {
      ++stats.accepted;
      for (; next < stops.size() && (stops[next] - (u + h)) * sign <= 1e-12 * std::abs(span); ++next) {
        const double fraction = (stops[next] - u) / h;
        const bool arrived = fraction >= 1 - 1e-9;
        if (slope) slope(next, arrived ? k[6] : denseSlope(k.data(), fraction));
        at(next, arrived ? candidate : dense(y, h, k.data(), fraction));
      }
      u = last ? end : u + h;
      y = candidate;
      k[0] = k[6];
      stepped(u);
      if (last) break;
    } else {
      ++stats.rejected;
    }
    // Proportional-integral control (Hairer, Norsett and Wanner II.4).
    const double now = std::max(error, 1e-10);
    const double factor = error <= 1 ? 0.9 * std::pow(now, -0.17) * std::pow(previous, 0.04) : 0.9 * std::pow(now, -0.2);
    h *= std::min(error <= 1 ? 5.0 : 1.0, std::max(0.2, factor));
    if (error <= 1) previous = now;
  }
  return stats;
}

}  // namespace inflaton
