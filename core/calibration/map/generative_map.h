#pragma once
// f: the flow from the latent Gaussian to the data, as a function with a pullback. z [n, D] are scaled latent eigen-coordinates at t_max,
// x = f(z) [n, D] the scaled data coordinates ("image space": rotated back by W) at t = 0, as specification 3.1 has it. float64 outside
// whatever the solver computes in.
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
  /// Cheap, and callable from many threads at once: callers split the rows among threads themselves.
  virtual bool local() const { return false; }
  virtual void values(std::span<const double> z, std::span<double> x) const = 0;
  /// Matrix products round a row as its place in a batch has it. What a row gets is the same to the bit, whatever the rows beside it and
  /// however many, wherever its number is the same modulo this.
  static constexpr std::int64_t batch = 256;
  /// x = f(z); `cotangent` then writes xBar [n, D] from x; zBar = (df/dz)^T xBar.
  using Cotangent = std::function<void(std::span<const double> x, std::span<double> xBar)>;
  virtual void pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const = 0;
};

/// Through the solver that the options name. The gradient is the discrete adjoint of the very steps taken (so it is exact for the computed
/// f), with checkpoints every sqrt(steps) steps once whole paths would take too much memory. What adapts is settled once, by a pilot of
/// draws of the latent Gaussian: a multistep solver's grid is placed for it, and the steps that an adaptive one accepts for it are taken
/// for all rows. Solvers of the scaled form are the reference's. Keeps the problem's denoiser. `poll` may throw to cancel, and is called
/// before every evaluation.
std::shared_ptr<const GenerativeMap> solverMap(const PosteriorOptions&, const Problem&, std::function<void()> poll);

/// Tabulated (D = 2 or 3): a tree of cells over the latent box of +-6 standard deviations, each holding one bicubic (tricubic) polynomial:
/// the sum of cubic B-splines of all levels that reach it, so value, gradient and second derivatives are continuous everywhere, whatever
/// the sizes of neighbours (core/calibration/table_map.h). Cells are split where the solver's values between their nodes differ by more
/// than table_tolerance, down to a finest level (2 thousandths of a standard deviation in 2D): a map that is steeper than that, as between
/// the two moons, is smoothed there, which `report` tells. Outside the box f goes on along its tangents. The gradient is exactly that of
/// the tabulated function. Throws Error(usage) for other dimensions. `report` is measured on fresh draws of the Gaussian of those standard
/// deviations.
std::shared_ptr<const GenerativeMap> tableMap(const PosteriorOptions&, const Problem&, std::shared_ptr<const GenerativeMap> solver,
                                              const std::vector<double>& latentSd, TableReport& report, const JobContext&);

/// What the options ask for; `report` stays empty with map solver.
std::shared_ptr<const GenerativeMap> generativeMap(const PosteriorOptions&, const Problem&, TableReport& report, const JobContext&);

}  // namespace inflaton
