#include "core/denoise/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/expm1.h>
#include <ATen/ops/from_blob.h>

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
  const auto times = t.to(at::kDouble).clamp_min(schedule.firstTime()).unsqueeze(1);
  const auto rows = rowsLike(times, {rate, scale});
  const auto exponent = times * rows[0];
  return (schedule.proportional() ? at::expm1(exponent) : at::exp(exponent)) * rows[1];
}

at::Tensor rowsLike(const at::Tensor& like, const std::vector<std::vector<double>>& rows) {
  auto all = at::empty({static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows.front().size())}, at::kDouble);
  auto* into = all.data_ptr<double>();
  for (const auto& row : rows) into = std::copy(row.begin(), row.end(), into);
  return all.to(like.options());
}

at::Tensor eigenvectors(const Eigenbasis& b) {
  return at::from_blob(
      const_cast<double*>(b.W.data()), {b.dim, b.dim}, [W = b.W](void*) {}, at::kDouble);
}

Coefficients Denoiser::coefficients(double t, const at::Tensor& like) const {
  return coefficients_(Moment(t, like), [&]() -> Coefficients {
    const auto p = Preconditioning::at(schedule_, basis_.eigenvalues, t);
    const auto rows = rowsLike(like, {p.cIn, p.cSkip, p.cOut, p.weight}).unbind();
    return {rows[0], rows[1], rows[2], rows[3]};
  });
}

at::Tensor Denoiser::whitened(const at::Tensor& y, double t) const {
  const auto c = coefficients(t, y);
  const auto x = y / c.cIn;
  return (denoise(x, t) - c.cSkip * x) * c.weight;
}

}  // namespace inflaton
