#include "core/flow/work_precision.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/api/compare.h"
#include "core/api/job.h"
#include "core/api/number_text.h"
#include "core/api/solver_choice.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/problem.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"
#include "core/machine/device.h"

namespace inflaton {

SolverTrial::SolverTrial(const Flow& flow, at::Tensor start, Direction direction, double tEnd, double tolerance, std::function<void()> poll)
    : flow_(flow), start_(std::move(start)), direction_(direction), end_(tEnd), poll_(std::move(poll)) {
  LaneSettings set;
  set.tolerance = tolerance;
  truth_ = end(set, nullptr);
  referenceError_ = adaptive(10 * tolerance).error;
}

at::Tensor SolverTrial::end(const LaneSettings& settings, int* evaluations) const {
  auto set = settings;
  set.tEnd = end_, set.frames = 2, set.saveFreq = 1 << 30, set.poll = poll_;
  at::Tensor arrived;
  const auto lane = integrateLane(
      flow_, start_, direction_, set,
      [this](double) {
        if (poll_) poll_();
      },
      &arrived);
  if (evaluations) *evaluations = lane.evaluations;
  return flow_.whiten(arrived, direction_ == Direction::inflation ? end_ : 0);
}

SolverTrial::Outcome SolverTrial::measure(const LaneSettings& set) const {
  Outcome o;
  o.error = (end(set, &o.evaluations) - truth_).square().sum(1).sqrt().mean().item<double>();
  return o;
}

SolverTrial::Outcome SolverTrial::adaptive(double tolerance) const {
  LaneSettings set;
  set.tolerance = tolerance;
  return measure(set);
}

SolverTrial::Outcome SolverTrial::run(const std::string& solver, int budget) const {
  LaneSettings set;
  const SolverInfo& info = solverInfo(solver);
  set.solver = solver;
  set.steps = static_cast<int>(info.stepsWithin(budget));
  if (set.steps == 0) return {};
  if (info.scaled()) set.times = ifsTimes(set.steps, end_ / set.steps, false);
  return measure(set);
}

namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) {
    const auto from = part.find_first_not_of(' '), to = part.find_last_not_of(' ');
    if (from != std::string::npos) parts.push_back(part.substr(from, to - from + 1));
  }
  return parts;
}

std::vector<std::string> solversOf(const CompareSolversOptions& o, bool proportional) {
  const auto known = simulationSolvers().ids();
  auto chosen = o.solvers == "all" ? known : split(o.solvers);
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  for (const auto& name : chosen)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorCode::usage, "solvers holds \"" + name + "\"; allowed: " + list + ", or all");
  if (chosen.empty()) throw Error(ErrorCode::usage, "solvers is empty; allowed: " + list + ", or all");
  // The reference's step in the reference's schedule only.
  if (proportional) std::erase_if(chosen, [](const std::string& s) { return solverInfo(s).scaled(); });
  return chosen;
}

std::vector<int> budgetsOf(const CompareSolversOptions& o) {
  std::vector<int> budgets;
  for (const auto& part : split(o.budgets)) budgets.push_back(std::stoi(part));
  std::sort(budgets.begin(), budgets.end());
  budgets.erase(std::unique(budgets.begin(), budgets.end()), budgets.end());
  if (budgets.empty()) throw Error(ErrorCode::usage, "budgets is empty; allowed: whole numbers with commas between them");
  return budgets;
}

void write(const WorkPrecision& result, const std::string& path) {
  if (path.ends_with(".npz")) {
    NpzWriter file(path);
    for (const auto& c : result.curves) {
      const std::vector<std::int64_t> evaluations(c.evaluations.begin(), c.evaluations.end());
      const std::vector<std::int64_t> shape{static_cast<std::int64_t>(evaluations.size())};
      file.add(c.solver + "/evaluations", evaluations, shape);
      file.add(c.solver + "/error", c.error, shape);
    }
    file.add("reference_error", std::span(&result.referenceError, 1), {});
    file.add("euler_error", std::span(&result.eulerError, 1), {});
    file.commit();
    return;
  }
  std::string text = "solver,evaluations,error\n";
  for (const auto& c : result.curves)
    for (std::size_t i = 0; i < c.error.size(); ++i) text += formatted("%s,%d,%.9g\n", c.solver, c.evaluations[i], c.error[i]);
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

WorkPrecision compare(const CompareSolversOptions& o, const JobContext& context) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const at::NoGradGuard noGradients;
  const auto poll = [&context] { context.throwIfStopped(); };
  const auto problem = makeProblem(o, 1, at::kDouble, chooseDevice(o.device), poll);
  say(problem, context);
  const auto& denoiser = *problem.denoiser;
  const Flow flow(denoiser, 1);
  const double T = problem.schedule.tMax();
  const auto solvers = solversOf(o, problem.schedule.proportional());
  const auto budgets = budgetsOf(o);
  const bool inflating = o.direction == "melt";

  at::Tensor start = eigenTensor(denoiser.basis(), problem.start, at::kDouble);
  if (!inflating) {
    const auto& xi = denoiser.basis().eigenvalues;
    std::vector<double> variance;
    for (int j = 0; j < problem.start.dim; ++j)
      variance.push_back(problem.schedule.scaledVariance(j, T, xi[static_cast<std::size_t>(j)], xi.front()));
    start = latentDraw(problem.start.n, variance, static_cast<std::uint64_t>(o.seed)) / flow.s(T);
  }
  start = start.to(chooseDevice(o.device));

  context.report({"converged solution", 0, 1, -1, {}});
  // Networks compute in single precision: a tighter tolerance would only chase their rounding.
  const SolverTrial trial(flow, start, inflating ? Direction::inflation : Direction::generation, T, o.source == "net" ? 1e-6 : 1e-8, poll);
  WorkPrecision result;
  result.referenceError = trial.referenceError();
  const SolverInfo& reference = solverInfo(kReferenceSolver);
  if (!problem.schedule.proportional())
    result.eulerError = trial.run(reference.id, static_cast<int>(reference.simulation->steps - 1)).error;

  double total = 0, done = 0;
  for (int budget : budgets) total += budget * static_cast<double>(solvers.size());
  const auto tell = [&](const std::string& solver, int budget) {
    context.throwIfStopped();
    context.report({solver, done += budget, total, -1, std::to_string(budget) + " evaluations"});
  };
  for (const auto& solver : solvers) {
    SolverCurve curve{solver, {}, {}};
    const auto add = [&](const auto& run) {
      try {
        const SolverTrial::Outcome found = run();
        if (found.evaluations == 0 || found.evaluations > budgets.back()) return found.evaluations;
        // A tighter tolerance can need fewer evaluations: then it stands for the looser one.
        while (!curve.evaluations.empty() && curve.evaluations.back() >= found.evaluations)
          curve.evaluations.pop_back(), curve.error.pop_back();
        curve.evaluations.push_back(found.evaluations), curve.error.push_back(found.error);
        return found.evaluations;
      } catch (const Error& e) {
        if (e.code() != ErrorCode::diverged) throw;
        context.note(solver + ": " + e.what());
        return 0;
      }
    };
    if (solverInfo(solver).adaptive()) {
      // It cannot be told how many evaluations to use: a ladder of tolerances, until they are more than asked for.
      int used = 0;
      for (double tolerance = 0.1; tolerance > 1e-8 && used <= budgets.back(); tolerance /= 2)
        used = add([&] { return trial.adaptive(tolerance); });
      for (int budget : budgets) tell(solver, budget);
    } else {
      for (int budget : budgets) {
        add([&] { return trial.run(solver, budget); });
        tell(solver, budget);
      }
    }
    result.curves.push_back(std::move(curve));
  }
  if (!o.output.empty()) write(result, o.output);
  return result;
}

}  // namespace

Expected<WorkPrecision> compareSolvers(const CompareSolversOptions& o, const JobContext& context) {
  return atEdge([&] { return compare(o, context); });
}

}  // namespace inflaton
