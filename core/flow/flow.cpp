#include "core/flow/flow.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/solver_choice.h"

namespace inflaton {

Flow::Flow(const Denoiser& denoiser, double A0)
    : denoiser_(denoiser), schedule_(denoiser.schedule().withScale(A0)), xi_(denoiser.basis().eigenvalues) {
  for (int j = 0; j < schedule_.dim(); ++j) start_.push_back(axisAngle(j, 0));
}

double Flow::s(double t) const { return schedule_.s(t, xi_.front()); }

at::Tensor Flow::scaledVelocity(const at::Tensor& scaled, double t, at::Tensor* output) const {
  if (schedule_.proportional())
    throw Error(ErrorCode::usage, "solver is one of the reference's (" + simulationSolvers().those(&SolverInfo::scaled) +
                                      "); allowed with schedule paper: those of the angle form");
  const double scale = s(t);
  const auto factors = scaled_(Moment(t, scaled), [&]() -> Factors {
    const double relative = schedule_.sDot(t, xi_.front()) / scale;
    std::vector<double> keep, pull;
    for (int j = 0; j < schedule_.dim(); ++j) {
      keep.push_back(relative + 0.5 * schedule_.rate(j));
      pull.push_back(0.5 * scale * schedule_.rate(j));
    }
    const auto rows = rowsLike(scaled, {keep, pull});
    return {t, rows[0], rows[1]};
  });
  const auto D = denoiser_.denoise(scaled / scale, t);
  if (output) *output = D;
  return factors.first * scaled - factors.second * D;
}

double Flow::axisAngle(int j, double t) const { return schedule_.angle(j, t, xi_[static_cast<std::size_t>(j)]); }

double Flow::angle(double t) const {
  double sum = 0;
  for (int j = 0; j < schedule_.dim(); ++j) sum += std::abs(axisAngle(j, t) - start_[static_cast<std::size_t>(j)]);
  return sum;
}

double Flow::angleSlope(double t) const {
  double sum = 0;
  for (int j = 0; j < schedule_.dim(); ++j) sum += std::abs(schedule_.angleDot(j, t, xi_[static_cast<std::size_t>(j)]));
  return sum;
}

double Flow::time(double u) const {
  double low = 0, high = schedule_.tMax();
  if (u <= 0) return low;
  const double whole = angle(high);
  if (u >= whole) return high;
  // Bisection, of which most is known beforehand: Newton's method finds two times close together, of which the one is surely too early and
  // the other surely too late, whatever rounding does to angle(). Outside them nothing needs to be computed.
  const double D = schedule_.dim(), noise = std::numeric_limits<double>::epsilon() * D * (32 + u);
  double early = low, late = high, guess = high * u / whole;
  for (int i = 0; i < 12; ++i) {
    const double off = angle(guess) - u, slope = angleSlope(guess);
    if (off < -noise) early = std::max(early, guess);
    if (off > noise) late = std::min(late, guess);
    const double next = guess - off / slope;
    if (std::abs(off) <= 4 * noise) {
      for (const double side : {-1.0, 1.0}) {
        const double candidate = next + side * 4 * noise / slope;
        if (!(candidate > early && candidate < late)) continue;
        const double there = angle(candidate) - u;
        if (there < -noise) early = candidate;
        if (there > noise) late = candidate;
      }
      break;
    }
    guess = next > early && next < late ? next : 0.5 * (early + late);
  }
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;  // neighbours: nothing changes any more
    (middle <= early || (middle < late && angle(middle) < u) ? low : high) = middle;
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
  const auto factors = angular_(Moment(u, y), [&]() -> Factors {
    const double t = time(u);
    auto share = angleShares(t);
    for (double& v : share) v = -v;
    return {t, rowsLike(y, {share})[0], {}};
  });
  return factors.first * denoiser_.whitened(y, factors.t);
}

std::vector<double> Flow::spread(double t) const {
  std::vector<double> v;
  for (int j = 0; j < schedule_.dim(); ++j) v.push_back(std::sqrt(xi_[static_cast<std::size_t>(j)] + schedule_.gamma(j, t)));
  return v;
}

at::Tensor Flow::whiten(const at::Tensor& x, double t) const { return x / rowsLike(x, {spread(t)})[0]; }
at::Tensor Flow::unwhiten(const at::Tensor& y, double t) const { return y * rowsLike(y, {spread(t)})[0]; }

}  // namespace inflaton
