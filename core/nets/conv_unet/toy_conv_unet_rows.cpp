#include "core/nets/conv_unet/toy_conv_unet_rows.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>

#include "core/machine/slices.h"
#include "core/nets/conv_unet/toy_conv_unet_space.h"
#include "core/nets/mlp_kernels.h"

namespace inflaton {
namespace {

// Pictures are 8x8, 7x7, 6x6, 5x5, 2x2 on the way down and 5x5, ... 8x8 up again.
constexpr int kSide[] = {7, 6, 5, 2, 5, 6, 7, 8};
// Which blocks' outputs a block takes.
constexpr std::size_t kSource[] = {0, 0, 1, 2, 3, 4, 5, 6}, kSkip[] = {0, 0, 1, 2, 3, 2, 1, 0};
constexpr std::int64_t kMostGroups = 16;

/// Lends a spare for a scope.
template <class T, class Make>
class Loan {
 public:
  Loan(Spares<T>& spares, const Make& make) : spares_(spares), held_(spares.take(make)) {}
  ~Loan() { spares_.giveBack(std::move(held_)); }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  T& operator*() { return *held_; }

 private:
  Spares<T>& spares_;
  std::unique_ptr<T> held_;
};

}  // namespace

ToyConvUNetRows::ToyConvUNetRows(const ToyConvUNetSettings& settings, const ToyConvUNetParts& parts, const std::vector<WeightInfo>& layout)
    : settings_(settings), parts_(parts), layout_(layout) {
  for (const auto& w : layout_) size_ += w.count();
  for (std::size_t b = 1; b < kLast; ++b) {
    const auto& block = parts_.blocks[b];
    const ConvAxis axis(kSide[b - 1], block.up, static_cast<int>(block.stride));
    convs_.push_back({axis, block.in, block.out, kSource[b], kSkip[b], transposed(axis.toProducts, axis.products, axis.in),
                      transposed(axis.kernel, axis.products, 3), transposed(axis.fromProducts, axis.out, axis.products), matrices_});
    matrices_ += convs_.back().count() * block.in * block.out;
  }
}

ToyConvUNetRows::~ToyConvUNetRows() = default;

at::Tensor ToyConvUNetRows::part(const at::Tensor& flat, int index) const {
  const auto& w = layout_[static_cast<std::size_t>(index)];
  return flat.narrow(0, w.offset, w.count()).view(w.shape);
}

float* ToyConvUNetRows::pointer(const at::Tensor& flat, int index) const {
  return flat.data_ptr<float>() + layout_[static_cast<std::size_t>(index)].offset;
}

std::int64_t ToyConvUNetRows::positions(std::size_t block) const { return kSide[block] * kSide[block]; }

unet::RowNorm ToyConvUNetRows::norm(std::size_t block) const {
  if (block == kLast) return {1, 64, 1};
  return {positions(block), parts_.blocks[block].out, parts_.blocks[block].groups};
}

void ToyConvUNetRows::prepare(const at::Tensor& weights, Prepared& p) const {
  const auto kernel = [&](std::size_t b) { return part(weights, parts_.blocks[b].conv.weight); };  // [out, in, 3, 3]
  if (!p.forward.defined()) {
    p.forward = at::empty({matrices_}, at::kFloat);
    if (p.training) p.backward = at::empty({matrices_}, at::kFloat);
  }
  const auto first = kernel(0).flatten(1), last = kernel(kLast).flatten(2).squeeze(0);  // [out, 9], [in, 9]
  p.first = first.t().contiguous();
  p.last = at::constant_pad_nd(last, {0, 7});
  p.firstBack = at::constant_pad_nd(first, {0, 7});
  p.lastBack = last.t().contiguous();
  p.lastNorm = at::stack({part(weights, parts_.blocks[kLast].norm.weight), part(weights, parts_.blocks[kLast].norm.bias)})
                   .expand({2, 64})
                   .contiguous();
  // A task: 32 columns of all matrices of one block, one way.
  struct Task {
    const Conv* conv;
    bool back;
    std::int64_t panel;
  };
  std::vector<Task> tasks;
  for (const auto& c : convs_)
    for (const bool back : {false, true})
      for (std::int64_t panel = 0; panel < (back ? c.in : c.out) / 32; ++panel)
        if (p.training || !back) tasks.push_back({&c, back, panel});
  forSlices(static_cast<std::int64_t>(tasks.size()), [&](std::int64_t i) {
    const auto [c, back, panel] = tasks[static_cast<std::size_t>(i)];
    const std::int64_t rows = back ? c->out : c->in, each = c->in * c->out;
    const auto w = kernel(static_cast<std::size_t>(c - convs_.data()) + 1);
    const auto columns = w.narrow(back ? 1 : 0, 32 * panel, 32);
    const auto taps = (back ? columns.permute({2, 3, 0, 1}) : columns.permute({2, 3, 1, 0})).contiguous();  // [3, 3, rows, 32]
    float* to = (back ? p.backward : p.forward).data_ptr<float>() + c->offset + panel * rows * 32;
    unet::transform(c->axis.kernel.data(), c->axis.products, 3, taps.data_ptr<float>(), rows * 32, to, each, rows * 32, false);
  });
}

ToyConvUNetRows::Embedding ToyConvUNetRows::embed(const at::Tensor& weights, const at::Tensor& t, int frequencies, const Affine& map,
                                                  bool training) const {
  Embedding e;
  e.features = fourierFeatures(settings_.noise_scale * t + settings_.noise_offset, part(weights, frequencies));
  e.value = affine(weights, map, e.features);
  activate(e.value, training ? &e.slope : nullptr);
  return e;
}

ToyConvUNetRows::Embeddings ToyConvUNetRows::embed(const at::Tensor& weights, const at::Tensor& t, bool training) const {
  Embeddings e{embed(weights, t, parts_.fcFrequencies, parts_.fcMap, training),
               embed(weights, t, parts_.convFrequencies, parts_.convMap, training),
               {}};
  for (std::size_t b = 0; b < kBlocks; ++b) {
    e.adds[b] = affine(weights, parts_.blocks[b].dense, e.conv.value).add_(part(weights, parts_.blocks[b].conv.bias));
    if (b == kLast) e.adds[b] = e.adds[b].expand({-1, 64}).contiguous();
  }
  return e;
}

at::Tensor ToyConvUNetRows::affine(const at::Tensor& weights, const Affine& a, const at::Tensor& x) const {
  return at::addmm(part(weights, a.bias), x, part(weights, a.weight).t());
}

void ToyConvUNetRows::activate(at::Tensor& z, at::Tensor* slope) {
  if (!slope) return siluInPlace(z.data_ptr<float>(), z.numel());
  *slope = at::empty_like(z);
  siluInPlace(z.data_ptr<float>(), slope->data_ptr<float>(), z.numel());
}

at::Tensor ToyConvUNetRows::apply(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const {
  const at::NoGradGuard off;
  const std::int64_t n = y.size(0), rows = Space::rowsFor(false);
  const auto x = y.contiguous();
  Loan prepared(prepared_, [] { return std::make_unique<Prepared>(false); });
  prepare(weights, *prepared);
  Embeddings common;
  if (t.size(0) == 1) common = embed(weights, t, false);
  auto out = at::empty({n, settings_.dim}, y.options());
  forSlices((n + rows - 1) / rows, [&](std::int64_t i) {
    const std::int64_t from = i * rows, to = std::min(n, from + rows);
    Loan space(inferring_, [&] { return std::make_unique<Space>(*this, false); });
    const auto own = t.size(0) == 1 ? Embeddings{} : embed(weights, t.slice(0, from, to), false);
    out.slice(0, from, to).copy_(forward(weights, *prepared, x.slice(0, from, to), t.size(0) == 1 ? common : own, *space));
  });
  return out;
}

double ToyConvUNetRows::lossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                                        at::Tensor& gradient) const {
  const at::NoGradGuard off;
  const std::int64_t n = y.size(0), rows = Space::rowsFor(true);
  const auto x = y.contiguous(), times = t.expand({n});
  Loan prepared(preparedBoth_, [] { return std::make_unique<Prepared>(true); });
  prepare(weights, *prepared);
  // Groups of slices, one thread each, and their number depends on n alone: so do the bytes of the sum.
  const std::int64_t slices = (n + rows - 1) / rows, slicesEach = (slices + kMostGroups - 1) / kMostGroups;
  const std::int64_t groups = slices == 0 ? 0 : (slices + slicesEach - 1) / slicesEach;
  auto& gradients = (*prepared).gradients;
  if (!gradients.defined() || gradients.size(0) != groups) gradients = at::empty({groups, size_}, at::kFloat);
  std::vector<double> losses(static_cast<std::size_t>(groups));
  const double scale = 1.0 / static_cast<double>(n);
  forSlices(groups, [&](std::int64_t g) {
    Loan space(training_, [&] { return std::make_unique<Space>(*this, true); });
    const auto sum = gradients[g].zero_();
    const std::int64_t start = g * slicesEach * rows, end = std::min(n, start + slicesEach * rows);
    for (std::int64_t from = start; from < end; from += rows) {
      const std::int64_t to = std::min(end, from + rows);
      const auto points = x.slice(0, from, to);
      const auto embeddings = embed(weights, times.slice(0, from, to), true);
      const auto residual = forward(weights, *prepared, points, embeddings, *space).sub_(target.slice(0, from, to));
      losses[static_cast<std::size_t>(g)] += residual.square().sum().item<double>();
      backward(weights, *prepared, embeddings, residual.mul_(2 * scale), *space, sum, from == start);
    }
    finishGradient(*space, sum);
  });
  at::sum_out(gradient, gradients, at::IntArrayRef{0});
  forSlices(static_cast<std::int64_t>(kBlocks), [&](std::int64_t b) {  // [3, 3, in, out] to [out, in, 3, 3]
    auto kernel = part(gradient, parts_.blocks[static_cast<std::size_t>(b)].conv.weight);
    kernel.copy_(kernel.view({3, 3, kernel.size(1), kernel.size(0)}).permute({3, 2, 0, 1}).contiguous());
  });
  double loss = 0;
  for (const double l : losses) loss += l;
  return scale * loss;
}

}  // namespace inflaton
