#pragma once
// DDPM++ for points: dense layers lift a point to a res x res picture, the U-Net of Song et al. as EDM has it works on that, dense
// layers bring it back. The reference's larger toy network. Weight names and shapes are the reference's.
#include "core/nets/network.h"

namespace inflaton {

class Schedule;
struct Eigenbasis;
struct ToyTrainOptions;

struct ToySongUNetSettings {
  int dim = 2;
  std::int64_t img_res = 8;                            ///< side of the picture: a multiple of 2^(levels - 1)
  std::int64_t model_channels = 128;                   ///< at the first level, and features of time; a multiple of 4
  std::vector<std::int64_t> channel_mult{1, 2, 2, 2};  ///< one entry a level; each level halves the picture
  std::int64_t num_blocks = 4;                         ///< residual blocks a level
  std::vector<std::int64_t> attn_resolutions{16};  ///< sides at which blocks attend to all pixels (the lowest level's first always does)
  double dropout = 0.10;
  double noise_scale = 999, noise_offset = 0;  ///< c_noise = noise_scale t + noise_offset
  bool operator==(const ToySongUNetSettings&) const = default;
};

class ToySongUNet : public Network {
 public:
  static constexpr const char* id = "ToySongUNet";
  /// Throws Error(usage) for settings out of range.
  explicit ToySongUNet(const ToySongUNetSettings&);
  /// Throws Error(failed) naming `source` and the field.
  static ToySongUNetSettings settingsFrom(const nlohmann::json& configuration, const std::string& source);
  /// For training (core/nets/architectures.h).
  static std::shared_ptr<const Network> fresh(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);

  int dim() const override { return settings_.dim; }
  nlohmann::json configuration() const override;
  /// Xavier-uniform weights; the last layer of every residual branch, and of all, 1e-5 of that.
  at::Tensor initialWeights(at::Generator) const override;
  /// Without dropout. Autograd sees through it.
  at::Tensor apply(const NetworkTensors&, const at::Tensor& y, const Conditioning&) const override;

 protected:
  at::Tensor applyInTraining(const NetworkTensors&, const at::Tensor& y, const Conditioning&, std::uint64_t dropoutSeed) const override;

 private:
  struct Affine {
    int weight = -1, bias = -1;
  };
  enum class Resample { none, halve, twice };
  struct Block {
    std::int64_t in = 0, out = 0;
    Resample resample = Resample::none;
    bool attention = false;
    Affine norm0, conv0, time, norm1, conv1, skip, norm2, qkv, proj;
  };
  using Weights = std::vector<at::Tensor>;

  Affine addAffine(const std::string& name, std::vector<std::int64_t> shape);
  Affine addNorm(const std::string& name, std::int64_t channels);
  Affine addConv(const std::string& name, std::int64_t out, std::int64_t in, std::int64_t side, bool resampled = false);
  Block addBlock(const std::string& name, std::int64_t in, std::int64_t out, Resample, bool attention);
  void addLayers();

  at::Tensor embedding(const Weights&, const at::Tensor& t) const;
  at::Tensor block(const Weights&, const Block&, const at::Tensor& x, const at::Tensor& embedding, at::Generator*) const;
  at::Tensor attend(const Weights&, const Block&, const at::Tensor& x) const;
  at::Tensor forward(const Weights&, const at::Tensor& y, const at::Tensor& t, at::Generator* dropping) const;

  ToySongUNetSettings settings_;
  Affine map0_, map1_, first_, lastNorm_, last_;
  Affine dense_[4];
  std::vector<Block> encoder_, decoder_;  ///< the encoder's first convolution is first_
};

}  // namespace inflaton
