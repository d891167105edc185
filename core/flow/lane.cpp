#include "core/flow/lane.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/flow/solvers.h"

namespace inflaton {
namespace {

void append(std::vector<float>& into, const at::Tensor& v) {
  const auto host = v.to(at::kCPU, at::kFloat).contiguous();
  into.insert(into.end(), host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
}

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

void referenceSteps(const Flow& flow, const at::Tensor& start, const LaneSettings& set, bool inflating, Trajectory& lane, Recorder& record, const std::function<void(double)>& progress) {
  auto times = set.times;
  if (!inflating) std::reverse(times.begin(), times.end());
  record.frame(times.front(), start);
  at::Tensor x = start * flow.s(times.front());
  const std::size_t steps = times.size() - 1;
  for (std::size_t i = 0; i < steps; ++i) {
    const double t = times[i], h = times[i + 1] - t;
    at::Tensor denoised;
    at::Tensor velocity = flow.scaledVelocity(x, t, &denoised);
    ++lane.evaluations;
    if (set.solver == "heun") {
      velocity = 0.5 * (velocity + flow.scaledVelocity(x + h * velocity, times[i + 1]));
      ++lane.evaluations;
    }
    const at::Tensor moved = x + h * velocity;
    ++lane.steps;
    if (i == 0 || i % static_cast<std::size_t>(set.saveFreq) == 0 || i + 1 == steps) {
      stopUnlessFinite(moved, i + 1, steps);
      record.output(t, x / flow.s(t), denoised);
      record.displacement(h * velocity);
      record.frame(times[i + 1], moved / flow.s(times[i + 1]));
    }
    x = moved;
    progress(static_cast<double>(i + 1) / static_cast<double>(steps));
  }
}

void angleSteps(const Flow& flow, const at::Tensor& start, const LaneSettings& set, bool inflating, Trajectory& lane, Recorder& record, const std::function<void(double)>& progress) {
  std::vector<double> times, stops;
  for (std::int64_t k = 0; k < set.frames; ++k) times.push_back(set.tEnd * static_cast<double>(k) / static_cast<double>(set.frames - 1));
  if (!inflating) std::reverse(times.begin(), times.end());
  for (double t : times) stops.push_back(flow.angle(t));
  const double from = stops.front(), span = stops.back() - from;
  const RightHandSide f = [&](const at::Tensor& y, double u) {
    if (set.poll) set.poll();
    ++lane.evaluations;
    return flow.angleVelocity(y, u);
  };
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
  const auto stepped = [&](double u) {
    ++lane.steps;
    progress((u - from) / span);
  };
  const at::Tensor y0 = flow.whiten(start, times.front());
  if (set.solver == "dopri5") {
    const auto stats = dormandPrince(f, y0, stops, {set.tolerance, 100000}, at, stepped);
    lane.rejected = stats.rejected;
  } else {
    fixedSteps(f, set.solver == "rk4" ? Tableau::rk4() : Tableau::heun(), y0, stops, set.steps, at, stepped);
  }
}

}  // namespace

Trajectory integrateLane(const Flow& flow, const at::Tensor& start, Direction direction, const LaneSettings& set, const std::function<void(double)>& progress,
                         at::Tensor* end) {
  const auto began = std::chrono::steady_clock::now();
  Trajectory lane;
  lane.direction = direction;
  lane.n = start.size(0);
  lane.dim = static_cast<int>(start.size(1));
  Recorder record(flow, lane, set.outputs);
  const bool reference = set.solver == "euler" || set.solver == "heun", inflating = direction == Direction::inflation;
  (reference ? referenceSteps : angleSteps)(flow, start, set, inflating, lane, record, progress);
  if (end) *end = record.last;
  lane.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return lane;
}

}  // namespace inflaton
