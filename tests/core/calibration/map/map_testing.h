#pragma once
// Small flows to carry latents through, and finite differences.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <memory>
#include <vector>

#include "core/calibration/map/generative_map.h"
#include "core/data/counter_rng.h"
#include "core/denoise/exact_denoiser.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton::testing {

/// Gaussian data: D is linear and F is 0, so the flow is a known scaling of each axis.
class GaussianDenoiser : public Denoiser {
 public:
  using Denoiser::Denoiser;
  at::Tensor denoise(const at::Tensor& x, double t) const override {
    return x * at::tensor(Preconditioning::at(schedule(), basis().eigenvalues, t).cSkip, at::kDouble).to(x.options());
  }
  at::Tensor whitened(const at::Tensor& y, double) const override { return at::zeros_like(y); }
  at::Tensor whitenedWithJacobian(const at::Tensor& y, double, at::Tensor& jacobian) const override {
    jacobian = at::zeros({y.size(0), y.size(1), y.size(1)}, y.options());
    return at::zeros_like(y);
  }
};

inline Schedule schedule2(int keep = 2, double tMax = 7.01) {
  ScheduleOptions o;
  o.dims_to_keep = keep, o.tmax = tMax;
  return Schedule::make(o, 2);
}

inline Problem gaussianProblem(int keep = 2) {
  const auto s = schedule2(keep);
  return {{}, std::make_shared<GaussianDenoiser>(s, turnedBasis()), s};
}

/// A few wide apart points, seen from no closer than `gamma0` lets, in double precision: a smooth nonlinear flow.
inline Problem exactProblem(int keep = 2) {
  ScheduleOptions o;
  o.dims_to_keep = keep, o.gamma0 = 0.05, o.tmax = keep == 2 ? 4 : 6;
  const auto s = Schedule::make(o, 2);
  const auto points = at::tensor({1.5, 0.4, -1.2, 0.8, 0.2, -1.1, -0.4, 0.1, 0.9, -0.6}, at::kDouble).view({5, 2});
  return {{}, std::make_shared<ExactDenoiser>(s, turnedBasis(), points), s};
}

inline Problem netProblem(int keep = 2, const MlpSettings& settings = {.dim = 2, .width = 32, .depth = 2}) {
  auto net = std::shared_ptr<NetDenoiser>(new NetDenoiser(smallNet(keep, settings)));
  const auto s = net->schedule();
  return {{}, std::move(net), s};
}

inline std::vector<double> normals(std::size_t count, std::uint64_t seed, double scale = 1) {
  const CounterRng rng(seed, 7);
  std::vector<double> v;
  for (std::size_t i = 0; i < count; ++i) v.push_back(scale * rng.normals(i / 4, 0)[i % 4]);
  return v;
}

/// x and zBar for a given xBar.
struct Pulled {
  std::vector<double> x, zBar;
};
inline Pulled pull(const GenerativeMap& map, const std::vector<double>& z, const std::vector<double>& cotangent) {
  Pulled p{std::vector<double>(z.size()), std::vector<double>(z.size())};
  map.pullback(
      z, p.x, [&](std::span<const double>, std::span<double> bar) { std::copy(cotangent.begin(), cotangent.end(), bar.begin()); }, p.zBar);
  return p;
}

inline std::vector<double> valuesOf(const GenerativeMap& map, const std::vector<double>& z) {
  std::vector<double> x(z.size());
  map.values(z, x);
  return x;
}

/// (df/dz)^T xBar by central differences, all rows at once.
inline std::vector<double> differences(const GenerativeMap& map, const std::vector<double>& z, const std::vector<double>& cotangent,
                                       double h) {
  const auto D = static_cast<std::size_t>(map.dim());
  std::vector<double> out(z.size());
  for (std::size_t j = 0; j < D; ++j) {
    auto up = z, down = z;
    for (std::size_t i = j; i < z.size(); i += D) up[i] += h, down[i] -= h;
    const auto above = valuesOf(map, up), below = valuesOf(map, down);
    for (std::size_t i = 0; i < z.size(); i += D)
      for (std::size_t c = 0; c < D; ++c) out[i + j] += cotangent[i + c] * (above[i + c] - below[i + c]) / (2 * h);
  }
  return out;
}

inline double worst(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0, square = 0;
  for (std::size_t i = 0; i < b.size(); ++i)
    most = std::max(most, std::abs(a[i] - b[i])), square += b[i] * b[i] / static_cast<double>(b.size());
  return most / std::sqrt(square);
}

}  // namespace inflaton::testing
