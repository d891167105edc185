#pragma once
// How an experiment tells its solvers: choices, help and refusals, from the table of solvers.
#include <string>
#include <vector>

#include "core/api/solver_table.h"

namespace inflaton {

class SolverChoice {
 public:
  /// Those that have the use (&SolverInfo::simulation, say), `standard` first, which is the options' default.
  SolverChoice(std::optional<SolverUse> SolverInfo::*use, const std::string& standard);

  std::vector<std::string> ids() const;
  std::vector<std::string> labels() const;
  /// "dopri5: adaptive, angle form; ...; rk4, heun_angle: fixed steps in the angle; ... ."
  std::string help() const;
  /// Of the option "steps": "Evaluations of adams, steps of rk4 and heun_angle, ...; 0: 32, 32 and 64."
  std::string stepsHelp() const;

  using Property = bool (SolverInfo::*)() const;
  /// "euler and heun": those that have the property (&SolverInfo::scaled).
  std::string those(Property) const;
  /// When an option matters that is for those alone, or for all but those: "solver=euler|heun", "solver!=euler|heun".
  std::string when(Property) const;
  std::string unless(Property) const;

  /// Throws Error(usage) naming those there are.
  const SolverInfo& at(const std::string& id) const;
  /// Throws Error(usage) for one of the reference's form with another schedule than the reference's.
  void check(const std::string& solver, const std::string& schedule) const;

 private:
  std::vector<std::string> idsOf(Property) const;

  std::optional<SolverUse> SolverInfo::*use_;
  std::vector<const SolverInfo*> solvers_;
};

/// Those of toy-simulate, of toy-coverage, and of the posterior's map.
const SolverChoice& simulationSolvers();
const SolverChoice& coverageSolvers();
const SolverChoice& mapSolvers();

}  // namespace inflaton
