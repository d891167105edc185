#include "ui/analysis/race.h"

#include <algorithm>
#include <cmath>

#include "core/api/solver_table.h"

namespace inflaton::ui {

Distance distanceAt(const Simulation& a, const Simulation& b, Direction direction, double t) {
  const Trajectory *p = a.lane(direction), *q = b.lane(direction);
  Distance d;
  if (!p || !q || p->n != q->n || p->dim != q->dim || p->n == 0) return d;
  const auto x = positionsAt(a, *p, t, Space::whitened), y = positionsAt(b, *q, t, Space::whitened);
  const auto D = static_cast<std::size_t>(p->dim), n = static_cast<std::size_t>(p->n);
  for (std::size_t i = 0; i < n; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < D; ++j) squares += std::pow(static_cast<double>(x[i * D + j]) - y[i * D + j], 2);
    const double far = std::sqrt(squares);
    d.mean += far / static_cast<double>(n);
    d.most = std::max(d.most, far);
  }
  return d;
}

ToySimulateOptions racerOptions(ToySimulateOptions o, const Racer& racer) {
  o.solver = racer.solver;
  o.outputs = false;
  const SolverInfo& solver = solverInfo(racer.solver);
  const std::int64_t budget = std::max(1, racer.budget);
  o.h = 0;
  if (solver.adaptive()) {
    // Euler's error per step falls with the square of its length, a fifth-order pair's with the sixth power.
    o.steps = 0, o.tolerance = std::clamp(std::pow(20.0 / static_cast<double>(budget), 6), 1e-10, 0.05);
    o.save_freq = std::max<std::int64_t>(1, budget / 60);
  } else {
    o.steps = std::max(solver.leastSteps(), solver.stepsWithin(budget));
    o.save_freq = std::max<std::int64_t>(1, o.steps / 60);
  }
  return o;
}

Expected<std::shared_ptr<const Simulation>> runRacer(const ToySimulateOptions& base, const Racer& racer, const SimulateFunction& simulate,
                                                     const JobContext& context) {
  ToySimulateOptions o = racerOptions(base, racer);
  if (!solverInfo(racer.solver).adaptive()) return simulate(o, context);
  const auto used = [](const Simulation& s) {
    int evaluations = 0;
    for (const Trajectory& lane : s.lanes) evaluations = std::max(evaluations, lane.evaluations);
    return evaluations;
  };
  std::shared_ptr<const Simulation> best;
  double strict = std::log(1e-11), loose = std::log(0.1), next = std::log(o.tolerance);
  for (int attempt = 0; attempt < 6; ++attempt) {
    o.tolerance = std::exp(next);
    const auto tried = simulate(o, context);
    if (!tried) return tried;
    const int now = used(**tried), kept = best ? used(*best) : 0;
    const bool within = now <= racer.budget;
    if (!best || (within ? kept > racer.budget || now > kept : now < kept)) best = *tried;
    (within ? loose : strict) = next;  // within budget: it may be stricter
    if (within && now >= racer.budget - 6) break;
    next = (strict + loose) / 2;
  }
  return best;
}

Expected<RaceResult> runRace(const ToySimulateOptions& base, const Racer& a, const Racer& b, const SimulateFunction& simulate,
                             const JobContext& context) {
  RaceResult race;
  const auto first = runRacer(base, a, simulate, context);
  if (!first) return tl::unexpected(first.error());
  const auto second = runRacer(base, b, simulate, context);
  if (!second) return tl::unexpected(second.error());
  race.a = *first, race.b = *second;
  race.direction = base.direction == "gen" ? Direction::generation : Direction::inflation;
  if (!race.a->lane(race.direction) || !race.b->lane(race.direction))
    return tl::unexpected(JobError{ErrorCode::failed, "direction is " + base.direction + "; allowed in a race: melt or gen", ""});
  constexpr int kTimes = 121;
  for (int k = 0; k < kTimes; ++k) {
    if (context.stop.stop_requested()) return tl::unexpected(JobError{ErrorCode::cancelled, "cancelled", ""});
    race.t.push_back(race.a->schedule.tMax() * k / (kTimes - 1));
    const Distance d = distanceAt(*race.a, *race.b, race.direction, race.t.back());
    race.mean.push_back(d.mean);
    race.most.push_back(d.most);
  }
  return race;
}

}  // namespace inflaton::ui
