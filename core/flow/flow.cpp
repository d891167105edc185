#include "core/flow/flow.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/api/solver_choice.h"

namespace inflaton {

Flow::Flow(const Denoiser& denoiser, double A0)
    : denoiser_(denoiser), schedule_(denoiser.schedule().withScale(A0)), xi_(denoiser.basis().eigenvalues) {}

at::Tensor Flow::axes(const at::Tensor& like, const std::vector<double>& perAxis) const {
  return at::tensor(perAxis, at::kDouble).to(like.options());
}

double Flow::s(double t) const { return schedule_.s(t, xi_.front()); }

at::Tensor Flow::scaledVelocity(const at::Tensor& scaled, double t, at::Tensor* output) const {
  if (schedule_.proportional())
    throw Error(ErrorCode::usage, "solver is one of the reference's (" + simulationSolvers().those(&SolverInfo::scaled) +
                                      "); allowed with schedule paper: those of the angle form");
  const double scale = s(t), relative = schedule_.sDot(t, xi_.front()) / scale;
  std::vector<double> keep, pull;
  for (int j = 0; j < schedule_.dim(); ++j) {
    keep.push_back(relative + 0.5 * schedule_.rate(j));
    pull.push_back(0.5 * scale * schedule_.rate(j));
  }
  const auto D = denoiser_.denoise(scaled / scale, t);
  if (output) *output = D;
  return axes(scaled, keep) * scaled - axes(scaled, pull) * D;
}

double Flow::axisAngle(int j, double t) const { return schedule_.angle(j, t, xi_[static_cast<std::size_t>(j)]); }

double Flow::angle(double t) const {
  double sum = 0;
  for (int j = 0; j < schedule_.dim(); ++j) sum += std::abs(axisAngle(j, t) - axisAngle(j, 0));
  return sum;
}

double Flow::time(double u) const {
  // Bisection: angle() is strictly increasing, and this is called once per evaluation of a denoiser that costs far more.
  double low = 0, high = schedule_.tMax();
  if (u <= 0) return low;
  if (u >= angle(high)) return high;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (angle(middle) < u ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

std::vector<double> Flow::angleShares(double t) const {
  std::vector<double> share;
  double total = 0;
  for (int j = 0; j < schedule_.dim(); ++j) {
    share.push_back(schedule_.angleDot(j, t, xi_[static_cast<std::size_t>(j)]));
    total += std::abs(share.back());
  }
  for (double& v : share) v /= total;
  return share;
}

at::Tensor Flow::angleVelocity(const at::Tensor& y, double u) const {
  const double t = time(u);
  auto share = angleShares(t);
  for (double& v : share) v = -v;
  return axes(y, share) * denoiser_.whitened(y, t);
}

std::vector<double> Flow::spread(double t) const {
  std::vector<double> v;
  for (int j = 0; j < schedule_.dim(); ++j) v.push_back(std::sqrt(xi_[static_cast<std::size_t>(j)] + schedule_.gamma(j, t)));
  return v;
}

at::Tensor Flow::whiten(const at::Tensor& x, double t) const { return x / axes(x, spread(t)); }
at::Tensor Flow::unwhiten(const at::Tensor& y, double t) const { return y * axes(y, spread(t)); }

}  // namespace inflaton
