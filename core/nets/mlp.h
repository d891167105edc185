#pragma once
// The residual MLP: h = silu(In y + e_in(t)); h += silu(W_l h + e_l(t)) for each block; F = fade(t) (Out h + e_out(t)).
// e(t) are learned combinations of a few cosines of t, so time enters every layer, and costs one row when all points share it.
// fade(t) = 1 / (1 + fade_ratio exp(fade_rate t)): how fast F must shrink as the data drown in noise is known, so it is not learned.
// The gradient is written out by hand: rows go through in slices that stay in cache, one thread each.
#include "core/nets/network.h"

namespace inflaton {

class Schedule;
struct Eigenbasis;
struct ToyTrainOptions;

struct MlpSettings {
  int dim = 2;
  std::int64_t width = 128, depth = 4;
  std::int64_t features = 5;             ///< functions of time: 1, t, and cosines; few, since F changes smoothly with t
  double t_max = 7.01;                   ///< times are scaled by it
  double fade_ratio = 0, fade_rate = 0;  ///< 0: no fading
  bool operator==(const MlpSettings&) const = default;
};

class Mlp : public Network {
 public:
  static constexpr const char* id = "Mlp";
  /// Throws Error(usage) for settings out of range.
  explicit Mlp(const MlpSettings&);
  /// Throws Error(failed) naming `source` and the field.
  static MlpSettings settingsFrom(const nlohmann::json& configuration, const std::string& source);
  /// For training (core/nets/architectures.h).
  static std::shared_ptr<const Network> fresh(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);

  int dim() const override { return settings_.dim; }
  nlohmann::json configuration() const override;
  at::Tensor initialWeights(at::Generator) const override;
  at::Tensor apply(const NetworkTensors&, const at::Tensor& y, const Conditioning&) const override;
  // The same bytes for any number of threads.
  at::Tensor applyWithGradient(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const Cotangent&, at::Tensor& gradient,
                               std::uint64_t dropoutSeed = 0) const override;
  double lossAndGradient(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const at::Tensor& target, at::Tensor& gradient,
                         std::uint64_t dropoutSeed = 0) const override;
  at::Tensor applyWithJacobian(const NetworkTensors&, const at::Tensor& y, const Conditioning&, at::Tensor& jacobian) const override;
  at::Tensor applyWithProducts(const NetworkTensors&, const at::Tensor& y, const Conditioning&, const at::Tensor& v,
                               at::Tensor& products) const override;

 private:
  at::Tensor timeFeatures(const at::Tensor& t) const;  ///< [N, features] of times [N]
  at::Tensor fade(const at::Tensor& t) const;          ///< [N, 1]
  /// A layer: z = h weight^T + features(t) time^T.
  struct Layer {
    int weight, time;
  };
  Layer addLayer(const std::string& name, std::int64_t out, std::int64_t in);
  at::Tensor affine(const at::Tensor& weights, const Layer&, const at::Tensor& h, const at::Tensor& features) const;
  /// What the backward pass needs of a slice of rows.
  struct Pass {
    at::Tensor features, faded;              ///< of the times
    std::vector<at::Tensor> inputs, slopes;  ///< of the hidden layers
  };
  /// F of a slice.
  at::Tensor forward(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, Pass&) const;
  /// From the loss's gradient with respect to F to that with respect to the weights, written into `gradient`. Uses up the pass.
  void backward(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& dF, Pass&, at::Tensor gradient) const;

  MlpSettings settings_;
  Layer in_, out_;
  std::vector<Layer> blocks_;
};

}  // namespace inflaton
