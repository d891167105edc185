#pragma once
// How many evaluations of the denoiser buy which error: all solvers on one problem. Specification 7; issue of solvers and error control.
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"

namespace inflaton {

struct CompareSolversOptions : DenoiserOptions {
  std::string solvers = "all";                                       ///< comma-separated names of toy-simulate's --solver, or all
  std::string budgets = "8,12,16,20,24,28,32,48,64,96,128,256,700";  ///< evaluations
  std::string direction = "melt";                                    ///< melt | gen
  std::string output;                                                ///< .csv or .npz; empty: only told
  bool operator==(const CompareSolversOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<CompareSolversOptions>();

/// One solver: evaluations that it really used, and the mean distance to the converged solution at the lane's end in whitened
/// coordinates (latent standard deviations). Budgets below a solver's least are left out.
struct SolverCurve {
  std::string solver;
  std::vector<int> evaluations;
  std::vector<double> error;
};
struct WorkPrecision {
  std::vector<SolverCurve> curves;
  double referenceError = 0;  ///< estimated error of the converged solution itself
  double eulerError = 0;      ///< of the reference's 701 points: the yardstick
};

/// Deterministic in the seed. Writes options.output when set (atomically).
Expected<WorkPrecision> compareSolvers(const CompareSolversOptions&, const JobContext&);

}  // namespace inflaton
