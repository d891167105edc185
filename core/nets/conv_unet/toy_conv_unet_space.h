#pragma once
// What a slice of rows needs in memory while it goes through ToyConvUNet.
#include <ATen/ops/empty.h>

#include <algorithm>

#include "core/nets/conv_unet/toy_conv_unet_rows.h"

namespace inflaton {

struct ToyConvUNetRows::Space {
  /// Rows of a slice: few keep its memory in the cache, many make good use of the weights that come through it.
  static constexpr std::int64_t rowsFor(bool training) { return training ? 128 : 64; }

  struct Block {
    float* inputs = nullptr;  ///< [rows, inStride]: transformed input of a convolution
    float* z = nullptr;       ///< [rows, positions, channels]: before the norm, then normalised
    float* out = nullptr;     ///< after SiLU; its gradient on the way back
    float* slope = nullptr;   ///< of SiLU
    float* spread = nullptr;  ///< [rows, groups]
  };
  std::array<Block, kBlocks> blocks;
  float* products = nullptr;                        ///< [rows, outStride]
  float *firstTaps = nullptr, *lastTaps = nullptr;  ///< [rows, 49, 16]
  float* scratch = nullptr;
  float* sums = nullptr;  ///< gradients of all blocks' matrices
  bool training;
  // Of the dense layers.
  std::array<at::Tensor, 8> inputs;
  std::array<at::Tensor, 8> slopes;

  Space(const ToyConvUNetRows& net, bool training_) : training(training_) {
    const std::int64_t rows = rowsFor(training);
    std::int64_t widest = 64, mostProducts = 0, mostInputs = 0;
    for (const auto& c : net.convs_) {
      mostProducts = std::max(mostProducts, c.outStride()), mostInputs = std::max(mostInputs, c.inStride());
      widest = std::max({widest, c.in, c.out});
    }
    float* const shared = training ? nullptr : take(rows * mostInputs);
    for (std::size_t b = 0; b < kBlocks; ++b) {
      const auto norm = net.norm(b);
      const std::int64_t values = rows * norm.positions * norm.channels;
      auto& block = blocks[b];
      if (b > 0 && b < kLast) block.inputs = training ? take(rows * net.convs_[b - 1].inStride()) : shared;
      block.out = take(values);
      block.z = training ? take(values) : block.out;
      block.slope = training ? take(values) : nullptr;
      block.spread = take(rows * norm.groups);
    }
    products = take(rows * mostProducts);
    firstTaps = take(rows * 49 * 16), lastTaps = take(rows * 49 * 16);
    scratch = take(4 * widest);
    if (training) sums = take(net.matrices_);
  }

 private:
  float* take(std::int64_t n) {
    memory_.push_back(at::empty({n}, at::kFloat));
    return memory_.back().data_ptr<float>();
  }
  std::vector<at::Tensor> memory_;
};

}  // namespace inflaton
