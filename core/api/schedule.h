#pragma once
// The noise schedule and everything in closed form that follows from it. Specification 1.2, 2.5 and 7.
#include <string>
#include <vector>

#include "core/api/options.h"

namespace inflaton {

/// gamma_j(t) = gamma0 exp(rho (1 + g_j) t): kernel variance of eigen-axis j; s(t) = A0 / sqrt(xi* + gamma*(t)): the one scale.
class Schedule {
 public:
  /// g [D] is the reference's (paper's g is 1 + g). Throws Error(usage) for values out of range.
  Schedule(std::vector<double> g, double rho, double gamma0, double t_max, int dims_to_keep, double A0 = 1.0);
  /// From the options; `dim` is the data's. Throws Error(usage) naming the field for an impossible schedule.
  static Schedule make(const ScheduleOptions&, int dim, double A0 = 1.0);

  int dim() const { return static_cast<int>(g_.size()); }
  int dimsToKeep() const { return keep_; }
  bool preserving() const { return keep_ == dim(); }
  std::string name() const;  ///< "PRP" or "PRRto{k}D"
  double rho() const { return rho_; }
  double gamma0() const { return gamma0_; }
  double tMax() const { return t_max_; }
  double A0() const { return A0_; }
  const std::vector<double>& g() const { return g_; }

  double gamma(int j, double t) const;
  double gammaDot(int j, double t) const { return rate(j) * gamma(j, t); }
  double rate(int j) const { return rho_ * (1.0 + g_[static_cast<std::size_t>(j)]); }  ///< gammaDot / gamma, constant in t
  double gammaStar(double t) const;   ///< of the fastest axis
  double s(double t, double xiStar) const;
  double sDot(double t, double xiStar) const;

  /// theta_j(t) = arctan sqrt(gamma_j / xi_j): the angle in which the flow is dy = -F dtheta (specification 7).
  double angle(int j, double t, double xi_j) const;
  double angleDot(int j, double t, double xi_j) const;

  /// Variance of scaled eigen-axis j at t when the data's is xi_j: s^2 (xi_j + gamma_j).
  double scaledVariance(int j, double t, double xi_j, double xiStar) const;
  /// PR = (sum v)^2 / sum v^2 of the scaled variances (equation 7).
  double participationRatio(double t, const std::vector<double>& eigenvalues) const;

 private:
  std::vector<double> g_;
  double rho_, gamma0_, t_max_;
  int keep_;
  double A0_;
};

/// Time grids of the reference, `points` of them. ifs: linspace(0, points*h, points). vp_ode: i/(n-1) (end - eps) + eps.
/// Generation runs them backwards.
std::vector<double> ifsTimes(int points, double h, bool generation);
std::vector<double> vpOdeTimes(int points, double end, double eps, bool generation);

double participationRatio(const std::vector<double>& variances);

}  // namespace inflaton
