#include "core/denoise/watched_denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>

namespace inflaton {
namespace {

constexpr std::int64_t kSlice = 4096;  // rows on a processor: well below the fifth of a second in which cancelling is to be done

}  // namespace

WatchedDenoiser::WatchedDenoiser(std::shared_ptr<const Denoiser> inner, std::function<void()> poll)
    : Denoiser(inner->schedule(), inner->basis()), inner_(std::move(inner)), poll_(std::move(poll)) {}

template <class Evaluate>
at::Tensor WatchedDenoiser::inSlices(const at::Tensor& points, double t, std::int64_t atOnce, const Evaluate& evaluate) const {
  const std::int64_t n = points.size(0), rows = points.is_cpu() ? atOnce : n;
  at::Tensor out;
  for (std::int64_t from = 0; from < n; from += rows) {
    if (poll_) poll_();
    const auto part = evaluate(points.slice(0, from, std::min(n, from + rows)), from);
    if (n <= rows) {
      out = part;
      break;
    }
    if (!out.defined()) out = at::empty({n, part.size(1)}, part.options());
    out.slice(0, from, from + part.size(0)).copy_(part);
  }
  time_ = t;
  lost_.clear();
  // A sum is finite only where all its parts are.
  const auto sums = points.sum(1) + out.sum(1);
  if (!at::isfinite(sums.sum()).item<bool>()) {
    const auto where = at::isfinite(sums).logical_not().nonzero().to(at::kCPU, at::kLong).contiguous();
    lost_.assign(where.data_ptr<std::int64_t>(), where.data_ptr<std::int64_t>() + where.numel());
  }
  return out;
}

at::Tensor WatchedDenoiser::denoise(const at::Tensor& x, double t) const {
  return inSlices(x, t, kSlice, [&](const at::Tensor& rows, std::int64_t) { return inner_->denoise(rows, t); });
}

at::Tensor WatchedDenoiser::whitened(const at::Tensor& y, double t) const {
  return inSlices(y, t, kSlice, [&](const at::Tensor& rows, std::int64_t) { return inner_->whitened(rows, t); });
}

at::Tensor WatchedDenoiser::whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const {
  std::vector<at::Tensor> parts;
  const auto F = inSlices(y, t, kSlice / (1 + y.size(1)) + 1, [&](const at::Tensor& rows, std::int64_t) {
    return inner_->whitenedWithJacobian(rows, t, parts.emplace_back());
  });
  jacobian = at::cat(parts);
  return F;
}

at::Tensor WatchedDenoiser::whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const {
  std::vector<at::Tensor> parts;
  const auto F = inSlices(y, t, kSlice / (1 + v.size(0)) + 1, [&](const at::Tensor& rows, std::int64_t from) {
    return inner_->whitenedWithProducts(rows, t, v.narrow(1, from, rows.size(0)), parts.emplace_back());
  });
  products = at::cat(parts, 1);
  return F;
}

}  // namespace inflaton
