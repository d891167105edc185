#pragma once
// What the flow says of each single point, once it has been worked out: how dense the model is there, how much it is stretched.
#include <memory>
#include <vector>

#include "core/api/trajectory.h"

namespace inflaton::ui {

struct PointValues {
  std::shared_ptr<const Simulation> simulation;
  Direction lane = Direction::inflation;
  double t = 0;                   ///< where the points were asked: 0, or the least time at which the model has a density
  std::vector<float> logDensity;  ///< [n] natural log of the model's density where the point is then, data units
  std::vector<float> stretch;     ///< [n] largest singular value of d latent / d data there, both whitened
};

}  // namespace inflaton::ui
