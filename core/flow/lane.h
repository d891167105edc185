#pragma once
// One lane: points carried along the flow in one direction, with frames kept on the way.
#include <functional>
#include <memory>
#include <string>

#include "core/api/trajectory.h"
#include "core/flow/flow.h"

namespace inflaton {

class Grid;

struct LaneSettings {
  std::string solver = "dopri5";
  double tolerance = 1e-4;
  int steps = 32;             ///< angle form: steps; multistep: evaluations
  std::vector<double> times;  ///< scaled form: the grid, ascending
  double tEnd = 7.01;         ///< angle form: 0 to tEnd
  std::int64_t frames = 61;
  std::int64_t saveFreq = 10;
  bool outputs = false;
  std::shared_ptr<const Grid> grid;  ///< multistep: the grid to take, so that lanes are the same map; null: placed by the lane
  std::function<void()> poll;        ///< before every evaluation; may throw to cancel
};

/// start [N, D]: unscaled eigen-coordinates at the lane's first time (0 for inflation, the end for the others).
/// `progress(fraction)` is called after every step and may throw to cancel. `end` receives the state at the end, in the
/// precision of `start`. Slopes are kept at every frame, and cost no evaluation. Of a multistep solver the grid is placed by error from a
/// pilot of a few of the lane's own points where that costs less than a tenth of `steps`, whose evaluations include it (a pilot of n points
/// counts as n / N of an evaluation, rounded up); else it is the graded one. Throws Error(diverged), and Error(usage) for a solver that
/// there is not.
Trajectory integrateLane(const Flow&, const at::Tensor& start, Direction, const LaneSettings&, const std::function<void(double)>& progress,
                         at::Tensor* end = nullptr);

}  // namespace inflaton
