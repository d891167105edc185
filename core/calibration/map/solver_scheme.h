#pragma once
// A solver of the flow, from the latent Gaussian to the data, written out: every explicit method is a fixed list of evaluations of the
// denoiser at points that are linear in the state and in earlier values, and of linear updates of the state. So one reverse sweep serves
// them all, and nothing depends on the rows that go through.
#include <functional>
#include <string>
#include <vector>

#include "core/api/mcmc.h"
#include "core/flow/problem.h"

namespace inflaton {

struct SolverScheme {
  /// weight_j F_j of evaluation `value`, per axis.
  struct Term {
    std::size_t value;
    std::vector<double> weight;
  };
  /// An evaluation F_e = F(point, t) of the whitened denoiser, e counting evaluations; or an update of the state. point or new state, axis
  /// by axis: keep_j v_j + sum over the terms.
  struct Operation {
    bool evaluates;
    double t;
    std::vector<double> keep;
    std::vector<Term> terms;
  };
  std::vector<Operation> operations;
  std::vector<double> entry, exit;  ///< v = entry z at the start; scaled eigen-coordinates x = exit v at the end
  std::size_t evaluations = 0;
  std::vector<std::size_t> lastUse;  ///< of each evaluation's value: the last operation with a term of it

  /// The solver of the options, on the way from problem.schedule's end to 0. What adapts (a multistep solver's grid, an adaptive one's
  /// steps) is settled here by a pilot: a few draws of the latent Gaussian from a fixed seed. `poll` may throw to cancel. Throws
  /// Error(usage) for a solver that does not serve the map, or not with the problem's schedule.
  static SolverScheme make(const PosteriorOptions&, const Problem&, const std::function<void()>& poll);

  /// Steps of the options in the solver's unit, or its default where they say 0; 0 for an adaptive solver.
  static int stepsOf(const PosteriorOptions&, double tMax);
};

}  // namespace inflaton
