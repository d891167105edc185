#pragma once
// The noise schedule and everything in closed form that follows from it. Specification 1.2, 2.5 and 7.
#include <optional>
#include <string>
#include <vector>

#include "core/api/options.h"

namespace inflaton {

/// Kernel variance of eigen-axis j, and the one scale s(t), with rate_j = rho (1 + g_j):
///   reference: gamma_j(t) = gamma0 exp(rate_j t),         s(t) = A0 / sqrt(xi* + gamma*(t))   (specification 1.2)
///   paper:     gamma_j(t) = xi_j (exp(rate_j t) - 1),     s(t) = A0 exp(-rate* t / 2)         (equations 9 and 10)
/// so that the paper's axes have the variance xi_j exp(rate_j t): along its PRP every ratio of variances is kept.
class Schedule {
 public:
  /// g [D] is the reference's (paper's g is 1 + g). `proportional` [D]: the data's eigenvalues, for the paper's kind; empty for the
  /// reference's. Throws Error(usage) for values out of range; the paper's needs rate_j > 0 on every axis.
  Schedule(std::vector<double> g, double rho, double gamma0, double t_max, int dims_to_keep, double A0 = 1.0,
           std::vector<double> proportional = {});
  /// From the options; `dim` is the data's. The paper's kind needs the data's eigenvalues; left empty they are taken as 1.
  /// Throws Error(usage) naming the field for an impossible schedule.
  static Schedule make(const ScheduleOptions&, int dim, double A0 = 1.0, const std::vector<double>& eigenvalues = {});
  Schedule withScale(double A0) const;
  Schedule withEnd(double t_max) const;

  bool proportional() const { return !xi_.empty(); }  ///< the paper's kind
  /// Least time at which kernels are wide enough to divide by: 0, or 1e-7 for the paper's kind, whose kernels start at width 0.
  double firstTime() const { return proportional() ? 1e-7 : 0; }
  bool operator==(const Schedule&) const = default;

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
  double gammaDot(int j, double t) const;
  double rate(int j) const { return rho_ * (1.0 + g_[static_cast<std::size_t>(j)]); }  ///< reference: gammaDot / gamma
  double gammaStar(double t) const;                                                    ///< of the fastest axis
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
  double rateStar() const;  ///< of the fastest axis

  std::vector<double> g_;
  double rho_, gamma0_, t_max_;
  int keep_;
  double A0_;
  std::vector<double> xi_;
};

/// A time asked for, within 0 <= t <= tMax. What lies beyond tMax by no more than single precision rounds is tMax: 7.01 as a float is
/// 7.0100002. Nothing for others.
std::optional<double> timeWithin(double t, double tMax);

/// Time grids of the reference, `points` of them. ifs: linspace(0, points*h, points). vp_ode: i/(n-1) (end - eps) + eps.
/// Generation runs them backwards.
std::vector<double> ifsTimes(int points, double h, bool generation);
std::vector<double> vpOdeTimes(int points, double end, double eps, bool generation);

double participationRatio(const std::vector<double>& variances);

}  // namespace inflaton
