#pragma once
// A network's architecture: F(y, t) in whitened coordinates, as a function of its weights. Weights are one flat tensor,
// so that optimiser, averaging and files need to know nothing of layers; buffers, which training moves without a gradient, are another.
// New architectures derive from Network and join the table in core/nets/architectures.h.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace inflaton {

/// A named part of the flat weights, or of the flat buffers.
struct WeightInfo {
  std::string name;  ///< "model.block0.weight"
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< of its first value
  std::int64_t count() const;
};

/// The numbers that make an architecture a network: float32, on one device. A network without buffers is its weights alone.
struct NetworkTensors {
  at::Tensor weights;  ///< [size()], what is trained
  at::Tensor buffers;  ///< [bufferSize()], what training moves without a gradient: running statistics; undefined where there are none
  NetworkTensors() = default;
  NetworkTensors(at::Tensor w, at::Tensor b = {}) : weights(std::move(w)), buffers(std::move(b)) {}
};

/// What a network is told beside its input, row by row. An unconditional network is told the times alone.
struct Conditioning {
  at::Tensor t;        ///< times, float32 [N], or [1] for all rows
  at::Tensor classes;  ///< float32 [N, classes], one-hot or weights; undefined: no labels
  at::Tensor augment;  ///< float32 [N, labels] of the augmentation; undefined: not augmented
  Conditioning() = default;
  Conditioning(at::Tensor times, at::Tensor classLabels = {}, at::Tensor augmentLabels = {})
      : t(std::move(times)), classes(std::move(classLabels)), augment(std::move(augmentLabels)) {}
  /// Of rows [from, to).
  Conditioning rows(std::int64_t from, std::int64_t to) const;
};

class Network {
 public:
  virtual ~Network() = default;

  virtual int dim() const = 0;
  /// All that makeNetwork needs to build the same architecture again: "arch" and its settings.
  virtual nlohmann::json configuration() const = 0;
  const std::vector<WeightInfo>& layout() const { return layout_; }
  std::int64_t size() const { return size_; }  ///< number of weights
  const std::vector<WeightInfo>& bufferLayout() const { return bufferLayout_; }
  std::int64_t bufferSize() const { return bufferSize_; }

  /// Fresh float32 weights [size] on the CPU.
  virtual at::Tensor initialWeights(at::Generator) const = 0;
  /// Fresh float32 buffers [bufferSize] on the CPU. This version gives zeros.
  virtual at::Tensor initialBuffers() const;
  /// Output [N, D] for input points y [N, D] float32. Any device; the network's numbers and the conditioning on the same.
  /// What input and output mean is for NetCoordinates to say; in eigen-coordinates they are the whitened y and F.
  /// Throws Error(usage) for labels that the architecture has no use for.
  virtual at::Tensor apply(const NetworkTensors&, const at::Tensor& y, const Conditioning&) const = 0;

  // Training. dropoutSeed draws what is dropped, where an architecture has dropout; 0: nothing is. Buffers move in place.
  /// What a loss wants of an output [N, D]: its gradient with respect to that output, of the same shape.
  using Cotangent = std::function<at::Tensor(const at::Tensor& output)>;
  /// The output for a batch, whatever the loss: the gradient of sum(cotangent(output) output) with respect to the weights, the
  /// cotangent held fast, is written into `gradient` [size]. This version leaves it to autograd.
  virtual at::Tensor applyWithGradient(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const Cotangent&,
                                       at::Tensor& gradient, std::uint64_t dropoutSeed = 0) const;
  /// The loss of denoising, in one go where an architecture can be faster so: mean over rows of sum over axes of (F - target)^2
  /// (specification 1.2), its gradient written into `gradient` [size].
  virtual double lossAndGradient(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const at::Tensor& target,
                                 at::Tensor& gradient, std::uint64_t dropoutSeed = 0) const;

  // Derivatives with respect to y, exact. These versions leave them to autograd, which apply() must then let see through.
  /// apply(), and `jacobian` [N, D, D]: entry (n, i, j) is d out_i / d y_j at point n.
  virtual at::Tensor applyWithJacobian(const NetworkTensors&, const at::Tensor& y, const Conditioning&, at::Tensor& jacobian) const;
  /// apply(), and `products` [P, N, D]: for each v [P, N, D] the row v^T d out / d y. One backward pass each, whatever D.
  virtual at::Tensor applyWithProducts(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const at::Tensor& v,
                                       at::Tensor& products) const;

 protected:
  int addWeight(std::string name, std::vector<std::int64_t> shape);  ///< returns its index in the layout
  int addBuffer(std::string name, std::vector<std::int64_t> shape);  ///< returns its index in bufferLayout()
  at::Tensor part(const at::Tensor& flat, int index) const;          ///< a view
  at::Tensor bufferPart(const at::Tensor& flat, int index) const;    ///< a view
  /// All of them. Autograd puts their gradients together in one go; with part() each would cost a pass over all weights.
  std::vector<at::Tensor> parts(const at::Tensor& flat) const;
  /// apply() as training has it: seen through by autograd, with dropout, moving the buffers. This version is apply() itself.
  virtual at::Tensor applyInTraining(const NetworkTensors&, const at::Tensor& y, const Conditioning&, std::uint64_t dropoutSeed) const;
  /// Throws Error(usage) when there are labels of classes or of an augmentation. `name`: of the architecture.
  static void refuseLabels(const Conditioning&, const char* name);

 private:
  std::vector<WeightInfo> layout_, bufferLayout_;
  std::int64_t size_ = 0, bufferSize_ = 0;
};

/// From configuration(), by the table in core/nets/architectures.h. Throws Error(failed) naming `source` for an unknown architecture or
/// settings out of range.
std::shared_ptr<const Network> makeNetwork(const nlohmann::json& configuration, const std::string& source);

}  // namespace inflaton
