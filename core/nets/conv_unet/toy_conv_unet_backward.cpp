// ToyConvUNetRows: the gradient of a slice of rows.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "core/nets/conv_unet/toy_conv_unet_space.h"

namespace inflaton {

using unet::multiply;
using unet::transform;

void ToyConvUNetRows::backward(const at::Tensor& weights, const Prepared& prepared, const Embeddings& embeddings, const at::Tensor& dF,
                               Space& space, const at::Tensor& gradient, bool fresh) const {
  const std::int64_t rows = dF.size(0), width = parts_.blocks[0].out;
  auto dDense = at::zeros_like(embeddings.dense.value), dConv = at::zeros_like(embeddings.conv.value);
  // A layer z = x weight^T + bias: adds to its gradient.
  const auto record = [&](const Affine& a, const at::Tensor& dz, const at::Tensor& x) {
    part(gradient, a.weight).addmm_(dz.t(), x);
    part(gradient, a.bias).add_(dz.sum(0));
  };
  /// From dz of layer k to the gradient of its input.
  const auto dense = [&](std::size_t k, const at::Tensor& dz) {
    record(parts_.dense[k], dz, space.inputs[k]);
    if (k < 7) {
      record(parts_.denseTime[k], dz, embeddings.dense.value);
      dDense.addmm_(dz, part(weights, parts_.denseTime[k].weight));
    }
    return at::mm(dz, part(weights, parts_.dense[k].weight));
  };
  auto d = dense(7, dF);
  d = dense(6, d.mul_(space.slopes[6]));
  d = dense(5, d.mul_(space.slopes[5]));
  d = dense(4, d);

  const auto unfinish = [&](std::size_t b, float* dout, float* dgamma, float* dbeta, at::Tensor& dadd) {
    const auto norm = this->norm(b);
    const std::int64_t values = norm.positions * norm.channels;
    const auto& own = space.blocks[b];
    dadd = at::empty({rows, norm.channels}, dF.options());
    const float* gamma = b == kLast ? prepared.lastNorm.data_ptr<float>() : pointer(weights, parts_.blocks[b].norm.weight);
    for (std::int64_t r = 0; r < rows; ++r)
      unet::normalizeBackward(norm, dout + r * values, own.slope + r * values, own.z + r * values, own.spread + r * norm.groups, gamma,
                              dgamma, dbeta, dadd.data_ptr<float>() + r * norm.channels, space.scratch);
  };
  std::array<at::Tensor, kBlocks> dadds;

  // The last block.
  auto& first = space.blocks[0];
  auto& beforeLast = space.blocks[kLast - 1];
  auto dNorm = at::zeros({2, 64}, dF.options());
  unfinish(kLast, d.data_ptr<float>(), dNorm.data_ptr<float>(), dNorm.data_ptr<float>() + 64, dadds[kLast]);
  dadds[kLast] = dadds[kLast].sum(1, true);
  part(gradient, parts_.blocks[kLast].norm.weight).add_(dNorm[0].sum());
  part(gradient, parts_.blocks[kLast].norm.bias).add_(dNorm[1].sum());
  for (std::int64_t r = 0; r < rows; ++r) unet::scatterTapsBackward(d.data_ptr<float>() + 64 * r, space.lastTaps + 49 * 16 * r);
  float* dKernel = pointer(gradient, parts_.blocks[kLast].conv.weight);  // [9, in]
  std::int64_t offset = 0;
  for (float* input : {beforeLast.out, first.out}) {
    multiply(9, width, rows * 49, {space.lastTaps, 1, 16}, {input, width, 32}, dKernel + offset, 2 * width, true);
    multiply(rows * 49, width, 9, {space.lastTaps, 16, 1}, {prepared.lastBack.data_ptr<float>() + offset, 2 * width, 32}, input, width,
             false);
    offset += width;
  }

  for (std::size_t b = kLast; b-- > 0;) {
    const auto& norm = parts_.blocks[b].norm;
    unfinish(b, space.blocks[b].out, pointer(gradient, norm.weight), pointer(gradient, norm.bias), dadds[b]);
    if (b > 0) convolveBackward(prepared, b, rows, space, fresh);
  }

  // The first block.
  multiply(9, width, rows * 49, {space.firstTaps, 1, 16}, {first.out, width, 32}, pointer(gradient, parts_.blocks[0].conv.weight), width,
           true);
  multiply(rows * 49, 16, width, {first.out, width, 1}, {prepared.firstBack.data_ptr<float>(), 16, 0}, space.firstTaps, 16, false);
  d = at::empty({rows, 64}, dF.options());
  for (std::int64_t r = 0; r < rows; ++r) unet::gatherTapsBackward(space.firstTaps + 49 * 16 * r, d.data_ptr<float>() + 64 * r);
  for (std::size_t k = 4; k-- > 0;) d = dense(k, d.mul_(space.slopes[k]));

  // The embeddings.
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const auto& block = parts_.blocks[b];
    record(block.dense, dadds[b], embeddings.conv.value);
    part(gradient, block.conv.bias).add_(dadds[b].sum(0));
    dConv.addmm_(dadds[b], part(weights, block.dense.weight));
  }
  record(parts_.convMap, dConv.mul_(embeddings.conv.slope), embeddings.conv.features);
  record(parts_.fcMap, dDense.mul_(embeddings.dense.slope), embeddings.dense.features);
}

void ToyConvUNetRows::convolveBackward(const Prepared& prepared, std::size_t block, std::int64_t rows, Space& space, bool fresh) const {
  const auto& c = convs_[block - 1];
  const auto& axis = c.axis;
  auto& own = space.blocks[block];
  const float* matrices = prepared.backward.data_ptr<float>() + c.offset;
  for (std::int64_t r = 0; r < rows; ++r)
    transform(c.fromTransposed.data(), axis.products, axis.out, own.out + r * positions(block) * c.out, c.out,
              space.products + r * c.outStride(), c.out, c.out, false);
  for (std::int64_t p = 0; p < c.count(); ++p) {
    const float* d = space.products + p * c.out;
    float* input = own.inputs + p * c.in;
    const std::int64_t each = c.in * c.out;
    multiply(c.in, c.out, rows, {input, 1, c.inStride()}, {d, c.outStride(), 32}, space.sums + c.offset + p * each, c.out, !fresh);
    multiply(rows, c.in, c.out, {d, c.outStride(), 1}, {matrices + p * each, 32, 32 * c.out}, input, c.inStride(), false);  // in its place
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* d = own.inputs + r * c.inStride();
    for (const std::size_t to : {c.source, c.skip}) {
      const std::int64_t channels = parts_.blocks[to].out, values = positions(to) * channels;
      // Skips came first on the way back: what goes down the main path is added to them.
      const bool add = !parts_.blocks[block].up && to < 3;
      transform(c.toTransposed.data(), axis.in, axis.products, d, c.in, space.blocks[to].out + r * values, channels, channels, add);
      d += channels;
      if (c.skip == c.source) break;
    }
  }
}

void ToyConvUNetRows::finishGradient(const Space& space, const at::Tensor& gradient) const {
  for (std::size_t b = 1; b < kLast; ++b) {
    const auto& c = convs_[b - 1];
    const std::int64_t each = c.in * c.out;
    transform(c.kernelTransposed.data(), 3, c.axis.products, space.sums + c.offset, each, pointer(gradient, parts_.blocks[b].conv.weight),
              each, each, false);
  }
}

}  // namespace inflaton
