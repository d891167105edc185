#pragma once
// ToyConvUNet on the processor: rows go through in slices, one thread each; activations lie channels last, and every convolution with its
// resampling is a handful of matrix products between small fixed transforms (toy_conv_unet_axis.h). The gradient is written out by hand.
#include <ATen/core/Tensor.h>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "core/nets/conv_unet/toy_conv_unet.h"
#include "core/nets/conv_unet/toy_conv_unet_axis.h"
#include "core/nets/conv_unet/toy_conv_unet_kernels.h"

namespace inflaton {

/// Large buffers are kept between calls: fresh memory costs as much as filling it twice.
template <class T>
class Spares {
 public:
  template <class Make>
  std::unique_ptr<T> take(const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto t = std::move(idle_.back());
        idle_.pop_back();
        return t;
      }
    }
    return make();
  }
  void giveBack(std::unique_ptr<T> t) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(t));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

class ToyConvUNetRows {
 public:
  ToyConvUNetRows(const ToyConvUNetSettings&, const ToyConvUNetParts&, const std::vector<WeightInfo>& layout);
  ~ToyConvUNetRows();

  at::Tensor apply(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const;
  double lossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                         at::Tensor& gradient) const;

 private:
  using Affine = ToyConvUNetParts::Affine;
  static constexpr std::size_t kBlocks = 8, kLast = 7;

  /// A block between the first and the last.
  struct Conv {
    ConvAxis axis;
    std::int64_t in, out;      ///< channels
    std::size_t source, skip;  ///< blocks whose outputs it takes; skip = source: only one
    std::vector<float> toTransposed, kernelTransposed, fromTransposed;
    std::int64_t offset;  ///< of its matrices among those of all blocks
    std::int64_t count() const { return std::int64_t{axis.products} * axis.products; }
    std::int64_t inStride() const { return count() * in + 16; }  ///< from row to row; not a power of two, which caches bear ill
    std::int64_t outStride() const { return count() * out + 16; }
  };
  /// Weights as the kernels want them, from one flat tensor.
  struct Prepared {
    explicit Prepared(bool forTraining) : training(forTraining) {}
    bool training;
    at::Tensor forward, backward;    ///< per block and product: panels [in, 32] over out, panels [out, 32] over in
    at::Tensor first, last;          ///< [9, out], [in, 16]
    at::Tensor firstBack, lastBack;  ///< [out, 16], [9, in]
    at::Tensor gradients;            ///< [groups, weights], memory only
    at::Tensor lastNorm;             ///< [2, 64]: the last block's norm is over one channel's 64 positions, done as 64 channels of one
  };
  struct Space;  // a slice's activations

  struct Embedding {
    at::Tensor features, value, slope;
  };
  struct Embeddings {
    Embedding dense, conv;
    std::array<at::Tensor, kBlocks> adds;  ///< what each block adds to its channels
  };

  at::Tensor part(const at::Tensor& flat, int index) const;
  float* pointer(const at::Tensor& flat, int index) const;
  at::Tensor affine(const at::Tensor& weights, const Affine&, const at::Tensor& x) const;
  void prepare(const at::Tensor& weights, Prepared&) const;
  /// SiLU in place; its slope into `slope` when not null.
  static void activate(at::Tensor& z, at::Tensor* slope);
  Embedding embed(const at::Tensor& weights, const at::Tensor& t, int frequencies, const Affine& map, bool training) const;
  Embeddings embed(const at::Tensor& weights, const at::Tensor& t, bool training) const;
  unet::RowNorm norm(std::size_t block) const;
  std::int64_t positions(std::size_t block) const;

  /// F of a slice; `space` keeps what backward needs when it was made for training.
  at::Tensor forward(const at::Tensor& weights, const Prepared&, const at::Tensor& y, const Embeddings&, Space&) const;
  void convolve(const Prepared&, std::size_t block, std::int64_t rows, Space&) const;
  void finishBlock(const at::Tensor& weights, const Prepared&, std::size_t block, std::int64_t row, const Embeddings&, Space&) const;
  /// Adds the gradient of a slice to `gradient`, whose convolution kernels are [3, 3, in, out], and to the sums of products in `space`.
  /// (which are written anew when `fresh`).
  void backward(const at::Tensor& weights, const Prepared&, const Embeddings&, const at::Tensor& dF, Space&, const at::Tensor& gradient,
                bool fresh) const;
  void convolveBackward(const Prepared&, std::size_t block, std::int64_t rows, Space&, bool fresh) const;
  void finishGradient(const Space&, const at::Tensor& gradient) const;

  ToyConvUNetSettings settings_;
  ToyConvUNetParts parts_;
  std::vector<WeightInfo> layout_;
  std::int64_t size_ = 0, matrices_ = 0;
  std::vector<Conv> convs_;  ///< of blocks 1 to 6
  mutable Spares<Space> inferring_, training_;
  mutable Spares<Prepared> prepared_, preparedBoth_;
};

}  // namespace inflaton
