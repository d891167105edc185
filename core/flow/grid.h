#pragma once
// Where a flow is to be evaluated: a smooth increasing map of w in [0, 1] onto t in [0, t_end]. Equal steps of w are the solver's steps,
// and w is the variable in which it takes the denoiser for a polynomial.
#include <functional>
#include <vector>

#include "core/flow/flow.h"

namespace inflaton {

class Grid {
 public:
  /// By formula: with r = w the fraction r^2 / (r^2 + 1 - r) of the angle, so denser where single features of the data come apart.
  /// Keeps a reference to the flow.
  static Grid graded(const Flow&, double tEnd);

  /// Placed by error: `pilot` [m, D] (whitened, at t = 0 when `inflating`, else at tEnd) is carried along the graded grid by
  /// `pilotEvaluations` evaluations of these few points, and steps are made long or short so that the local error of a method of
  /// order `order`, proportional to |d^(order+1) y / dw^(order+1)| dw^(order+1) in the mean over the pilot, is the same in each.
  /// Deterministic. Gaussian data (no error anywhere) are left the graded grid. `poll` may throw to cancel.
  static Grid placed(const Flow&, double tEnd, const at::Tensor& pilot, bool inflating, int order, const std::function<void()>& poll = {});
  static constexpr int pilotEvaluations = 41;

  double time(double w) const;
  double position(double t) const;              ///< inverse of time
  std::vector<double> measure(double w) const;  ///< dtheta_j/dw, signed

 private:
  Grid(const Flow& flow, double tEnd) : flow_(&flow), end_(tEnd), angle_(flow.angle(tEnd)) {}
  double graded(double w) const;   ///< r of w
  double density(double r) const;  ///< dw/dr

  const Flow* flow_;
  double end_, angle_;
  std::vector<double> density_;  ///< at equally spaced r, straight between them; empty: 1
  std::vector<double> reached_;  ///< w at those r
};

}  // namespace inflaton
