#include "core/denoise/denoiser.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace inflaton {

Preconditioning Preconditioning::at(const Schedule& schedule, const std::vector<double>& eigenvalues, double t) {
  Preconditioning p;
  t = std::max(t, schedule.firstTime());
  for (std::size_t j = 0; j < eigenvalues.size(); ++j) {
    const double xi = eigenvalues[j], gamma = schedule.gamma(static_cast<int>(j), t), total = xi + gamma;
    p.cIn.push_back(1 / std::sqrt(total));
    p.cSkip.push_back(xi / total);
    p.cOut.push_back(std::sqrt(xi * gamma / total));
    p.weight.push_back(std::sqrt(1 / xi + 1 / gamma));
  }
  return p;
}

at::Tensor kernelVariance(const Schedule& schedule, const at::Tensor& t) {
  std::vector<double> rate, scale;
  for (int j = 0; j < schedule.dim(); ++j) {
    rate.push_back(schedule.rate(j));
    scale.push_back(schedule.proportional() ? schedule.gammaDot(j, 0) / schedule.rate(j)
                                            : schedule.gamma(j, 0));  // the reference's rate may be 0
  }
  const auto row = [&](const std::vector<double>& v) { return at::tensor(v, at::kDouble).to(t.device()); };
  const auto exponent = t.to(at::kDouble).clamp_min(schedule.firstTime()).unsqueeze(1) * row(rate);
  return (schedule.proportional() ? at::expm1(exponent) : at::exp(exponent)) * row(scale);
}

at::Tensor Denoiser::whitened(const at::Tensor& y, double t) const {
  const auto p = Preconditioning::at(schedule_, basis_.eigenvalues, t);
  const auto row = [&](const std::vector<double>& v) { return at::tensor(v, at::kDouble).to(y.options()); };
  const auto x = y / row(p.cIn);
  return (denoise(x, t) - row(p.cSkip) * x) * row(p.weight);
}

}  // namespace inflaton
