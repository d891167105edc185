#pragma once
// The solvers of the flow, one row each: how they are called, how they step and what they cost. Choices, help, refusals, budgets and the
// steps themselves (core/flow, core/coverage, core/calibration/map) all come from these rows: a Runge-Kutta method of fixed steps is a row
// and nothing else.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inflaton {

/// An explicit Runge-Kutta method: stage i stands at the fraction c[i] of the step; row i of `a` has i entries.
struct Tableau {
  std::vector<double> c;
  std::vector<std::vector<double>> a;
  std::vector<double> b;
  int stages() const { return static_cast<int>(c.size()); }
  static const Tableau& euler();
  static const Tableau& heun();
  static const Tableau& rk4();
  static const Tableau& dormandPrince();  ///< its fifth-order result alone: six stages
};

/// The coordinates and the variable that a solver steps in (core/flow/flow.h).
enum class SolverForm {
  angle,   ///< whitened coordinates and the angle; frames stand wherever they are asked for
  scaled,  ///< the reference's: scaled coordinates and time, on a grid of times; the reference's schedule only
};

enum class SolverStepping {
  fixed,      ///< by the tableau, equal steps
  multistep,  ///< Adams (core/flow/adams.h), on a grid placed by error
  adaptive,   ///< Dormand-Prince with its error estimate (core/flow/solvers.h): takes a tolerance, not a number of steps
};

/// Order of the multistep solver.
inline constexpr int kAdamsOrder = 4;

/// What one of the experiments makes of a solver.
struct SolverUse {
  std::int64_t steps = 0;         ///< by default, in the solver's unit: steps; evaluations (multistep); points of the grid (scaled form)
  std::int64_t stepsPerTime = 0;  ///< where not 0, so many times t_max is the default instead
  std::string detail = {};        ///< what the experiment's help adds to the solver's own
};

struct SolverInfo {
  std::string id;     ///< value of the option, and in files
  std::string name;   ///< in a sentence: "Runge-Kutta 4"
  std::string label;  ///< among the choices of a form
  std::string help;   ///< a few words; solvers that say the same are told together
  SolverForm form = SolverForm::angle;
  SolverStepping stepping = SolverStepping::fixed;
  Tableau tableau = {};  ///< empty for a multistep solver
  std::optional<SolverUse> simulation = {}, coverage = {},
                           map = {};  ///< toy-simulate; toy-coverage; the posterior's generative map. Empty: not offered

  bool adaptive() const { return stepping == SolverStepping::adaptive; }
  bool stepped() const { return !adaptive(); }  ///< takes a number of steps
  bool multistep() const { return stepping == SolverStepping::multistep; }
  bool angle() const { return form == SolverForm::angle; }
  bool scaled() const { return form == SolverForm::scaled; }

  /// The least number of steps, in the solver's unit, that is one step.
  std::int64_t leastSteps() const { return multistep() || scaled() ? 2 : 1; }
  /// The most steps, in the solver's unit, that take no more than so many evaluations; 0: they are too few for one step. Not for adaptive
  /// solvers.
  std::int64_t stepsWithin(std::int64_t evaluations) const;
};

/// What a use offers where its options say 0 steps.
std::int64_t defaultSteps(const SolverUse&, double tMax);

/// The reference's own solver: the error of its grid points is the yardstick of comparisons.
inline constexpr const char* kReferenceSolver = "euler";

/// All of them, in the order in which they are told. The first look at it settles the table.
const std::vector<SolverInfo>& solverTable();
/// Throws Error(usage) for an unknown id, naming those there are.
const SolverInfo& solverInfo(const std::string& id);

/// Adds a solver of fixed steps behind the others. Throws Error(usage) when the table has been looked at, for an id that is taken or is no
/// word of lower-case letters, digits and underscores, for a solver that is not of fixed steps, for a tableau that is none (unequal sizes,
/// values that are not finite, c_i other than the sum of a_i, weights b that do not add up to 1), and for one of several stages in scaled
/// coordinates that would serve the map.
void registerSolver(SolverInfo);

}  // namespace inflaton
