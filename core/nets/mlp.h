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
  at::Tensor apply(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t) const override;
  /// The same bytes for any number of threads.
  double lossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target,
                         at::Tensor& gradient, std::uint64_t dropoutSeed = 0) const override;
  at::Tensor applyWithJacobian(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, at::Tensor& jacobian) const override;
  at::Tensor applyWithProducts(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& v,
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
  /// Sum of squares over rows; gradient of scale * that sum, written into `gradient`.
  double sliceLossAndGradient(const at::Tensor& weights, const at::Tensor& y, const at::Tensor& t, const at::Tensor& target, double scale,
                              at::Tensor gradient) const;

  MlpSettings settings_;
  Layer in_, out_;
  std::vector<Layer> blocks_;
};

}  // namespace inflaton
