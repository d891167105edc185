// The job behind density: query points, slices of them along the flow, the result and its file.
#include "core/api/density.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/memory_need.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/data/given_points.h"
#include "core/denoise/exact_denoiser.h"
#include "core/density/density_flow.h"
#include "core/flow/problem.h"
#include "core/io/npz.h"
#include "core/machine/device.h"

namespace inflaton {
namespace {

constexpr std::int64_t kSlice = 4096;              // points integrated together
constexpr std::int64_t kNumbersInSlice = 1 << 21;  // of their state, above which slices get smaller
constexpr std::int64_t kPilot = 160;               // points that tell how many steps are enough
constexpr double kWorkAtOnce = 2e8;                // weights times rows between two looks at the stop token: some 10 ms

[[noreturn]] void refuse(const std::string& text, const std::string& hint = {}) { throw Error(ErrorCode::usage, text, hint); }

/// A square grid about the mean, in data coordinates; a node's row counts along y, its column along x.
void makeGrid(DensityResult& r, const DensityOptions& o, const PointSet& data, const Eigenbasis& basis, const Schedule& schedule) {
  if (basis.dim != 2)
    refuse("grid is " + std::to_string(o.grid) + "; allowed with data of " + std::to_string(basis.dim) + " dimensions: 0",
           "A grid covers the plane; give points instead.");
  double half = o.extent;
  if (half == 0) {
    for (std::int64_t i = 0; i < data.n; ++i)
      for (int j = 0; j < 2; ++j)
        half = std::max(half, std::abs(data.row(i)[static_cast<std::size_t>(j)] - basis.mean[static_cast<std::size_t>(j)]));
    // The kernel that the points have been smoothed with by then reaches further.
    half = 1.25 * (half + 3 * std::sqrt(std::max(schedule.gamma(0, o.t), schedule.gamma(1, o.t))));
  }
  r.rows = r.columns = static_cast<int>(o.grid);
  r.left = basis.mean[0] - half, r.bottom = basis.mean[1] - half;
  r.stepX = r.stepY = 2 * half / static_cast<double>(o.grid - 1);
  for (int row = 0; row < r.rows; ++row)
    for (int column = 0; column < r.columns; ++column) {
      r.points.push_back(static_cast<float>(r.left + column * r.stepX));
      r.points.push_back(static_cast<float>(r.bottom + row * r.stepY));
    }
}

void choosePoints(DensityResult& r, const DensityOptions& o, const Problem& problem, const GivenPoints& given, const JobContext& context) {
  const int dim = problem.denoiser->basis().dim;
  r.dim = dim;
  const auto take = [&](const std::string& name, const PointSet& points) {
    if (points.dim != dim)
      refuse("points: " + name + " has " + std::to_string(points.dim) + " columns; needed: " + std::to_string(dim) +
             ", one per dimension of the data");
    r.points = points.values;
  };
  if (given.start) {
    requireGivenPoints(*given.start, "points");
    take(given.start->name, *given.start);
  } else if (o.grid > 0) {
    makeGrid(r, o, problem.start, problem.denoiser->basis(), problem.schedule);
  } else if (!o.points.empty()) {
    const PointSet asked = loadQueries(o.points, o.units == "own" ? problem.start.units() : nullptr);
    for (const auto& note : asked.notes) context.note(note);
    take(o.points, asked);
  } else {
    r.points = problem.start.values;
  }
  r.n = static_cast<std::int64_t>(r.points.size()) / dim;
}

template <class T>
void append(std::vector<T>& to, const at::Tensor& from) {
  const auto values = from.to(at::kDouble).contiguous();
  const double* v = values.data_ptr<double>();
  for (std::int64_t i = 0; i < values.numel(); ++i) to.push_back(static_cast<T>(v[i]));
}

void checkFinite(const DensityResult& r) {
  for (std::size_t i = 0; i < r.logDensity.size(); ++i)
    if (!std::isfinite(r.logDensity[i]))
      throw Error(ErrorCode::diverged, "the log-density of point " + std::to_string(i) + " is not finite",
                  "Lower the tolerance, or ask nearer the data.");
}

std::shared_ptr<const DensityResult> compute(const DensityOptions& o, const JobContext& context, const GivenPoints& given) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const at::NoGradGuard off;
  const auto began = std::chrono::steady_clock::now();
  const auto device = chooseDevice(o.device);
  GivenPoints data;
  if (given.start || !o.points.empty() || (o.grid > 0 && o.extent > 0)) data = withoutOwnPoints(o, context);
  data.references = given.references;
  const auto problem = makeProblem(
      o, 1.0, at::kDouble, device, [context] { context.throwIfStopped(); }, data);
  say(problem, context);
  if (!o.points.empty()) sayUnits(problem, o, o, "points", context);
  const double T = problem.schedule.tMax();
  const auto t = timeWithin(o.t, T);
  if (!t) refuse("t is " + formatParameter(o.t) + "; allowed: 0 to " + formatParameter(T) + " (tmax)");
  const auto& basis = problem.denoiser->basis();
  auto r = std::make_shared<DensityResult>();
  r->t = *t;
  if (problem.start.units()) r->origin = problem.start.origin;
  choosePoints(*r, o, problem, given, context);
  requireMemory(static_cast<double>(r->n) * (24.0 + 12.0 * r->dim),
                std::to_string(r->n) + " points in " + std::to_string(r->dim) + " dimensions", "Ask at fewer points, or a coarser grid.");

  DensitySettings set;
  set.t = *t, set.tEnd = T, set.tolerance = o.tolerance, set.probes = o.probes, set.stretch = o.stretch;
  set.seed = static_cast<std::uint64_t>(o.seed);
  set.poll = [&context] { context.throwIfStopped(); };
  set.probes = probesUsed(o.probes, r->dim);
  const bool exact = set.probes == 0;
  if (o.probes == 0 && !exact)
    context.note("the exact density needs the flow's Jacobian, which is computed up to " + std::to_string(kMostToyDims) +
                 " dimensions: of these " + std::to_string(r->dim) + " the divergence is estimated by " + std::to_string(set.probes) +
                 " random probes, with a standard error; --probes takes more or fewer");
  const std::int64_t D = r->dim, columns = D + (exact ? D + D * D : set.probes);
  const auto work = static_cast<double>(problem.denoiser->workPerPoint() * (1 + (exact ? D : set.probes)));
  set.rowsAtOnce = work > 0 ? std::clamp<std::int64_t>(static_cast<std::int64_t>(kWorkAtOnce / work), 64, kSlice) : kSlice;
  const std::int64_t slice = std::clamp<std::int64_t>(kNumbersInSlice / columns, 64, kSlice);

  const Flow flow(*problem.denoiser, 1.0);
  const auto eigen = [&](std::int64_t from, std::int64_t rows, std::int64_t stride) {
    const auto all = at::from_blob(r->points.data(), {r->n, D}, at::kFloat);
    return toEigen(basis, all.slice(0, from, from + rows, stride).to(at::kDouble)).to(device);
  };
  // An odd stride, so that a grid's pilot does not stand in a few columns.
  if (exact && r->n >= 16 * kPilot) {
    chooseFixedSteps(flow, eigen(0, r->n, std::max<std::int64_t>(1, r->n / kPilot) | 1), set);
    context.note(set.evaluations > 0 ? std::to_string(set.evaluations) + " fixed steps are enough" : std::string("adaptive steps"));
  }
  for (std::int64_t from = 0; from < r->n; from += slice) {
    const std::int64_t rows = std::min(slice, r->n - from);
    set.firstPoint = static_cast<std::uint64_t>(from);
    set.progress = [&](double fraction) {
      context.throwIfStopped();
      const double done = static_cast<double>(from) + fraction * static_cast<double>(rows), part = done / static_cast<double>(r->n);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      context.report({"density", done, static_cast<double>(r->n), part > 0.01 ? seconds * (1 - part) / part : -1, {}});
    };
    const auto values = densityAlong(flow, eigen(from, rows, 1), set);
    append(r->logDensity, values.logDensity);
    append(r->latent, values.latent);
    if (values.jacobian.defined()) append(r->singular, singularValues(values.jacobian));
    if (values.standardError.defined()) append(r->standardError, values.standardError);
    r->evaluations = std::max(r->evaluations, values.evaluations);
  }
  checkFinite(*r);
  if (o.stretch && r->singular.empty()) context.note("no stretch: it needs the exact Jacobian, which probes replace");
  r->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return r;
}

void save(const DensityResult& r, const DensityOptions& o) {
  NpzWriter w(o.output);
  const DataOrigin* units = toldUnits(r, o);
  if (units)
    w.add("x", std::span<const double>(units->toOwn(r.points)), {r.n, r.dim});
  else
    w.add("x", std::span<const float>(r.points), {r.n, r.dim});
  w.add("log_density", std::span<const double>(toldLogDensity(r, o)), {r.n});
  w.add("latent", std::span<const float>(r.latent), {r.n, r.dim});
  if (!r.singular.empty()) w.add("singular", std::span<const float>(r.singular), {r.n, r.dim});
  if (!r.standardError.empty()) w.add("standard_error", std::span<const double>(r.standardError), {r.n});
  if (r.rows > 0) {
    const std::vector<std::int64_t> grid{r.rows, r.columns};
    w.add("grid", std::span<const std::int64_t>(grid), {2});
    std::vector<double> x, y;
    const auto told = [&](std::size_t axis, double v) { return units ? units->offset[axis] + units->scale[axis] * v : v; };
    for (int c = 0; c < r.columns; ++c) x.push_back(told(0, r.left + c * r.stepX));
    for (int row = 0; row < r.rows; ++row) y.push_back(told(1, r.bottom + row * r.stepY));
    w.add("grid_x", std::span<const double>(x), {r.columns});
    w.add("grid_y", std::span<const double>(y), {r.rows});
  }
  nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()},
                      {"command", commandLine(o)},
                      {"options", toJson(o)},
                      {"seed", o.seed},
                      {"t", r.t},
                      {"evaluations", r.evaluations},
                      {"log_density", "natural log of p_t per unit volume of x"},
                      {"latent", "whitened eigen-coordinates at tmax"},
                      {"singular", "of d latent / d x, both whitened; descending"}};
  if (r.origin) meta["data"] = originJson(*r.origin), meta["x"] = units ? "in the units of data.columns" : "standardised";
  w.addText("meta", jsonText(meta));
  w.commit();
}

}  // namespace

const DataOrigin* toldUnits(const DensityResult& r, const UnitsOptions& o) { return o.units == "own" ? r.origin.get() : nullptr; }

std::vector<double> toldLogDensity(const DensityResult& r, const UnitsOptions& o) {
  auto told = r.logDensity;
  if (const DataOrigin* units = toldUnits(r, o))
    for (const double volume = units->logVolume(); double& v : told) v -= volume;
  return told;
}

Expected<std::shared_ptr<const DensityResult>> density(const DensityOptions& o, const JobContext& context, const GivenPoints& given) {
  return atEdge([&] { return compute(o, context, given); });
}

Expected<void> saveDensity(const DensityResult& r, const DensityOptions& o) {
  return atEdge([&] { save(r, o); });
}

}  // namespace inflaton
