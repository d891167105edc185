#pragma once
// Solvers of dy/du = f(y, u). They know nothing of networks, schedules or data; u may run up or down.
#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "core/api/solver_table.h"

namespace inflaton {

using RightHandSide = std::function<at::Tensor(const at::Tensor& y, double u)>;

/// One step of size h.
at::Tensor rungeKuttaStep(const RightHandSide&, const Tableau&, const at::Tensor& y, double u, double h);

/// Called at stop k with a value there.
using AtStop = std::function<void(std::size_t k, const at::Tensor& value)>;

/// Equal steps from stops.front() to stops.back(), `steps` >= 1 of them; between them cubic Hermite, so stops cost at most one
/// evaluation in all. Calls `at`, `stepped` and `slope` as dormandPrince does; the slope at the very end is that of the parabola through
/// what is known of the last step.
void fixedSteps(const RightHandSide&, const Tableau&, const at::Tensor& y0, const std::vector<double>& stops, int steps, const AtStop& at,
                const std::function<void(double)>& stepped, const AtStop& slope = {});

struct AdaptiveSettings {
  double tolerance = 1e-4;  ///< of the RMS over all coordinates of a step's error estimate
  int maxSteps = 100000;
};
struct AdaptiveStatistics {
  int evaluations = 0, accepted = 0, rejected = 0;
};
/// Dormand-Prince 5(4) with its fourth-order dense output. Goes from stops.front() to stops.back() (monotone, at least two)
/// and calls `at(k, y)` at every stop in order, k = 0 included; stops do not shorten steps. `stepped(u)` is called after
/// every step, and may throw to cancel. `slope(k, dy/du)`, where given, is called just before at(k, y) with the dense output's
/// derivative. Throws Error(diverged) when the state leaves the finite range or steps vanish.
AdaptiveStatistics dormandPrince(const RightHandSide&, const at::Tensor& y0, const std::vector<double>& stops, const AdaptiveSettings&,
                                 const AtStop& at, const std::function<void(double)>& stepped, const AtStop& slope = {});

}  // namespace inflaton
