#pragma once
// The probability-flow ODE of a schedule and a denoiser, in the two forms that solvers step in.
#include "core/denoise/denoiser.h"

namespace inflaton {

class Flow {
 public:
  /// Keeps a reference: the denoiser must outlive the flow.
  Flow(const Denoiser& denoiser, double A0);

  const Denoiser& denoiser() const { return denoiser_; }
  double s(double t) const;

  // --- The reference's form: scaled eigen-coordinates, time t (specification 1.2).
  /// dx/dt = (sdot/s + 1/2 gammadot/gamma) x - 1/2 s (gammadot/gamma) D(x/s, t). `output` receives D when not null.
  at::Tensor scaledVelocity(const at::Tensor& scaled, double t, at::Tensor* output = nullptr) const;

  // --- Our form: whitened coordinates y = x / sqrt(xi + gamma), dy_i = -F_i dtheta_i (specification 7).
  // The independent variable is the angle u(t) = sum_i |theta_i(t) - theta_i(0)|, which grows with t whatever the schedule.
  double axisAngle(int j, double t) const;  ///< theta_j
  double angle(double t) const;
  /// Inverse of angle, 0 <= u <= angle(t_max): to the last digit what 60 bisections of [0, t_max] end in.
  double time(double u) const;
  at::Tensor angleVelocity(const at::Tensor& y, double u) const;  ///< dy/du
  std::vector<double> angleShares(double t) const;                ///< dtheta_j/du, signed; their magnitudes add up to 1
  at::Tensor whiten(const at::Tensor& x, double t) const;         ///< from unscaled eigen-coordinates
  at::Tensor unwhiten(const at::Tensor& y, double t) const;

 private:
  /// What multiplies at one time: of scaledVelocity keep and pull, of angleVelocity the shares with their sign turned.
  struct Factors {
    double t;
    at::Tensor first, second;
  };
  double angleSlope(double t) const;           ///< du/dt
  std::vector<double> spread(double t) const;  ///< sqrt(xi + gamma) per axis

  const Denoiser& denoiser_;
  Schedule schedule_;
  std::vector<double> xi_;
  std::vector<double> start_;  ///< theta_j(0)
  Remembered<Moment, Factors> scaled_, angular_;
};

}  // namespace inflaton
