#include "core/api/solver_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/api/error.h"

namespace inflaton {

const Tableau& Tableau::euler() {
  static const Tableau t{{0}, {{}}, {1}};
  return t;
}
const Tableau& Tableau::heun() {
  static const Tableau t{{0, 1}, {{}, {1}}, {0.5, 0.5}};
  return t;
}
const Tableau& Tableau::rk4() {
  static const Tableau t{{0, 0.5, 0.5, 1}, {{}, {0.5}, {0, 0.5}, {0, 0, 1}}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}};
  return t;
}
// Dormand and Prince 1980.
const Tableau& Tableau::dormandPrince() {
  static const Tableau t{{0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1},
                         {{},
                          {1.0 / 5},
                          {3.0 / 40, 9.0 / 40},
                          {44.0 / 45, -56.0 / 15, 32.0 / 9},
                          {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                          {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656}},
                         {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
  return t;
}

namespace {

struct Table {
  std::vector<SolverInfo> rows;
  bool settled = false;
};

Table& table() {
  using enum SolverForm;
  using enum SolverStepping;
  static Table t{{
      {.id = "dopri5",
       .name = "Dormand-Prince",
       .label = "Dormand-Prince 5(4), adaptive",
       .help = "adaptive",
       .stepping = adaptive,
       .tableau = Tableau::dormandPrince(),
       .simulation = SolverUse{.detail = "angle form"},
       .coverage = SolverUse{},
       .map = SolverUse{}},
      {.id = "adams",
       .name = "Adams",
       .label = "Adams 4, grid placed by error",
       .help = "multistep, one evaluation a step",
       .stepping = multistep,
       .tableau = {},
       .simulation = SolverUse{.steps = 32, .detail = "on a grid placed by error"},
       .coverage = SolverUse{.steps = 32, .detail = "on a grid placed by error"},
       .map = SolverUse{.steps = 48}},
      {.id = "rk4",
       .name = "Runge-Kutta 4",
       .label = "Runge-Kutta 4 in the angle",
       .help = "fixed steps in the angle",
       .tableau = Tableau::rk4(),
       .simulation = SolverUse{.steps = 32},
       .coverage = SolverUse{.steps = 32},
       .map = SolverUse{.steps = 32}},
      {.id = "heun_angle",
       .name = "Heun",
       .label = "Heun in the angle",
       .help = "fixed steps in the angle",
       .tableau = Tableau::heun(),
       .simulation = SolverUse{.steps = 64},
       .coverage = SolverUse{.steps = 64},
       .map = SolverUse{.steps = 64}},
      {.id = kReferenceSolver,
       .name = "Euler",
       .label = "Euler (reference)",
       .help = "the reference's",
       .form = scaled,
       .tableau = Tableau::euler(),
       .simulation = SolverUse{.steps = 701, .detail = "scaled coordinates"},
       .coverage = SolverUse{.steps = 701, .detail = "scaled coordinates"},
       .map = SolverUse{.stepsPerTime = 100, .detail = "on its grid"}},
      {.id = "heun",
       .name = "Heun",
       .label = "Heun (reference)",
       .help = "the reference's",
       .form = scaled,
       .tableau = Tableau::heun(),
       .simulation = SolverUse{.steps = 118, .detail = "scaled coordinates"},
       .coverage = SolverUse{.steps = 118, .detail = "scaled coordinates"},
       .map = std::nullopt},
  }};
  return t;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

/// What is wrong with it; empty: nothing.
std::string faultOf(const Tableau& m) {
  const auto stages = m.c.size();
  if (stages == 0 || m.a.size() != stages || m.b.size() != stages) return "c, a and b must have the same number of stages, at least one";
  for (std::size_t i = 0; i < stages; ++i) {
    if (m.a[i].size() != i) return "row " + std::to_string(i) + " of a must have " + std::to_string(i) + " entries";
    // A value that is not finite fails here too.
    if (!near(std::accumulate(m.a[i].begin(), m.a[i].end(), 0.0), m.c[i])) return "c_" + std::to_string(i) + " must be the sum of a's row";
  }
  return near(std::accumulate(m.b.begin(), m.b.end(), 0.0), 1) ? "" : "the weights b must add up to 1";
}

bool isWord(const std::string& id) {
  return !id.empty() &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::int64_t SolverInfo::stepsWithin(std::int64_t evaluations) const {
  if (multistep()) return evaluations >= leastSteps() ? evaluations : 0;
  const std::int64_t steps = evaluations / tableau.stages();
  return steps > 0 && scaled() ? steps + 1 : steps;  // one grid point more than steps
}

std::int64_t defaultSteps(const SolverUse& use, double tMax) {
  if (use.stepsPerTime == 0) return use.steps;
  return static_cast<std::int64_t>(static_cast<double>(use.stepsPerTime) * tMax + 1e-9);
}

const std::vector<SolverInfo>& solverTable() {
  static const auto& settled = (table().settled = true, table().rows);
  return settled;
}

const SolverInfo& solverInfo(const std::string& id) {
  std::string known;
  for (const auto& row : solverTable()) {
    if (row.id == id) return row;
    known += (known.empty() ? "" : ", ") + row.id;
  }
  throw Error(ErrorCode::usage, "solver is \"" + id + "\"; allowed: " + known);
}

void registerSolver(SolverInfo info) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::usage, "the solver \"" + info.id + "\" cannot be registered: " + why);
  };
  auto& t = table();
  if (!isWord(info.id)) refuse("its id must be a word of lower-case letters, digits and underscores");
  if (std::any_of(t.rows.begin(), t.rows.end(), [&](const SolverInfo& row) { return row.id == info.id; }))
    refuse("there is one of that id");
  if (info.stepping != SolverStepping::fixed) refuse("only Runge-Kutta methods of fixed steps can be");
  if (const auto fault = faultOf(info.tableau); !fault.empty()) refuse(fault);
  if (info.scaled() && info.map && info.tableau.stages() > 1) refuse("in scaled coordinates the map takes one stage");
  if (t.settled) refuse("the table of solvers is in use");
  t.rows.push_back(std::move(info));
}

}  // namespace inflaton
