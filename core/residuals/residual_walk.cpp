#include "core/residuals/residual_walk.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "core/data/counter_rng.h"
#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/flow.h"
#include "core/flow/problem.h"
#include "core/flow/solvers.h"
#include "core/machine/device.h"
#include "core/nets/file/network_file.h"

namespace inflaton {
namespace {

constexpr double kTolerance = 1e-5;  // of the trajectory: far below a residual
constexpr double kWorkAtOnce = 4e8;  // weights times rows between two looks at the stop token: some 10 ms

[[noreturn]] void refuse(const std::string& text, const std::string& hint = {}) { throw Error(ErrorCode::usage, text, hint); }

/// n ~ N(0, C(t_k)): the k-th stream, so that it depends on nothing else. A word of four normals serves 4 / D points.
at::Tensor noise(const ResidualWalk& w, std::size_t k) {
  const auto N = w.clean.size(0), D = w.clean.size(1);
  const auto& schedule = w.net->schedule();
  auto z = at::empty({N, D}, at::kDouble);
  auto* value = z.data_ptr<double>();
  const CounterRng rng(purposeSeed(w.seed, Purpose::residualNoise), static_cast<std::uint32_t>(k));
  for (std::int64_t i = 0; i < N * D; i += 4) {
    const auto four = rng.normals(static_cast<std::uint64_t>(i / 4), 0);
    for (std::int64_t j = i; j < std::min(i + 4, N * D); ++j) value[j] = four[static_cast<std::size_t>(j - i)];
  }
  std::vector<double> sd;
  for (std::int64_t j = 0; j < D; ++j) sd.push_back(std::sqrt(schedule.gamma(static_cast<int>(j), w.times[k])));
  return (z * at::tensor(sd, at::kDouble)).to(w.clean.device());
}

/// In slices, so that a cancel is heard soon whatever the architecture.
at::Tensor inSlices(const ResidualWalk& w, const at::Tensor& rows, const std::function<void()>& poll,
                    const std::function<at::Tensor(const at::Tensor&)>& each) {
  const auto atOnce =
      std::clamp<std::int64_t>(static_cast<std::int64_t>(kWorkAtOnce / static_cast<double>(w.net->network().size())), 64, 1 << 16);
  std::vector<at::Tensor> parts;
  for (std::int64_t from = 0; from < rows.size(0); from += atOnce) {
    if (poll) poll();
    parts.push_back(each(rows.slice(0, from, std::min(rows.size(0), from + atOnce))));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts);
}

}  // namespace

std::string ResidualWalk::scheduleWord() const {
  const auto& s = net->schedule();
  return s.preserving() ? "PRP" : "PRRto" + std::to_string(s.dimsToKeep());
}

ResidualWalk residualWalk(const ResidualsExtractOptions& o) {
  ResidualWalk w;
  const auto network = readNetwork(o.network, chooseDevice(o.device));
  w.net = network.denoiser;
  const auto& basis = w.net->basis();
  const auto& schedule = w.net->schedule();
  const auto points = networkPoints(o, o.n_samples, kResidualSamples, static_cast<std::uint64_t>(o.seed), network, o.network, w.notes);
  w.data = points.origin;
  if (points.dim != basis.dim)
    refuse("data_name is " + points.name + ", which has " + std::to_string(points.dim) + " dimensions; the network " + o.network +
           " was trained in " + std::to_string(basis.dim));
  if (o.data_dim != 0 && o.data_dim != basis.dim)
    refuse("data_dim is " + std::to_string(o.data_dim) + "; allowed: " + std::to_string(basis.dim) + " (the dimensions of " + o.network +
           "), or 0 for that");
  if (o.dims_to_keep != 0 && o.dims_to_keep != schedule.dimsToKeep())
    refuse("dims_to_keep is " + std::to_string(o.dims_to_keep) + "; allowed: " + std::to_string(schedule.dimsToKeep()) + " (" + o.network +
           " was trained for " + schedule.name() + "), or 0 for that");
  const double end = static_cast<double>(o.n_time_pts) * o.h;
  if (end > schedule.tMax() * (1 + 1e-9))
    refuse("n_time_pts * h is " + formatParameter(end) + "; allowed: up to " + formatParameter(schedule.tMax()) + " (tmax of " + o.network +
               ")",
           "Lower n_time_pts or h.");
  w.dataName = points.name;
  w.clean = eigenTensor(basis, points, at::kDouble).to(w.net->weights().device());
  w.times = ifsTimes(static_cast<int>(o.n_time_pts), o.h, false);
  for (double& t : w.times) t = std::min(t, schedule.tMax());
  w.trajectory = o.along == "trajectory";
  w.seed = static_cast<std::uint64_t>(o.seed);
  return w;
}

void walkResiduals(const ResidualWalk& w, const std::function<void()>& poll, const ResidualSink& sink) {
  const auto emit = [&](std::size_t k, const at::Tensor& x) {
    const double t = w.times[k];
    const auto D = inSlices(w, x, poll, [&](const at::Tensor& rows) { return w.net->denoise(rows, t); });
    if (!at::isfinite(D).all().item<bool>())
      throw Error(ErrorCode::diverged, "the network's output is not finite at t = " + formatParameter(t));
    const auto own = [&](const at::Tensor& v) { return w.net->coordinates().ownAxes(v).to(at::kCPU, at::kFloat).contiguous(); };
    sink(k, own(D), own(D - w.clean));
  };
  if (!w.trajectory) {
    for (std::size_t k = 0; k < w.times.size(); ++k) emit(k, w.clean + noise(w, k));
    return;
  }
  const Flow flow(*w.net, 1.0);
  std::vector<double> stops;
  for (const double t : w.times) stops.push_back(flow.angle(t));
  const auto slope = [&](const at::Tensor& y, double u) {
    return inSlices(w, y, poll, [&](const at::Tensor& rows) { return flow.angleVelocity(rows, u); });
  };
  dormandPrince(
      slope, flow.whiten(w.clean + noise(w, 0), w.times[0]), stops, {kTolerance},
      [&](std::size_t k, const at::Tensor& y) { emit(k, flow.unwhiten(y, w.times[k])); }, [](double) {});
}

}  // namespace inflaton
