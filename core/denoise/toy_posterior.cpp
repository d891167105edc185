#include "core/denoise/toy_posterior.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/inverse.h>
#include <ATen/ops/linalg_cholesky.h>
#include <ATen/ops/tensor.h>

#include "core/data/embed.h"
#include "core/data/toy_nodes.h"
#include "core/denoise/exact_denoiser.h"
#include "core/denoise/exact_kernel.h"

namespace inflaton {
namespace {

at::Tensor tensor(const std::vector<double>& v, at::IntArrayRef shape) { return at::tensor(v, at::kDouble).view(shape); }

/// The embedding of unit vectors, [D, dim]: rows are what each axis becomes.
at::Tensor embedding(int D, int dim) {
  PointSet axes;
  axes.n = D, axes.dim = D;
  axes.values.assign(static_cast<std::size_t>(D * D), 0);
  for (int j = 0; j < D; ++j) axes.values[static_cast<std::size_t>(j * D + j)] = 1;
  axes.labels.assign(static_cast<std::size_t>(D), 0);
  const auto embedded = embed(axes, dim, 0, 0);
  return at::tensor(embedded.values, at::kFloat).view({D, dim}).to(at::kDouble);
}

}  // namespace

ToyPosterior::ToyPosterior(const DataOptions& o, Schedule schedule, Eigenbasis basis, std::int64_t nodes)
    : Denoiser(std::move(schedule), std::move(basis)) {
  const DataSet* set = findDataSet(o.data_name);
  if (!set || !set->shape)
    throw Error(ErrorCode::usage, "data_name is \"" + o.data_name + "\"; an exact population is known of the toy sets alone");
  const auto all = toyNodes(*set, nodes);
  const int D = this->basis().dim;
  auto centres = tensor(all.centres, {all.n, all.dim});
  auto spread = at::diag(at::tensor(all.noise, at::kDouble));  // rows: what each axis' noise does
  if (o.augment_to > 0) {
    const auto map = embedding(all.dim, static_cast<int>(o.augment_to));
    centres = centres.matmul(map), spread = spread.matmul(map);
  }
  centres_ = toEigen(this->basis(), centres).contiguous();
  spread = spread.matmul(eigenvectors(this->basis()));
  noise_ = spread.t().matmul(spread);
  if (o.augment_to > 0) noise_ = noise_ + o.augment_noise * o.augment_noise * at::eye(D, at::kDouble);
}

at::Tensor ToyPosterior::denoise(const at::Tensor& x, double t) const {
  const int D = basis().dim;
  std::vector<double> gamma;
  for (int j = 0; j < D; ++j) gamma.push_back(schedule().gamma(j, std::max(t, schedule().firstTime())));
  // x given a centre m: N(m, C) with C = noise + gamma, and the clean point's mean is m + noise C^-1 (x - m).
  const auto L = at::linalg_cholesky(noise_ + at::diag(at::tensor(gamma, at::kDouble)));
  const auto inverse = at::inverse(L);
  const auto query = x.to(at::kCPU, at::kDouble);
  const auto z = query.matmul(inverse.t()).contiguous(), nodes = inverse.matmul(centres_.t()).contiguous();
  const std::vector<double> one(static_cast<std::size_t>(D), 1.0);
  auto mean = at::empty_like(z);
  exactPosteriorMean(z.data_ptr<double>(), z.size(0), nodes.data_ptr<double>(), nodes.size(1), D, one.data(), mean.data_ptr<double>());
  const auto centre = mean.matmul(L.t());
  const auto gain = inverse.t().matmul(inverse).matmul(noise_);  // (noise C^-1)^T
  return centre + (query - centre).matmul(gain);
}

}  // namespace inflaton
