#pragma once
// What the flow says of each single point, once it has been worked out: how dense the model is there, how much it is stretched.
#include <memory>
#include <vector>

#include "core/api/trajectory.h"

namespace inflaton::ui {

struct PointValues {
  std::shared_ptr<const Simulation> simulation;
  Direction lane = Direction::inflation;
  std::vector<float> logDensity;  ///< [n] natural log of the model's density where the point is at t = 0, data units
  std::vector<float> stretch;     ///< [n] largest singular value of d latent / d data there, both whitened
};

}  // namespace inflaton::ui
