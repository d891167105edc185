#include "core/nets/fresh_network.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/nets/mlp.h"
#include "core/nets/net_coordinates.h"

namespace inflaton {
namespace {

MlpSettings mlpSettings(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  MlpSettings s;
  s.dim = basis.dim, s.width = o.width, s.depth = o.depth, s.t_max = schedule.tMax();
  // EDM's own form has no data variance but 1, so that F does not shrink where the data's is another.
  if (o.precond == "edm") return s;
  // Data seen through much noise look Gaussian, as fast as the least noisy axis lets them: F shrinks with that axis's cSkip.
  for (int j = 0; j < s.dim; ++j) {
    const double ratio = schedule.proportional() ? 1 : schedule.gamma0() / basis.eigenvalues[static_cast<std::size_t>(j)],
                 rate = schedule.rate(j);
    if (j == 0 || ratio * std::exp(rate * s.t_max) < s.fade_ratio * std::exp(s.fade_rate * s.t_max))
      s.fade_ratio = ratio, s.fade_rate = rate;
  }
  return s;
}

}  // namespace

std::shared_ptr<const Network> freshNetwork(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  if (o.arch == "Mlp") return std::make_shared<Mlp>(mlpSettings(o, schedule, basis));
  const auto noise = NetCoordinates::noise(o.precond, schedule);
  nlohmann::json c{{"arch", o.arch}, {"dim", basis.dim}, {"noise_scale", noise.scale}, {"noise_offset", noise.offset}};
  if (o.arch == "ToyConvUNet") c.update({{"channels", {32, 64, 128, 256}}, {"fc_embed_dim", 2}, {"conv_embed_dim", 256}, {"out_ch", 1}});
  if (o.arch == "ToySongUNet")
    c.update({{"img_res", o.img_res},
              {"model_channels", 128},
              {"channel_mult", {1, 2, 2, 2}},
              {"num_blocks", 4},
              {"attn_resolutions", {16}},
              {"dropout", 0.10}});
  return makeNetwork(c, "--arch " + o.arch);
}

}  // namespace inflaton
