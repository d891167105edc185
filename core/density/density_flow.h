#pragma once
// The log-density and the stretch of the flow's map, carried along with the points. Specification 7.
#include <functional>
#include <memory>

#include "core/flow/flow.h"
#include "core/flow/grid.h"

namespace inflaton {

struct DensitySettings {
  double t = 0, tEnd = 7.01;  ///< where the points live, and where the model is the Gaussian N(0, I) in whitened coordinates
  double tolerance = 1e-5;    ///< of a step's error: RMS over points of (y, log-determinant)
  int evaluations = 0;        ///< exact trace only: so many in fixed steps (core/flow/adams.h); 0: the adaptive solver at `tolerance`
  std::shared_ptr<const Grid> grid = {};      ///< of the fixed steps; empty: Grid::graded
  std::int64_t probes = 0;                    ///< Hutchinson probes; 0: exact trace up to 16 dimensions, 32 probes above
  bool stretch = true;                        ///< the flow map's Jacobian too; only with the exact trace
  std::uint64_t seed = 0;                     ///< of the probes
  std::uint64_t firstPoint = 0;               ///< number of the first point, so that slices of points draw what all of them would
  std::int64_t rowsAtOnce = 1024;             ///< points between two looks at poll
  std::function<void()> poll = {};            ///< may throw to cancel
  std::function<void(double)> progress = {};  ///< fraction done, after every step
};

/// All float64 on the CPU.
struct DensityValues {
  at::Tensor logDensity;      ///< [N] log p_t per unit volume of unscaled (eigen- or data) coordinates
  at::Tensor latent;          ///< [N, D] whitened coordinates at tEnd
  at::Tensor logDeterminant;  ///< [N] log |det d y(tEnd) / d y(t)| from the divergence (with probes: its mean)
  at::Tensor jacobian;        ///< [N, D, D] d y(tEnd) / d y(t); undefined without stretch
  at::Tensor standardError;   ///< [N] of logDensity; undefined with the exact trace
  int evaluations = 0;
};

/// Probes that are used where so many are asked for: with 0 none, the exact trace, up to kMostToyDims dimensions, and 32 above.
std::int64_t probesUsed(std::int64_t asked, std::int64_t dim);

/// x [N, D] float64: unscaled eigen-coordinates at time t. With y whitened and theta the angle,
///   log p_y(y(t)) = log N(y(T); 0, I) - integral_t^T sum_i theta'_i dF_i/dy_i dt,   log p_x = log p_y - 1/2 sum_i log(xi_i + gamma_i(t)).
/// Throws Error(diverged) as the solver.
DensityValues densityAlong(const Flow&, const at::Tensor& x, const DensitySettings&);

/// Fixed steps cost a third of the adaptive solver's where they are as good: sets evaluations and grid to the least number of evaluations
/// by which the log-densities of a few `pilot` points [m, D] come within 10 tolerance (1 + |log p|), RMS, on a grid that is placed for
/// these points or the one by formula; evaluations 0 where none does and the adaptive solver is due.
void chooseFixedSteps(const Flow&, const at::Tensor& pilot, DensitySettings&);

/// Singular values [N, D], descending, of matrices [N, D, D].
at::Tensor singularValues(const at::Tensor& matrices);

}  // namespace inflaton
