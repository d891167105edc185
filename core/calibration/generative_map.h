#pragma once
// f: the flow from the latent Gaussian to the data, as a function with a pullback. z [n, D] are scaled latent eigen-coordinates at t_max,
// x = f(z) [n, D] the scaled data coordinates ("image space": rotated back by W) at t = 0, as specification 3.1 has it. float64 outside whatever
// the solver computes in.
#include <functional>
#include <memory>
#include <span>

#include "core/api/mcmc.h"
#include "core/flow/problem.h"

namespace inflaton {

class GenerativeMap {
 public:
  virtual ~GenerativeMap() = default;
  virtual int dim() const = 0;
  virtual void values(std::span<const double> z, std::span<double> x) const = 0;
  /// x = f(z); `cotangent` then writes xBar [n, D] from x; zBar = (df/dz)^T xBar. Rows are independent, to the bit, of the rows beside them.
  using Cotangent = std::function<void(std::span<const double> x, std::span<double> xBar)>;
  virtual void pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const = 0;
};

/// Through the solver that the options name. The gradient is the discrete adjoint of the very steps taken (so it is exact for the computed f), with
/// checkpoints every sqrt(steps) steps: memory grows with the checkpoints only. dopri5: the steps accepted are recorded and replayed.
/// Keeps the problem's denoiser. `poll` may throw to cancel, and is called before every evaluation.
std::shared_ptr<const GenerativeMap> solverMap(const PosteriorOptions&, const Problem&, std::function<void()> poll);

/// Tabulated (D = 2 or 3): an adaptive tree over the latent box of +-`reach` standard deviations, cubic Hermite in every cell, cells split where the
/// solver's value at their middle differs by more than table_tolerance; outside the box, and below the finest cell, the solver itself is asked.
/// Continuous with a continuous gradient. Throws Error(usage) for other dimensions. `report` is measured on fresh draws of the latent prior.
std::shared_ptr<const GenerativeMap> tableMap(const PosteriorOptions&, const Problem&, std::shared_ptr<const GenerativeMap> solver,
                                              const std::vector<double>& latentSd, TableReport& report, const JobContext&);

/// What the options ask for; `report` stays empty with map solver.
std::shared_ptr<const GenerativeMap> generativeMap(const PosteriorOptions&, const Problem&, TableReport& report, const JobContext&);

}  // namespace inflaton
