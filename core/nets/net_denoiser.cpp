#include "core/nets/net_denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/sqrt.h>

namespace inflaton {

NetDenoiser::NetDenoiser(Schedule schedule, Eigenbasis basis, std::shared_ptr<const Network> network, NetworkTensors tensors,
                         const std::string& precond, const std::string& space)
    : Denoiser(std::move(schedule), std::move(basis)),
      coordinates_(precond, space, this->schedule(), this->basis()),
      network_(std::move(network)),
      tensors_(std::move(tensors)) {
  if (network_->dim() != this->basis().dim || this->schedule().dim() != this->basis().dim)
    throw Error(ErrorCode::usage, "the network has " + std::to_string(network_->dim()) + " dimensions, the schedule " +
                                      std::to_string(this->schedule().dim()) + " and the eigenbasis " + std::to_string(this->basis().dim));
  const auto require = [](std::int64_t have, std::int64_t need, const char* what) {
    if (have != need)
      throw Error(ErrorCode::usage, "there are " + std::to_string(have) + " " + what + "; the network has " + std::to_string(need));
  };
  require(weights().numel(), network_->size(), "weights");
  require(tensors_.buffers.defined() ? tensors_.buffers.numel() : 0, network_->bufferSize(), "numbers in buffers");
}

NetCoordinates::Terms NetDenoiser::termsAt(double t, const at::Tensor& y) const {
  return terms_(Moment(t, y), [&] { return coordinates_.terms(at::full({1}, t, at::kDouble), y); });
}

at::Tensor NetDenoiser::evaluate(const at::Tensor& y, const at::Tensor& t, const NetCoordinates::Terms& terms) const {
  // Networks compute in float32 on their own device.
  const auto seen = coordinates_.input(y, terms).to(weights().options()).contiguous();
  return coordinates_.whitened(y, network_->apply(tensors_, seen, t.to(weights().options())).to(y.options()), terms);
}

at::Tensor NetDenoiser::whitened(const at::Tensor& y, double t) const {
  const at::NoGradGuard off;
  return evaluate(y, at::full({1}, t, at::kDouble), termsAt(t, y));
}

at::Tensor NetDenoiser::denoise(const at::Tensor& x, double t) const {
  const at::NoGradGuard off;
  const auto c = coefficients(t, x);
  return c.cSkip * x + c.cOut * whitened(x * c.cIn, t);
}

at::Tensor NetDenoiser::denoiseEach(const at::Tensor& x, const at::Tensor& t, at::Tensor* weight) const {
  const at::NoGradGuard off;
  const auto exact = x.to(at::kDouble);
  const auto xi = rowsLike(exact, {basis().eigenvalues})[0];
  const auto gamma = kernelVariance(schedule(), t.to(exact.device()));
  const auto total = xi + gamma;
  const auto cOut = at::sqrt(xi * gamma / total);
  if (weight) *weight = (1 / cOut).to(x.options());
  const auto y = exact / at::sqrt(total);
  const auto F = evaluate(y, t, coordinates_.terms(t, y));
  return (xi / total * exact + cOut * F).to(x.options());
}

}  // namespace inflaton
