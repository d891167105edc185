#include "core/flow/lane.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/flow/adams.h"
#include "core/flow/grid.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {

void append(std::vector<float>& into, const at::Tensor& v) {
  const auto host = v.to(at::kCPU, at::kFloat).contiguous();
  into.insert(into.end(), host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
}

at::Tensor row(const std::vector<double>& axes, const at::Tensor& like) { return at::tensor(axes, at::kDouble).to(like.options()); }

at::Tensor perAxis(const Flow& flow, double t, const at::Tensor& like) {
  return kernelVariance(flow.denoiser().schedule(), at::full({1}, t, at::kDouble)).squeeze(0).to(like.options());
}

class Recorder {
 public:
  Recorder(const Flow& flow, Trajectory& lane, bool outputs) : flow_(flow), lane_(lane), outputs_(outputs) {}
  void frame(double t, const at::Tensor& unscaled) {
    lane_.t.push_back(t);
    append(lane_.x, unscaled);
    last = unscaled;
  }
  /// D and the score at an unscaled state.
  void output(double t, const at::Tensor& unscaled, const at::Tensor& denoised) {
    if (!outputs_) return;
    append(lane_.out, denoised);
    append(lane_.score, (denoised - unscaled) / perAxis(flow_, t, unscaled));
  }
  /// dy_j / dtheta_j at the frame last recorded.
  void slope(const at::Tensor& slope) { append(lane_.slope, slope); }
  void displacement(const at::Tensor& dx) {
    if (outputs_) append(lane_.dx, dx);
  }
  at::Tensor last;  ///< of the frames, in full precision

 private:
  const Flow& flow_;
  Trajectory& lane_;
  bool outputs_;
};

void stopUnlessFinite(const at::Tensor& state, std::size_t step, std::size_t steps) {
  if (!at::isfinite(state).all().item<bool>())
    throw Error(ErrorCode::diverged, "the flow left the finite range at step " + std::to_string(step) + " of " + std::to_string(steps),
                "Take smaller steps (h), or a solver of the angle form.");
}

/// -F from D at an unscaled state.
at::Tensor slopeFrom(const Flow& flow, const at::Tensor& x, const at::Tensor& denoised, double t) {
  const auto c = flow.denoiser().coefficients(t, x);
  return (c.cSkip * x - denoised) * c.weight;
}

/// At the last frame nothing is evaluated: the slope of the parabola through the last two frames and the slope at the first of them.
at::Tensor lastSlope(const Flow& flow, const Trajectory& lane, const at::Tensor& like) {
  const std::size_t size = static_cast<std::size_t>(lane.n * lane.dim), frames = lane.t.size();
  const auto frame = [&](const std::vector<float>& from, std::size_t k) {
    return at::from_blob(const_cast<float*>(from.data()) + k * size, {lane.n, lane.dim}, at::kFloat).to(at::kDouble);
  };
  const double t0 = lane.t[frames - 2], t1 = lane.t[frames - 1];
  std::vector<double> twice;
  for (int j = 0; j < lane.dim; ++j) {
    const double step = flow.axisAngle(j, t1) - flow.axisAngle(j, t0);
    twice.push_back(step == 0 ? 0 : 2 / step);
  }
  const auto moved = flow.whiten(frame(lane.x, frames - 1), t1) - flow.whiten(frame(lane.x, frames - 2), t0);
  return (moved * row(twice, moved) - frame(lane.slope, frames - 2)).to(like.options());
}

/// sum_i weight_i k_i.
at::Tensor combined(const std::vector<double>& weight, const std::vector<at::Tensor>& k) {
  at::Tensor sum;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    if (weight[i] == 0) continue;
    sum = sum.defined() ? sum.add_(k[i], weight[i]) : k[i] * weight[i];
  }
  return sum.defined() ? sum : at::zeros_like(k.front());
}

void scaledSteps(const Flow& flow, const at::Tensor& start, const SolverInfo& solver, const LaneSettings& set, bool inflating,
                 Trajectory& lane, Recorder& record, const std::function<void(double)>& progress) {
  const Tableau& m = solver.tableau;
  auto times = set.times;
  if (!inflating) std::reverse(times.begin(), times.end());
  record.frame(times.front(), start);
  at::Tensor x = start * flow.s(times.front());
  const std::size_t steps = times.size() - 1;
  bool slopeDue = true;  // of the frame at x: what the next evaluation says there
  for (std::size_t i = 0; i < steps; ++i) {
    const double t = times[i], h = times[i + 1] - t;
    at::Tensor denoised;
    std::vector<at::Tensor> k{flow.scaledVelocity(x, t, &denoised)};
    if (slopeDue) record.slope(slopeFrom(flow, x / flow.s(t), denoised, t));
    for (std::size_t stage = 1; stage < m.c.size(); ++stage)
      k.push_back(flow.scaledVelocity(x + h * combined(m.a[stage], k), m.c[stage] == 1 ? times[i + 1] : t + m.c[stage] * h));
    lane.evaluations += m.stages();
    const at::Tensor velocity = combined(m.b, k), moved = x + h * velocity;
    ++lane.steps;
    slopeDue = i == 0 || i % static_cast<std::size_t>(set.saveFreq) == 0 || i + 1 == steps;
    if (slopeDue) {
      stopUnlessFinite(moved, i + 1, steps);
      record.output(t, x / flow.s(t), denoised);
      record.displacement(h * velocity);
      record.frame(times[i + 1], moved / flow.s(times[i + 1]));
    }
    x = moved;
    progress(static_cast<double>(i + 1) / static_cast<double>(steps));
  }
  record.slope(lastSlope(flow, lane, start));
}

/// Some of the lane's points, spread over them, to place the grid by; none where that would cost too much.
at::Tensor pilotOf(const at::Tensor& y, int evaluations) {
  constexpr std::int64_t most = 32, least = 8;
  const auto affordable = static_cast<std::int64_t>(0.1 * evaluations * static_cast<double>(y.size(0)) / Grid::pilotEvaluations);
  const std::int64_t n = std::min(most, affordable);
  if (n < least) return {};
  return y.index_select(0, (at::arange(n, at::kLong) * y.size(0)).div(n, "floor").to(y.device()));
}

void angleSteps(const Flow& flow, const at::Tensor& start, const SolverInfo& solver, const LaneSettings& set, bool inflating,
                Trajectory& lane, Recorder& record, const std::function<void(double)>& progress) {
  std::vector<double> times;
  for (std::int64_t k = 0; k < set.frames; ++k) times.push_back(set.tEnd * static_cast<double>(k) / static_cast<double>(set.frames - 1));
  if (!inflating) std::reverse(times.begin(), times.end());
  at::Tensor previousScaled;
  const auto at = [&](std::size_t k, const at::Tensor& y) {
    const at::Tensor x = flow.unwhiten(y, times[k]);
    record.frame(times[k], x);
    if (!set.outputs) return;
    const at::Tensor scaled = x * flow.s(times[k]);
    if (previousScaled.defined()) record.displacement(scaled - previousScaled);
    previousScaled = scaled;
    if (k + 1 < times.size()) record.output(times[k], x, flow.denoiser().denoise(x, times[k]));
  };
  const auto called = [&] {
    if (set.poll) set.poll();
    ++lane.evaluations;
  };
  const at::Tensor y0 = flow.whiten(start, times.front());

  if (solver.multistep()) {
    int budget = std::max(static_cast<int>(solver.leastSteps()), set.steps);
    const at::Tensor pilot = set.grid ? at::Tensor() : pilotOf(y0, budget);
    const Grid grid = set.grid          ? *set.grid
                      : pilot.defined() ? Grid::placed(flow, set.tEnd, pilot, inflating, kAdamsOrder, set.poll)
                                        : Grid::graded(flow, set.tEnd);
    if (pilot.defined()) {
      lane.evaluations =
          static_cast<int>(std::ceil(static_cast<double>(Grid::pilotEvaluations * pilot.size(0)) / static_cast<double>(y0.size(0))));
      budget = std::max(static_cast<int>(solver.leastSteps()), budget - lane.evaluations);
    }
    std::vector<double> stops;
    for (double t : times) stops.push_back(grid.position(t));
    const MeasuredField field{[&](const at::Tensor& y, double w) {
                                called();
                                return -flow.denoiser().whitened(y, grid.time(w));
                              },
                              [&](double w) { return grid.measure(w); }};
    adams(
        field, y0, stops, {budget, kAdamsOrder},
        [&](std::size_t k, const at::Tensor& y, const at::Tensor& f) {
          at(k, y);
          record.slope(f);
        },
        [&](double w) {
          ++lane.steps;
          progress((w - stops.front()) / (stops.back() - stops.front()));
        });
    return;
  }

  std::vector<double> stops;
  for (double t : times) stops.push_back(flow.angle(t));
  const double from = stops.front(), span = stops.back() - from;
  const RightHandSide f = [&](const at::Tensor& y, double u) {
    called();
    return flow.angleVelocity(y, u);
  };
  const AtStop slope = [&](std::size_t k, const at::Tensor& velocity) {
    auto share = flow.angleShares(times[k]);
    for (double& v : share) v = v == 0 ? 0 : 1 / v;
    record.slope(velocity * row(share, velocity));
  };
  const auto stepped = [&](double u) {
    ++lane.steps;
    progress((u - from) / span);
  };
  if (solver.adaptive()) {
    const auto stats = dormandPrince(f, y0, stops, {set.tolerance, 100000}, at, stepped, slope);
    lane.rejected = stats.rejected;
  } else {
    fixedSteps(f, solver.tableau, y0, stops, set.steps, at, stepped, slope);
  }
}

}  // namespace

Trajectory integrateLane(const Flow& flow, const at::Tensor& start, Direction direction, const LaneSettings& set,
                         const std::function<void(double)>& progress, at::Tensor* end) {
  const SolverInfo& solver = solverInfo(set.solver);
  const auto began = std::chrono::steady_clock::now();
  Trajectory lane;
  lane.direction = direction;
  lane.n = start.size(0);
  lane.dim = static_cast<int>(start.size(1));
  Recorder record(flow, lane, set.outputs);
  (solver.scaled() ? scaledSteps : angleSteps)(flow, start, solver, set, direction == Direction::inflation, lane, record, progress);
  if (end) *end = record.last;
  lane.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return lane;
}

}  // namespace inflaton
