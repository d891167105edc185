// ToyConvUNetRows: a slice of rows through the network.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include "core/nets/conv_unet/toy_conv_unet_space.h"
#include "core/nets/mlp_kernels.h"

namespace inflaton {

using unet::multiply;
using unet::transform;

at::Tensor ToyConvUNetRows::forward(const at::Tensor& weights, const Prepared& prepared, const at::Tensor& y, const Embeddings& embeddings,
                                    Space& space) const {
  const std::int64_t rows = y.size(0);
  const auto dense = [&](std::size_t k, const at::Tensor& x, bool silu) {
    space.inputs[k] = x;
    const auto time = affine(weights, parts_.denseTime[k], embeddings.dense.value);
    auto z = affine(weights, parts_.dense[k], x).add_(time);
    if (silu) activate(z, space.training ? &space.slopes[k] : nullptr);
    return z;
  };
  auto picture = y;
  for (std::size_t k = 0; k < 4; ++k) picture = dense(k, picture, true);

  auto& first = space.blocks[0];
  const std::int64_t width = parts_.blocks[0].out;
  for (std::int64_t r = 0; r < rows; ++r) unet::gatherTaps(picture.data_ptr<float>() + 64 * r, space.firstTaps + 49 * 16 * r);
  multiply(rows * 49, width, 9, {space.firstTaps, 16, 1}, {prepared.first.data_ptr<float>(), width, 32}, first.z, width, false);
  for (std::int64_t r = 0; r < rows; ++r) finishBlock(weights, prepared, 0, r, embeddings, space);

  for (std::size_t b = 1; b < kLast; ++b) {
    convolve(prepared, b, rows, space);
    for (std::int64_t r = 0; r < rows; ++r) finishBlock(weights, prepared, b, r, embeddings, space);
  }

  // Going to one channel, channels are summed before resampling, not after.
  auto& last = space.blocks[kLast];
  const float* kernel = prepared.last.data_ptr<float>();
  multiply(rows * 49, 16, width, {space.blocks[kLast - 1].out, width, 1}, {kernel, 16, 0}, space.lastTaps, 16, false);
  multiply(rows * 49, 16, width, {first.out, width, 1}, {kernel + 16 * width, 16, 0}, space.lastTaps, 16, true);
  for (std::int64_t r = 0; r < rows; ++r) {
    unet::scatterTaps(space.lastTaps + 49 * 16 * r, last.z + 64 * r);
    finishBlock(weights, prepared, kLast, r, embeddings, space);
  }

  auto h = at::from_blob(last.out, {rows, 64}, y.options());
  h = dense(4, h, false);
  h = dense(5, h, true);
  h = dense(6, h, true);
  space.inputs[7] = h;
  return affine(weights, parts_.dense[7], h);
}

void ToyConvUNetRows::convolve(const Prepared& prepared, std::size_t block, std::int64_t rows, Space& space) const {
  const auto& c = convs_[block - 1];
  const auto& axis = c.axis;
  auto& own = space.blocks[block];
  const float* matrices = prepared.forward.data_ptr<float>() + c.offset;
  for (std::int64_t r = 0; r < rows; ++r) {
    float* to = own.inputs + r * c.inStride();
    for (const std::size_t from : {c.source, c.skip}) {
      const std::int64_t channels = parts_.blocks[from].out, values = positions(from) * channels;
      transform(axis.toProducts.data(), axis.products, axis.in, space.blocks[from].out + r * values, channels, to, c.in, channels, false);
      to += channels;
      if (c.skip == c.source) break;
    }
  }
  for (std::int64_t p = 0; p < c.count(); ++p)
    multiply(rows, c.out, c.in, {own.inputs + p * c.in, c.inStride(), 1}, {matrices + p * c.in * c.out, 32, 32 * c.in},
             space.products + p * c.out, c.outStride(), false);
  for (std::int64_t r = 0; r < rows; ++r)
    transform(axis.fromProducts.data(), axis.out, axis.products, space.products + r * c.outStride(), c.out,
              own.z + r * positions(block) * c.out, c.out, c.out, false);
}

void ToyConvUNetRows::finishBlock(const at::Tensor& weights, const Prepared& prepared, std::size_t block, std::int64_t row,
                                  const Embeddings& embeddings, Space& space) const {
  const auto norm = this->norm(block);
  const std::int64_t values = norm.positions * norm.channels;
  auto& own = space.blocks[block];
  const auto& adds = embeddings.adds[block];
  const float* add = adds.data_ptr<float>() + (adds.size(0) == 1 ? 0 : row * norm.channels);
  const float* gamma = block == kLast ? prepared.lastNorm.data_ptr<float>() : pointer(weights, parts_.blocks[block].norm.weight);
  const float* beta = block == kLast ? gamma + 64 : pointer(weights, parts_.blocks[block].norm.bias);
  float* out = own.out + row * values;
  unet::normalize(norm, own.z + row * values, add, gamma, beta, out, own.spread + row * norm.groups, space.scratch);
  if (space.training)
    siluInPlace(out, own.slope + row * values, values);
  else
    siluInPlace(out, values);
}

}  // namespace inflaton
