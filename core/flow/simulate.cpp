// The job behind toy-simulate: set the problem up, run up to three lanes, measure the round trip.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/memory_need.h"
#include "core/api/number_text.h"
#include "core/api/simulate.h"
#include "core/api/solver_choice.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/lane.h"
#include "core/flow/problem.h"
#include "core/io/npy.h"
#include "core/machine/device.h"

namespace inflaton {
namespace {

std::shared_ptr<const PointSet> initialPoints(const ToySimulateOptions& o) {
  auto file = readNpy<double>(o.initial);
  if (file.info.shape.size() != 2 || file.info.shape[0] < 1)
    throw Error(ErrorCode::usage, "initial: " + o.initial + " must hold an array [N, D] with N >= 1");
  for (double v : file.values)
    if (!std::isfinite(v)) throw Error(ErrorCode::failed, "initial: " + o.initial + " holds values that are not finite");
  PointSet p;
  p.name = o.data_name;
  p.n = file.info.shape[0];
  p.dim = static_cast<int>(file.info.shape[1]);
  p.labels.assign(static_cast<std::size_t>(p.n), 0);
  p.offset.assign(static_cast<std::size_t>(p.dim), 0.0), p.scale.assign(static_cast<std::size_t>(p.dim), 1.0);
  if (const auto units = o.units == "own" ? unitsOf(o) : nullptr; units && units->dim() == p.dim)
    p.origin = units, p.offset = units->offset, p.scale = units->scale, p.values = units->toStandardized(file.values);
  else
    for (const double v : file.values) p.values.push_back(static_cast<float>(v));
  return std::make_shared<const PointSet>(std::move(p));
}

LaneSettings laneSettings(const ToySimulateOptions& o, double tMax) {
  LaneSettings set;
  set.solver = o.solver, set.tolerance = o.tolerance, set.frames = o.frames, set.saveFreq = o.save_freq, set.outputs = o.outputs;
  set.tEnd = tMax;
  const SolverInfo& solver = simulationSolvers().at(o.solver);
  int steps = static_cast<int>(o.steps > 0 ? o.steps : defaultSteps(*solver.simulation, tMax));
  if (solver.scaled()) {
    if (o.steps == 0 && o.h > 0 && o.disc == "ifs") steps = static_cast<int>(std::lround(tMax / o.h));
    if (o.disc == "ifs") {
      const double h = o.h > 0 ? o.h : tMax / steps;
      if (steps * h > tMax * (1 + 1e-9))
        throw Error(ErrorCode::usage, "steps * h is " + numberText(steps * h) + "; allowed: up to tmax (" + exactText(tMax) + ")",
                    "Raise tmax, or lower steps or h.");
      set.times = ifsTimes(steps, h, false);
    } else {
      set.times = vpOdeTimes(steps, tMax, o.eps_time, false);
    }
    set.tEnd = set.times.back();
  } else {
    set.steps = steps;
  }
  return set;
}

void measureRoundTrip(Simulation& s, const at::Tensor& start, const at::Tensor& end) {
  // Eigen-coordinates are a rotation of the data's: distances are the same.
  const auto difference = (end - start).to(at::kCPU, at::kDouble).contiguous();
  const auto distance = difference.square().sum(1).sqrt().to(at::kFloat).contiguous();
  s.roundTripError.assign(distance.data_ptr<float>(), distance.data_ptr<float>() + distance.numel());
  const auto rms = [](const at::Tensor& v) { return v.numel() ? std::sqrt(v.square().mean().item<double>()) : 0.0; };
  const int keep = s.schedule.dimsToKeep();
  s.roundTripRmse = rms(difference);
  s.roundTripRmseKept = rms(difference.slice(1, 0, keep));
  s.roundTripRmseCompressed = rms(difference.slice(1, keep));
}

std::shared_ptr<const Simulation> simulate(const ToySimulateOptions& o, const JobContext& context, GivenPoints given) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  at::NoGradGuard noGradients;
  const auto device = chooseDevice(o.device);
  const at::ScalarType type = o.double_precision ? at::kDouble : at::kFloat;
  if (solverInfo(o.solver).adaptive() && !o.double_precision && o.tolerance < 1e-6)
    throw Error(ErrorCode::usage, "tolerance is " + formatParameter(o.tolerance) + "; allowed: at least 1e-06 in single precision",
                "Add double_precision for less.");
  auto s = std::make_shared<Simulation>();
  s->source = o.source;
  if (!given.start && !o.initial.empty()) given.start = initialPoints(o);
  const auto problem = makeProblem(
      o, o.A0, type, device, [context] { context.throwIfStopped(); }, given);
  say(problem, context);
  if (!o.initial.empty()) sayUnits(problem, o, o, "initial", context);
  const auto& denoiser = problem.denoiser;
  s->data = problem.start;
  s->data_name = s->data.name;
  s->basis = denoiser->basis();
  s->schedule = problem.schedule;
  s->command = commandLine(o);
  s->optionsJson = jsonText(toJson(o));
  auto set = laneSettings(o, s->schedule.tMax());
  set.poll = [&context] { context.throwIfStopped(); };
  const double T = set.tEnd;

  const double frames =
      set.times.empty() ? static_cast<double>(o.frames) : static_cast<double>(set.times.size()) / static_cast<double>(o.save_freq) + 3;
  const double bytes = 3 * frames * static_cast<double>(s->data.n) * s->data.dim * (o.outputs ? 20 : 8);
  requireMemory(bytes,
                "total_samples " + std::to_string(s->data.n) + " at about " + std::to_string(std::llround(frames)) + " frames a lane",
                "Lower total_samples or frames, or raise save_freq.", kMostResultBytes);

  const auto& xi = s->basis.eigenvalues;
  for (int j = 0; j < s->data.dim; ++j) {
    const double asked = j < s->schedule.dimsToKeep() ? o.end_vars : o.eps;
    s->latentVariance.push_back(asked > 0 ? asked : s->schedule.scaledVariance(j, T, xi[static_cast<std::size_t>(j)], xi.front()));
  }

  const Flow flow(*denoiser, o.A0);
  const bool inflate = o.direction != "gen", back = o.direction == "all" || o.direction == "roundtrip",
             generate = o.direction == "all" || o.direction == "gen";
  const double total = inflate + back + generate;
  const auto began = std::chrono::steady_clock::now();
  double done = 0;
  const auto run = [&](Direction direction, const char* stage, const at::Tensor& start, at::Tensor* end) {
    s->lanes.push_back(integrateLane(
        flow, start, direction, set,
        [&](double fraction) {
          context.throwIfStopped();
          const double part = (done + fraction) / total,
                       seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
          context.report({stage, done + fraction, total, part > 0.01 ? seconds * (1 - part) / part : -1, {}});
        },
        end));
    const auto& lane = s->lanes.back();
    context.note(std::string(stage) + ": " + std::to_string(lane.steps) + " steps, " + std::to_string(lane.evaluations) + " evaluations, " +
                 std::to_string(lane.rejected) + " rejected");
    done += 1;
  };

  const auto start = eigenTensor(s->basis, s->data, type).to(device);
  at::Tensor latentEnd, dataEnd;
  if (inflate) run(Direction::inflation, "inflation", start, &latentEnd);
  if (back) {
    run(Direction::roundTrip, "round trip", latentEnd, &dataEnd);
    measureRoundTrip(*s, start, dataEnd);
  }
  if (generate) {
    const auto z = latentDraw(s->data.n, s->latentVariance, static_cast<std::uint64_t>(o.seed)).to(type).to(device);
    run(Direction::generation, "generation", z / flow.s(T), nullptr);
  }
  return s;
}

}  // namespace

Expected<std::shared_ptr<const Simulation>> simulateToy(const ToySimulateOptions& o, const JobContext& context, const GivenPoints& given) {
  return atEdge([&] { return simulate(o, context, given); });
}

}  // namespace inflaton
