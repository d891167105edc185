#include "core/denoise/exact_denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/tensor.h>

#include "core/api/stop_scope.h"
#include "core/denoise/exact_kernel.h"

namespace inflaton {
namespace {

constexpr std::int64_t kKernelsAtOnce = std::int64_t{1} << 24;  // between two looks at the stop token: some 10 ms

at::Tensor doubles(const std::vector<double>& v, const at::Tensor& like) { return at::tensor(v, at::kDouble).to(like.options()); }

/// Plain tensor form for other devices: references in slices, the same streaming softmax.
at::Tensor sliced(const at::Tensor& x, const at::Tensor& byAxis, const std::vector<double>& precision) {
  const auto root = doubles(precision, x).sqrt();
  const auto query = x * root;
  const auto references = byAxis.t() * root;
  const std::int64_t slice = std::max<std::int64_t>(1, (std::int64_t{1} << 26) / std::max<std::int64_t>(1, x.size(0)));
  at::Tensor least, total, mean;
  for (std::int64_t from = 0; from < references.size(0); from += slice) {
    const auto part = references.slice(0, from, from + slice);
    const auto d = -0.5 * at::cdist(query, part, 2.0, 2).square();
    const auto blockMax = std::get<0>(d.max(1, true));
    const auto top = least.defined() ? at::maximum(least, blockMax) : blockMax;
    const auto w = (d - top).exp();
    const auto blockMean = w.matmul(byAxis.slice(1, from, from + slice).t());
    if (least.defined()) {
      const auto shrink = (least - top).exp();
      total = total * shrink + w.sum(1, true), mean = mean * shrink + blockMean;
    } else {
      total = w.sum(1, true), mean = blockMean;
    }
    least = top;
  }
  return mean / total;
}

}  // namespace

ExactDenoiser::ExactDenoiser(Schedule schedule, Eigenbasis basis, const at::Tensor& references)
    : Denoiser(std::move(schedule), std::move(basis)), byAxis_(references.t().contiguous()) {
  if (references.dim() != 2 || references.size(0) < 1 || references.size(1) != this->basis().dim)
    throw Error(ErrorCode::usage, "references must be [M, " + std::to_string(this->basis().dim) + "] with M >= 1");
}

at::Tensor ExactDenoiser::denoise(const at::Tensor& x, double t) const {
  const int D = basis().dim;
  std::vector<double> precision(static_cast<std::size_t>(D));
  for (int j = 0; j < D; ++j) precision[static_cast<std::size_t>(j)] = 1 / schedule().gamma(j, std::max(t, schedule().firstTime()));
  if (!x.device().is_cpu()) return sliced(x, byAxis_.to(x.options()), precision);
  const auto in = x.contiguous();
  const auto references = byAxis_.to(in.options());
  auto out = at::empty_like(in);
  const std::int64_t M = references.size(1), atOnce = std::max<std::int64_t>(1, kKernelsAtOnce / M);
  const auto slices = [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t from = 0; from < in.size(0); from += atOnce) {
      if (poll_) poll_();
      StopScope::look();
      exactPosteriorMean(in.data_ptr<T>() + from * D, std::min(atOnce, in.size(0) - from), references.data_ptr<T>(), M, D, precision.data(),
                         out.data_ptr<T>() + from * D);
    }
  };
  if (in.scalar_type() == at::kDouble)
    slices(0.0);
  else
    slices(0.0f);
  return out;
}

at::Tensor toEigen(const Eigenbasis& b, const at::Tensor& x) { return (x - doubles(b.mean, x)).matmul(eigenvectors(b).to(x.options())); }

at::Tensor toData(const Eigenbasis& b, const at::Tensor& x_es) {
  return x_es.matmul(eigenvectors(b).to(x_es.options()).t()) + doubles(b.mean, x_es);
}

at::Tensor eigenTensor(const Eigenbasis& b, const PointSet& p, at::ScalarType type) {
  const auto x = at::from_blob(const_cast<float*>(p.values.data()), {p.n, p.dim}, at::kFloat).to(at::kDouble);
  return toEigen(b, x).to(type);
}

}  // namespace inflaton
