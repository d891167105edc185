#pragma once
// A network's architecture: F(y, t) in whitened coordinates, as a function of its weights. Weights are one flat tensor,
// so that optimiser, averaging and files need to know nothing of layers. New architectures derive from Network and join the table in
// core/nets/architectures.h.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace inflaton {

/// A named part of the flat weights.
struct WeightInfo {
  std::string name;  ///< "model.block0.weight"
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< of its first value
  std::int64_t count() const;
};

class Network {
 public:
  virtual ~Network() = default;

  virtual int dim() const = 0;
  /// All that makeNetwork needs to build the same architecture again: "arch" and its settings.
  virtual nlohmann::json configuration() const = 0;
  const std::vector<WeightInfo>& layout() const { return layout_; }
  std::int64_t size() const { return size_; }  ///< number of weights

  /// Fresh float32 weights [size] on the CPU.
  virtual at::Tensor initialWeights(at::Generator) const = 0;
  /// Output [N, D] for input points y [N, D] float32 at times t: float32 [N], or [1] for all. Any device; weights on the same.
  /// What input and output mean is for NetCoordinates to say; in eigen-coordinates they are the whitened y and F.
  virtual at::Tensor apply(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const = 0;
  /// mean over rows of sum over axes of (F - target)^2, which is the weighted denoising loss (specification 1.2);
  /// its gradient is written into `gradient` [size]. dropoutSeed draws what is dropped, where an architecture has dropout;
  /// 0: nothing is. This version leaves it to autograd and drops nothing.
  virtual double lossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                                 at::Tensor& gradient, std::uint64_t dropoutSeed = 0) const;
  // Derivatives with respect to y, exact. These versions leave them to autograd, which apply() must then let see through.
  /// apply(), and `jacobian` [N, D, D]: entry (n, i, j) is d out_i / d y_j at point n.
  virtual at::Tensor applyWithJacobian(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, at::Tensor& jacobian) const;
  /// apply(), and `products` [P, N, D]: for each v [P, N, D] the row v^T d out / d y. One backward pass each, whatever D.
  virtual at::Tensor applyWithProducts(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& v,
                                       at::Tensor& products) const;

 protected:
  int addWeight(std::string name, std::vector<std::int64_t> shape);  ///< returns its index in the layout
  at::Tensor part(const at::Tensor& flat, int index) const;          ///< a view
  /// All of them. Autograd puts their gradients together in one go; with part() each would cost a pass over all weights.
  std::vector<at::Tensor> parts(const at::Tensor& flat) const;

 private:
  std::vector<WeightInfo> layout_;
  std::int64_t size_ = 0;
};

/// From configuration(), by the table in core/nets/architectures.h. Throws Error(failed) naming `source` for an unknown architecture or
/// settings out of range.
std::shared_ptr<const Network> makeNetwork(const nlohmann::json& configuration, const std::string& source);

}  // namespace inflaton
