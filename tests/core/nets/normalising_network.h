#pragma once
// A network with buffers: inputs are normalised by running statistics, as batch normalisation does, then scaled.
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

#include "core/nets/network.h"

namespace inflaton::testing {

class NormalisingNetwork : public Network {
 public:
  NormalisingNetwork() {
    addWeight("model.scale", {2});
    mean_ = addBuffer("model.norm.running_mean", {2});
    variance_ = addBuffer("model.norm.running_var", {2});
  }
  int dim() const override { return 2; }
  nlohmann::json configuration() const override { return {{"arch", "Normalising"}}; }
  at::Tensor initialWeights(at::Generator) const override { return at::ones({2}); }
  at::Tensor initialBuffers() const override { return at::tensor(std::vector<float>{0, 0, 1, 1}); }
  at::Tensor apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning&) const override {
    return net.weights * (y - bufferPart(net.buffers, mean_)) / (bufferPart(net.buffers, variance_) + 1e-5).sqrt();
  }

 protected:
  at::Tensor applyInTraining(const NetworkTensors& net, const at::Tensor& y, const Conditioning&, std::uint64_t) const override {
    const auto mean = y.mean(0), variance = y.var(0, false);
    bufferPart(net.buffers, mean_).lerp_(mean, 0.1);
    bufferPart(net.buffers, variance_).lerp_(variance, 0.1);
    return net.weights * (y - mean) / (variance + 1e-5).sqrt();
  }

 private:
  int mean_, variance_;
};

}  // namespace inflaton::testing
