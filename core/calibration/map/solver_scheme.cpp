#include "core/calibration/map/solver_scheme.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/api/solver_choice.h"
#include "core/flow/adams.h"
#include "core/flow/grid.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {

constexpr std::int64_t kPilot = 64;
constexpr std::uint64_t kPilotSeed = 20240708;
using Axes = std::vector<double>;

/// Puts a scheme together.
class Writer {
 public:
  explicit Writer(SolverScheme& scheme, std::size_t dim) : scheme_(scheme), one_(dim, 1.0) {}
  const Axes& one() const { return one_; }
  std::size_t evaluate(double t, Axes keep, std::vector<SolverScheme::Term> terms) {
    scheme_.operations.push_back({true, t, std::move(keep), std::move(terms)});
    return scheme_.evaluations++;
  }
  void update(Axes keep, std::vector<SolverScheme::Term> terms) {
    scheme_.operations.push_back({false, 0, std::move(keep), std::move(terms)});
  }
  void finish() {
    scheme_.lastUse.assign(scheme_.evaluations, 0);
    for (std::size_t o = 0; o < scheme_.operations.size(); ++o)
      for (const auto& term : scheme_.operations[o].terms) scheme_.lastUse[term.value] = o;
  }

 private:
  SolverScheme& scheme_;
  Axes one_;
};

Axes times(double factor, Axes v) {
  for (double& x : v) x *= factor;
  return v;
}

Axes spread(const Problem& p, double t) {
  Axes v;
  for (int j = 0; j < p.schedule.dim(); ++j)
    v.push_back(std::sqrt(p.denoiser->basis().eigenvalues[static_cast<std::size_t>(j)] + p.schedule.gamma(j, t)));
  return v;
}

/// Whitened points at the end of the schedule, as the latent Gaussian has them.
at::Tensor pilot(const Problem& p) { return latentDraw(kPilot, Axes(static_cast<std::size_t>(p.schedule.dim()), 1.0), kPilotSeed); }

/// One step of size h from u by a tableau, in the angle form dy_j = -share_j F_j du.
void tableauStep(Writer& w, const Flow& flow, const Tableau& m, double u, double h) {
  std::vector<std::size_t> value;
  std::vector<Axes> share;
  const auto terms = [&](const std::vector<double>& row) {
    std::vector<SolverScheme::Term> list;
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] != 0) list.push_back({value[k], times(-h * row[k], share[k])});
    return list;
  };
  for (std::size_t i = 0; i < m.c.size(); ++i) {
    const double t = flow.time(u + m.c[i] * h);
    value.push_back(w.evaluate(t, w.one(), terms(m.a[i])));
    share.push_back(flow.angleShares(t));
  }
  w.update(w.one(), terms(m.b));
}

void rungeKutta(Writer& w, const Flow& flow, const Tableau& m, const std::vector<double>& u) {
  for (std::size_t i = 0; i + 1 < u.size(); ++i) tableauStep(w, flow, m, u[i], u[i + 1] - u[i]);
}

/// The steps that the adaptive solver accepts for the pilot.
std::vector<double> acceptedSteps(const Flow& flow, const Problem& p, double tolerance, const std::function<void()>& poll) {
  std::vector<double> u{flow.angle(p.schedule.tMax())};
  dormandPrince(
      [&](const at::Tensor& y, double at) {
        if (poll) poll();
        return flow.angleVelocity(y, at);
      },
      pilot(p), {u.front(), 0.0}, {tolerance}, [](std::size_t, const at::Tensor&) {}, [&](double at) { u.push_back(at); });
  return u;
}

/// Predict, evaluate, correct, as core/flow/adams.cpp.
void adamsSteps(Writer& w, const Flow& flow, const Problem& p, std::size_t steps, const std::function<void()>& poll) {
  const double end = p.schedule.tMax();
  const Grid grid = Grid::placed(flow, end, pilot(p), false, kAdamsOrder, poll);
  const auto measure = [&](double at) { return grid.measure(at); };
  std::vector<double> nodes;
  for (std::size_t n = 0; n <= steps; ++n) nodes.push_back(1 - static_cast<double>(n) / static_cast<double>(steps));
  const auto terms = [&](std::size_t first, std::size_t last, std::size_t n) {
    const auto weights = adamsWeights(measure, nodes, first, last, nodes[n], nodes[n + 1]);
    std::vector<SolverScheme::Term> list;
    for (std::size_t k = first; k <= last; ++k) list.push_back({k, times(-1, weights[k - first])});
    return list;
  };
  w.evaluate(end, w.one(), {});
  for (std::size_t n = 0; n < steps; ++n) {
    const AdamsStep stencils = adamsStep(n, kAdamsOrder);
    w.evaluate(grid.time(nodes[n + 1]), w.one(), terms(stencils.predictor, n, n));
    w.update(w.one(), terms(stencils.corrector, n + 1, n));
  }
}

/// One stage a step in scaled coordinates, the reference's way: points of time from the end to 0 evenly spaced.
/// x + h (keep x - pull D(x / s)) with D = cSkip x / s + cOut F.
void eulerSteps(Writer& w, const Flow& flow, const Problem& p, int points) {
  const auto& schedule = p.schedule;
  const auto& xi = p.denoiser->basis().eigenvalues;
  const double end = schedule.tMax();
  for (int i = 0; i + 1 < points; ++i) {
    const auto time = [&](int k) { return end * (1 - static_cast<double>(k) / (points - 1)); };
    const double t = time(i), h = time(i + 1) - t, s = flow.s(t), relative = schedule.sDot(t, xi.front()) / s;
    const auto c = Preconditioning::at(p.denoiser->schedule(), xi, t);
    Axes seen, keep, pull;
    for (int j = 0; j < schedule.dim(); ++j) {
      const auto a = static_cast<std::size_t>(j);
      const double half = 0.5 * schedule.rate(j);
      seen.push_back(c.cIn[a] / s);
      keep.push_back(1 + h * (relative + half - half * c.cSkip[a]));
      pull.push_back(-h * half * s * c.cOut[a]);
    }
    const std::size_t value = w.evaluate(t, std::move(seen), {});
    w.update(std::move(keep), {{value, std::move(pull)}});
  }
}

}  // namespace

int SolverScheme::stepsOf(const PosteriorOptions& o, double tMax) {
  const SolverInfo& solver = mapSolvers().at(o.solver);
  if (solver.adaptive()) return 0;
  return static_cast<int>(std::max(solver.leastSteps(), o.steps > 0 ? o.steps : defaultSteps(*solver.map, tMax)));
}

SolverScheme SolverScheme::make(const PosteriorOptions& o, const Problem& p, const std::function<void()>& poll) {
  const at::NoGradGuard off;
  SolverScheme scheme;
  Writer w(scheme, static_cast<std::size_t>(p.schedule.dim()));
  const Flow flow(*p.denoiser, p.schedule.A0());
  const double end = p.schedule.tMax();
  const SolverInfo& solver = mapSolvers().at(o.solver);
  mapSolvers().check(o.solver, p.schedule.proportional() ? "paper" : "reference");
  const int steps = stepsOf(o, end);
  if (solver.scaled()) {
    scheme.entry = scheme.exit = w.one();
    eulerSteps(w, flow, p, steps);
  } else {
    scheme.exit = times(flow.s(0), spread(p, 0));
    for (double width : spread(p, end)) scheme.entry.push_back(1 / (flow.s(end) * width));
    if (solver.multistep()) {
      adamsSteps(w, flow, p, static_cast<std::size_t>(steps - 1), poll);
    } else if (solver.adaptive()) {
      rungeKutta(w, flow, solver.tableau, acceptedSteps(flow, p, o.tolerance, poll));
    } else {
      std::vector<double> u;
      for (int i = 0; i <= steps; ++i) u.push_back(flow.angle(end) * (1 - static_cast<double>(i) / steps));
      rungeKutta(w, flow, solver.tableau, u);
    }
  }
  w.finish();
  return scheme;
}

}  // namespace inflaton
