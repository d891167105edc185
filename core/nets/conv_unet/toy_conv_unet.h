#pragma once
// The convolutional network of the paper's toy experiments (specification 2.2): dense layers lift a point to an 8x8 picture, a small
// UNet with four blocks down and four up works on it, dense layers bring it back. Time enters every layer through Fourier features.
// Weight names and order are the reference's. On the processor fast row kernels do the work (toy_conv_unet_rows.h); on other devices,
// and where autograd must see through the network, plain tensor operations do.
#include <array>

#include "core/nets/network.h"

namespace inflaton {

class Schedule;
struct Eigenbasis;
struct ToyTrainOptions;

struct ToyConvUNetSettings {
  int dim = 2;
  std::array<std::int64_t, 4> channels{32, 64, 128, 256};  ///< multiples of 32, which the group norms ask for
  std::int64_t fc_embed_dim = 2, conv_embed_dim = 256;     ///< Fourier features of time for dense and convolutional layers; even
  double noise_scale = 999, noise_offset = 0;              ///< c_noise = noise_scale t + noise_offset
  bool operator==(const ToyConvUNetSettings&) const = default;
};

/// Where everything is: indices into Network::layout.
struct ToyConvUNetParts {
  struct Affine {
    int weight = -1, bias = -1;
  };
  struct Block {  ///< resample, convolve 3x3, add `dense` of the embedding, group norm, SiLU
    std::int64_t in = 0, out = 0, groups = 1;
    bool up = false;
    std::int64_t stride = 1;
    Affine conv, dense, norm;
    int filter = -1;
  };
  int convFrequencies = -1, fcFrequencies = -1;
  Affine convMap, fcMap;
  std::array<Affine, 8> dense;      ///< dense11, dense21, ... dense81
  std::array<Affine, 7> denseTime;  ///< dense12, dense22, ... dense72
  std::array<Block, 8> blocks;      ///< down 1 to 4, up 1 to 4
};

class ToyConvUNetRows;

class ToyConvUNet : public Network {
 public:
  static constexpr const char* id = "ToyConvUNet";
  /// Throws Error(usage) for settings out of range.
  explicit ToyConvUNet(const ToyConvUNetSettings&);
  ~ToyConvUNet() override;
  /// Throws Error(failed) naming `source` and the field.
  static ToyConvUNetSettings settingsFrom(const nlohmann::json& configuration, const std::string& source);
  /// For training (core/nets/architectures.h).
  static std::shared_ptr<const Network> fresh(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);

  int dim() const override { return settings_.dim; }
  nlohmann::json configuration() const override;
  /// Xavier-uniform weights, the last layer 1e-5 of that.
  at::Tensor initialWeights(at::Generator) const override;
  /// Throws Error(failed) when a resample filter is not the 2x2 mean. Gradients flow to weights and y where autograd asks for them.
  at::Tensor apply(const NetworkTensors&, const at::Tensor& y, const Conditioning&) const override;
  /// The same bytes for any number of threads. Frequencies and filters are constants: their gradient is zero.
  double lossAndGradient(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const at::Tensor& target, at::Tensor& gradient,
                         std::uint64_t dropoutSeed = 0) const override;

 private:
  at::Tensor applyPlainly(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const;
  void checkFilters(const at::Tensor& weights) const;
  ToyConvUNetParts::Affine addAffine(const std::string& name, std::vector<std::int64_t> shape);

  ToyConvUNetSettings settings_;
  ToyConvUNetParts parts_;
  std::unique_ptr<const ToyConvUNetRows> rows_;
};

/// [N, features] sines, then cosines, of c_noise times 2 pi frequencies.
at::Tensor fourierFeatures(const at::Tensor& noise, const at::Tensor& frequencies);

}  // namespace inflaton
