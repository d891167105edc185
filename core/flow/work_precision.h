#pragma once
// Which error a solver leaves for which number of evaluations, on one problem. core/api/compare.h is the job made of it.
#include <functional>
#include <string>
#include <vector>

#include "core/flow/lane.h"

namespace inflaton {

/// One flow, its starting points and where they really go.
class SolverTrial {
 public:
  /// start [N, D], float64: unscaled eigen-coordinates at the direction's first time. Finds the converged solution: the adaptive solver at
  /// `tolerance`. `poll` is called before every evaluation and may throw to cancel.
  SolverTrial(const Flow&, at::Tensor start, Direction, double tEnd, double tolerance, std::function<void()> poll);

  struct Outcome {
    int evaluations = 0;
    double error = 0;  ///< mean distance at the end in whitened coordinates: latent standard deviations
  };
  /// The most a solver that takes a number of steps makes of so many evaluations. evaluations 0: fewer than its least. Throws
  /// Error(diverged).
  Outcome run(const std::string& solver, int budget) const;
  Outcome adaptive(double tolerance) const;                  ///< of the adaptive solver
  double referenceError() const { return referenceError_; }  ///< distance of the converged solution to one at ten times its tolerance

 private:
  Outcome measure(const LaneSettings&) const;
  at::Tensor end(const LaneSettings&, int* evaluations) const;  ///< whitened

  const Flow& flow_;
  at::Tensor start_, truth_;
  Direction direction_;
  double end_, referenceError_ = 0;
  std::function<void()> poll_;
};

}  // namespace inflaton
