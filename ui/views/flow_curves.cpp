#include "ui/views/flow_curves.h"

#include <algorithm>
#include <cmath>

namespace inflaton::ui {

FlowCurves FlowCurves::of(const ViewState& state) {
  FlowCurves c;
  const auto* lane = state.trajectory();
  if (!lane) return c;
  const auto& sim = *state.simulation();
  const auto& xi = sim.basis.eigenvalues;
  const auto D = static_cast<std::size_t>(lane->dim), F = static_cast<std::size_t>(lane->frames());
  c.kept = sim.schedule.dimsToKeep();
  c.varianceTheory.assign(D, std::vector<double>(F));
  c.varianceSample.assign(D, std::vector<double>(F));
  const auto n = static_cast<std::size_t>(lane->n), stride = std::max<std::size_t>(1, n / 20000), used = (n + stride - 1) / stride;
  const bool forward = lane->t.front() <= lane->t.back();
  for (std::size_t f = 0; f < F; ++f) {
    const std::size_t k = forward ? f : F - 1 - f;
    const double t = lane->t[k], s = sim.schedule.s(t, xi.front());
    c.t.push_back(t);
    c.gamma.push_back(sim.schedule.gammaStar(t));
    std::vector<double> sum(D), squares(D), theory(D), sample(D);
    const float* x = lane->x.data() + k * n * D;
    for (std::size_t i = 0; i < n; i += stride)
      for (std::size_t j = 0; j < D; ++j) {
        const double v = x[i * D + j];
        sum[j] += v, squares[j] += v * v;
      }
    for (std::size_t j = 0; j < D; ++j) {
      const double mean = sum[j] / static_cast<double>(used);
      sample[j] = s * s * std::max(0.0, squares[j] / static_cast<double>(used) - mean * mean);
      theory[j] = sim.schedule.scaledVariance(static_cast<int>(j), t, xi[j], xi.front());
      c.varianceSample[j][f] = sample[j];
      c.varianceTheory[j][f] = theory[j];
    }
    c.ratioTheory.push_back(sim.schedule.participationRatio(t, xi));
    c.ratioSample.push_back(participationRatio(sample));
  }

  std::vector<double> logs;
  for (const float e : sim.roundTripError)
    if (std::isfinite(e)) logs.push_back(std::log10(std::max(1e-12, static_cast<double>(e))));
  if (!logs.empty()) {
    const auto [low, high] = std::minmax_element(logs.begin(), logs.end());
    const double from = std::floor(*low * 4) / 4, to = std::max(from + 0.5, std::ceil(*high * 4 + 1e-9) / 4);
    const int bins = static_cast<int>(std::lround((to - from) * 10));
    c.errorCounts.assign(static_cast<std::size_t>(bins), 0);
    for (int b = 0; b <= bins; ++b) c.errorEdges.push_back(std::pow(10, from + (to - from) * b / bins));
    for (const double v : logs)
      ++c.errorCounts[static_cast<std::size_t>(std::clamp(static_cast<int>((v - from) / (to - from) * bins), 0, bins - 1))];
  }
  return c;
}

}  // namespace inflaton::ui
