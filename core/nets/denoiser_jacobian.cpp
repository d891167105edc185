// dF/dy of every kind of denoiser: by autograd, from the posterior covariance, or from the network's own Jacobian.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/autograd.h>

#include <algorithm>

#include "core/api/stop_scope.h"
#include "core/denoise/exact_denoiser.h"
#include "core/denoise/exact_moments.h"
#include "core/nets/net_denoiser.h"

namespace inflaton {
namespace {

constexpr std::int64_t kKernelsAtOnce = std::int64_t{1} << 22;  // between two looks at the stop token: some 10 ms

/// Posterior moments by plain tensor operations, for devices other than the processor.
void plainMoments(const at::Tensor& x, const at::Tensor& references, const at::Tensor& root, at::Tensor& mean, at::Tensor& covariance) {
  const auto distance = at::cdist(x * root, references * root, 2.0, 2).square();
  const auto weight = at::softmax(-0.5 * distance, 1);
  mean = weight.matmul(references);
  const auto centred = references.unsqueeze(0) - mean.unsqueeze(1);
  covariance = at::matmul((centred * weight.unsqueeze(2)).transpose(1, 2), centred);
}

/// What surrounds a network at one time is affine, so its matrices [D, D] can be read off: dF/dy = past + after (d out / d in) before.
struct Around {
  at::Tensor before, past, after;
  Around(const NetCoordinates& c, const NetCoordinates::Terms& terms, const at::Tensor& like) {
    const auto D = like.size(1);
    const auto none = at::zeros({1, D}, like.options()), each = at::eye(D, like.options()), zeros = at::zeros({D, D}, like.options());
    const auto origin = c.whitened(none, none, terms);
    before = (c.input(each, terms) - c.input(none, terms)).t();
    past = (c.whitened(each, zeros, terms) - origin).t();
    after = (c.whitened(zeros, each, terms) - origin).t();
  }
};

}  // namespace

at::Tensor Denoiser::whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const {
  const at::AutoGradMode recording(true);
  const auto input = y.detach().requires_grad_(true);
  const auto F = whitened(input, t);
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < F.size(1); ++i) {
    auto pick = at::zeros_like(F);
    pick.select(1, i).fill_(1);
    rows.push_back(torch::autograd::grad({F}, {input}, {pick}, /*retain_graph=*/true)[0]);
  }
  jacobian = at::stack(rows, 1);
  return F.detach();
}

at::Tensor Denoiser::whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const {
  at::Tensor jacobian;
  const auto F = whitenedWithJacobian(y, t, jacobian);
  products = at::matmul(v.unsqueeze(2), jacobian.unsqueeze(0)).squeeze(2);
  return F;
}

at::Tensor ExactDenoiser::whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const {
  const at::NoGradGuard off;
  const int D = basis().dim;
  std::vector<double> precision;
  for (int j = 0; j < D; ++j) precision.push_back(1 / schedule().gamma(j, std::max(t, schedule().firstTime())));
  const auto whole = y.to(at::kDouble).contiguous();
  const auto c = coefficients(t, whole);
  const auto x = (whole / c.cIn).contiguous();
  const auto references = byAxis_.to(x.options()).contiguous();
  const std::int64_t N = x.size(0), M = references.size(1);
  auto mean = at::empty_like(x), covariance = at::empty({N, D, D}, x.options());
  const bool here = x.is_cpu();
  const std::int64_t atOnce = std::max<std::int64_t>(1, kKernelsAtOnce / (M * (here ? 1 : D)));
  for (std::int64_t from = 0; from < N; from += atOnce) {
    if (poll_) poll_();
    StopScope::look();
    const std::int64_t to = std::min(N, from + atOnce);
    if (here) {
      exactPosteriorMoments(x.data_ptr<double>() + from * D, to - from, references.data_ptr<double>(), M, D, precision.data(),
                            mean.data_ptr<double>() + from * D, covariance.data_ptr<double>() + from * D * D);
      continue;
    }
    at::Tensor some, spread;
    plainMoments(x.slice(0, from, to), references.t(), rowsLike(x, {precision})[0].sqrt(), some, spread);
    mean.slice(0, from, to).copy_(some), covariance.slice(0, from, to).copy_(spread);
  }
  jacobian = ((covariance * rowsLike(x, {precision})[0] - at::diag(c.cSkip)) * c.weight.unsqueeze(1) / c.cIn).to(y.options());
  return ((mean - c.cSkip * x) * c.weight).to(y.options());
}

at::Tensor NetDenoiser::whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const {
  const at::NoGradGuard off;
  const auto time = at::full({1}, t, at::kDouble);
  const auto terms = termsAt(t, y);
  const auto seen = coordinates_.input(y, terms).to(weights().options()).contiguous();
  const auto out = network_->applyWithJacobian(tensors_, seen, time.to(weights().options()), jacobian).to(y.options());
  jacobian = jacobian.to(y.options());
  if (!coordinates_.identity()) {
    const Around a(coordinates_, terms, y);
    jacobian = a.past + at::matmul(a.after, at::matmul(jacobian, a.before));
  }
  return coordinates_.whitened(y, out, terms);
}

at::Tensor NetDenoiser::whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const {
  const at::NoGradGuard off;
  const auto time = at::full({1}, t, at::kDouble);
  const auto terms = termsAt(t, y);
  const auto seen = coordinates_.input(y, terms).to(weights().options()).contiguous();
  const Around a(coordinates_, terms, y);
  const auto cotangent = coordinates_.identity() ? v : at::matmul(v, a.after);
  const auto out =
      network_->applyWithProducts(tensors_, seen, time.to(weights().options()), cotangent.to(weights().options()).contiguous(), products)
          .to(y.options());
  products = products.to(y.options());
  if (!coordinates_.identity()) products = at::matmul(v, a.past) + at::matmul(products, a.before);
  return coordinates_.whitened(y, out, terms);
}

}  // namespace inflaton
