#include "core/coverage/coverage_flow.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/isfinite.h>

#include <cmath>

#include "core/api/number_text.h"
#include "core/api/solver_choice.h"
#include "core/api/trajectory.h"
#include "core/coverage/latent_shells.h"
#include "core/flow/grid.h"
#include "core/flow/problem.h"
#include "core/machine/device.h"

namespace inflaton {
namespace {

constexpr std::int64_t kPilot = 64;      // points that the grids of a multistep solver are placed by
constexpr std::uint64_t kPilotSeed = 1;  // of theirs: whatever the seed of the run, so that all runs have one map
constexpr double kAllPoints = 1e9;       // "save every" of a lane whose frames nobody wants

const SolverInfo& solverOf(const ToyCoverageOptions& o) { return coverageSolvers().at(o.solver); }
bool ofTheReference(const ToyCoverageOptions& o) { return solverOf(o).scaled(); }

std::string counted(std::int64_t lost, std::int64_t of, const char* what) {
  return std::to_string(lost) + " of " + std::to_string(of) + " " + what;
}

[[noreturn]] void throwLost(const std::vector<std::int64_t>& lost, std::int64_t n, std::int64_t testPoints, Direction direction, double t) {
  std::int64_t tested = 0;
  for (const auto i : lost) tested += i < testPoints;
  const std::int64_t boundary = static_cast<std::int64_t>(lost.size()) - tested;
  std::string text = direction == Direction::generation ? "generation: " : "inflation: ";
  if (testPoints > 0) text += counted(tested, testPoints, "test points");
  if (n > testPoints) text += std::string(testPoints > 0 ? " and " : "") + counted(boundary, n - testPoints, "boundary points");
  throw Error(ErrorCode::diverged, text + " are not finite at t = " + numberText(t, 4),
              "Take more steps or another solver; where the network itself gives such values, train it anew.");
}

}  // namespace

std::int64_t coverageSteps(const ToyCoverageOptions& o, double tMax) {
  const SolverInfo& solver = solverOf(o);
  if (solver.adaptive()) return 0;
  if (o.steps > 0) return o.steps;
  if (solver.scaled() && o.h > 0) return std::max(solver.leastSteps(), static_cast<std::int64_t>(std::llround(tMax / o.h)));
  return defaultSteps(*solver.coverage, tMax);
}

double coverageEnd(const ToyCoverageOptions& o, double tMax) {
  return ofTheReference(o) && o.h > 0 ? static_cast<double>(coverageSteps(o, tMax)) * o.h : tMax;
}

double coverageStep(const ToyCoverageOptions& o, double tMax) {
  if (ofTheReference(o) && o.h > 0) return o.h;
  const std::int64_t steps = solverOf(o).adaptive() ? kCoverageFrames : coverageSteps(o, tMax);
  return tMax / static_cast<double>(steps);
}

CoverageFlow::CoverageFlow(const ToyCoverageOptions& o, const JobContext& context)
    : reference_(ofTheReference(o)), outputs_(reference_ && o.trajectories) {
  const auto poll = [context] { context.throwIfStopped(); };
  const auto device = chooseDevice(o.device);
  kind_ = at::TensorOptions().dtype(at::kFloat).device(device);
  auto given = withoutOwnPoints(o, context);
  if (o.source == "net" && !given.start) given.start = std::make_shared<const PointSet>(makePoints(o, 2, 0));
  const auto problem = makeProblem(o, o.end_vars, at::kFloat, device, poll, given);
  say(problem, context);
  name_ = problem.start.name;
  if (problem.start.units()) origin_ = problem.start.origin;
  const int dim = problem.start.dim;
  if (dim != 2 && dim != 3)
    throw Error(ErrorCode::usage, "the data have " + std::to_string(dim) + " dimensions; allowed: 2 or 3",
                "Shells are curves in the plane or surfaces in space.");
  if (o.boundary_pts < dim + 1)
    throw Error(ErrorCode::usage,
                "boundary_pts is " + std::to_string(o.boundary_pts) + "; allowed: " + std::to_string(dim + 1) + " to 100000",
                "A simplex in " + std::to_string(dim) + " dimensions has " + std::to_string(dim + 1) + " corners.");
  schedule_ = std::make_unique<Schedule>(problem.schedule);
  denoiser_ = std::make_unique<WatchedDenoiser>(problem.denoiser, poll);
  flow_ = std::make_unique<Flow>(*denoiser_, o.end_vars);

  const double tMax = schedule_->tMax();
  settings_.solver = o.solver, settings_.tolerance = o.tolerance, settings_.frames = kCoverageFrames, settings_.saveFreq = o.save_freq;
  settings_.steps = static_cast<int>(coverageSteps(o, tMax));
  settings_.tEnd = coverageEnd(o, tMax);
  settings_.poll = poll;
  if (settings_.tEnd > tMax * (1 + 1e-9))
    throw Error(ErrorCode::usage, "steps * h is " + numberText(settings_.tEnd) + "; allowed: up to tmax (" + exactText(tMax) + ")",
                "Raise tmax, or lower steps or h.");
  if (reference_) {
    settings_.times = ifsTimes(settings_.steps, coverageStep(o, tMax), false);
    settings_.tEnd = settings_.times.back();
  }
  variance_ = coverageVariance(o, *schedule_, basis().eigenvalues, settings_.tEnd);
  if (!solverOf(o).multistep()) return;
  try {
    placeGrids();
  } catch (const Error& e) {
    if (e.code() != ErrorCode::diverged) throw;  // the points themselves will meet it, and are counted
  }
}

CoverageFlow::~CoverageFlow() = default;

void CoverageFlow::placeGrids() {
  generationGrid_ = inflationGrid_ = std::make_shared<const Grid>(Grid::graded(*flow_, end()));
  const auto latent = latentDraw(kPilot, variance_, kPilotSeed).to(kind_) / flow_->s(end());
  generationGrid_ =
      std::make_shared<const Grid>(Grid::placed(*flow_, end(), flow_->whiten(latent, end()), false, kAdamsOrder, settings_.poll));
  const auto data = carry(latent, Direction::generation, {}).end;
  inflationGrid_ = std::make_shared<const Grid>(Grid::placed(*flow_, end(), flow_->whiten(data, 0), true, kAdamsOrder, settings_.poll));
}

std::size_t CoverageFlow::framesKept() const {
  return reference_ ? settings_.times.size() / static_cast<std::size_t>(settings_.saveFreq) + 3
                    : static_cast<std::size_t>(settings_.frames);
}

CoverageFlow::Batch CoverageFlow::carry(const at::Tensor& unscaled, Direction direction, const Carry& how) const {
  LaneSettings set = settings_;
  set.grid = direction == Direction::generation ? generationGrid_ : inflationGrid_;
  set.outputs = outputs_ && how.frames;
  if (!how.frames) set.frames = 2, set.saveFreq = static_cast<std::int64_t>(kAllPoints);
  const auto lost = [&](const std::vector<std::int64_t>& rows, double t) {
    throwLost(rows, unscaled.size(0), how.testPoints, direction, t);
  };
  Batch batch;
  try {
    batch.lane = integrateLane(
        *flow_, unscaled, direction, set,
        [&](double part) {
          if (how.progress) how.progress(part);
        },
        &batch.end);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::diverged && !denoiser_->lost().empty()) lost(denoiser_->lost(), denoiser_->lastTime());
    throw;
  }
  const auto finite = at::isfinite(batch.end).all(1).to(at::kCPU).contiguous();
  if (!finite.all().item<bool>()) {
    const auto rows = finite.logical_not().nonzero().contiguous();
    lost({rows.data_ptr<std::int64_t>(), rows.data_ptr<std::int64_t>() + rows.numel()}, direction == Direction::generation ? 0 : end());
  }
  return batch;
}

CoverageFlow::Batch CoverageFlow::generate(const at::Tensor& scaled, const Carry& how) const {
  return carry(scaled.to(kind_) / flow_->s(end()), Direction::generation, how);
}

CoverageFlow::Batch CoverageFlow::inflate(const at::Tensor& unscaled, const Carry& how) const {
  return carry(unscaled, Direction::inflation, how);
}

at::Tensor CoverageFlow::scaledData(const at::Tensor& unscaled) const {
  return (unscaled.to(at::kCPU, at::kDouble) * flow_->s(0)).contiguous();
}
at::Tensor CoverageFlow::scaledLatent(const at::Tensor& unscaled) const {
  return (unscaled.to(at::kCPU, at::kDouble) * flow_->s(end())).contiguous();
}
at::Tensor CoverageFlow::unscaledData(const at::Tensor& scaled) const { return (scaled / flow_->s(0)).to(kind_); }

}  // namespace inflaton
