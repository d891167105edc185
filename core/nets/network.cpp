#include "core/nets/network.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/split_with_sizes.h>
#include <ATen/ops/zeros.h>
#include <torch/autograd.h>

#include "core/api/error.h"

namespace inflaton {

std::int64_t WeightInfo::count() const {
  std::int64_t n = 1;
  for (const auto s : shape) n *= s;
  return n;
}

Conditioning Conditioning::rows(std::int64_t from, std::int64_t to) const {
  const auto cut = [&](const at::Tensor& v) { return v.defined() ? v.slice(0, from, to) : v; };
  return {t.size(0) == 1 ? t : t.slice(0, from, to), cut(classes), cut(augment)};
}

void Network::refuseLabels(const Conditioning& c, const char* name) {
  for (const auto& [labels, of] : {std::pair{&c.classes, "classes"}, {&c.augment, "an augmentation"}})
    if (labels->defined()) throw Error(ErrorCode::usage, std::string("the network ") + name + " takes no labels of " + of);
}

at::Tensor Network::initialBuffers() const { return at::zeros({bufferSize_}, at::kFloat); }

at::Tensor Network::applyInTraining(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, std::uint64_t) const {
  return apply(net, y, c);
}

at::Tensor Network::applyWithGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const Cotangent& cotangent,
                                      at::Tensor& gradient, std::uint64_t dropoutSeed) const {
  const at::AutoGradMode recording(true);
  const auto leaf = net.weights.detach().requires_grad_(true);
  const auto out = applyInTraining({leaf, net.buffers}, y, c, dropoutSeed);
  const auto result = out.detach();
  gradient.copy_(torch::autograd::grad({out}, {leaf}, {cotangent(result)})[0]);
  return result;
}

double Network::lossAndGradient(const NetworkTensors& net, const at::Tensor& y, const Conditioning& c, const at::Tensor& target,
                                at::Tensor& gradient, std::uint64_t dropoutSeed) const {
  const auto n = static_cast<double>(y.size(0));
  double loss = 0;
  const auto squares = [&](const at::Tensor& output) {
    const at::NoGradGuard off;
    const auto residual = output - target;
    loss = (residual.square().sum() / n).item<double>();
    return residual * (2 / n);
  };
  applyWithGradient(net, y, c, squares, gradient, dropoutSeed);
  return loss;
}

int Network::addWeight(std::string name, std::vector<std::int64_t> shape) {
  layout_.push_back({std::move(name), std::move(shape), size_});
  size_ += layout_.back().count();
  return static_cast<int>(layout_.size()) - 1;
}

int Network::addBuffer(std::string name, std::vector<std::int64_t> shape) {
  bufferLayout_.push_back({std::move(name), std::move(shape), bufferSize_});
  bufferSize_ += bufferLayout_.back().count();
  return static_cast<int>(bufferLayout_.size()) - 1;
}

at::Tensor Network::part(const at::Tensor& flat, int index) const {
  const auto& w = layout_[static_cast<std::size_t>(index)];
  return flat.narrow(0, w.offset, w.count()).view(w.shape);
}

at::Tensor Network::bufferPart(const at::Tensor& flat, int index) const {
  const auto& b = bufferLayout_[static_cast<std::size_t>(index)];
  return flat.narrow(0, b.offset, b.count()).view(b.shape);
}

std::vector<at::Tensor> Network::parts(const at::Tensor& flat) const {
  std::vector<std::int64_t> counts;
  for (const auto& w : layout_) counts.push_back(w.count());
  auto all = at::split_with_sizes(flat, counts);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i].view(layout_[i].shape);
  return all;
}

}  // namespace inflaton
