#include "core/nets/network.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/autograd.h>

namespace inflaton {

std::int64_t WeightInfo::count() const {
  std::int64_t n = 1;
  for (const auto s : shape) n *= s;
  return n;
}

double Network::lossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                                at::Tensor& gradient, std::uint64_t) const {
  const at::AutoGradMode recording(true);
  const auto leaf = weights.detach().requires_grad_(true);
  const auto loss = (apply(leaf, y, t) - target).square().sum() / static_cast<double>(y.size(0));
  gradient.copy_(torch::autograd::grad({loss}, {leaf})[0]);
  return loss.item<double>();
}

int Network::addWeight(std::string name, std::vector<std::int64_t> shape) {
  layout_.push_back({std::move(name), std::move(shape), size_});
  size_ += layout_.back().count();
  return static_cast<int>(layout_.size()) - 1;
}

at::Tensor Network::part(const at::Tensor& flat, int index) const {
  const auto& w = layout_[static_cast<std::size_t>(index)];
  return flat.narrow(0, w.offset, w.count()).view(w.shape);
}

std::vector<at::Tensor> Network::parts(const at::Tensor& flat) const {
  std::vector<std::int64_t> counts;
  for (const auto& w : layout_) counts.push_back(w.count());
  auto all = at::split_with_sizes(flat, counts);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i].view(layout_[i].shape);
  return all;
}

}  // namespace inflaton
