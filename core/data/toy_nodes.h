#pragma once
// The population of a toy set as a mixture, for the exact denoiser.
#include <cstdint>
#include <vector>

#include "core/api/data_sets.h"

namespace inflaton {

/// The population as a mixture of equally likely Gaussians, one per node of the midpoint rule over the parameters: as good as
/// exact wherever noise or kernel are wider than the nodes' distance. Standardised by the population's own moments.
struct ToyNodes {
  int dim = 2;
  std::int64_t n = 0;
  std::vector<double> centres;  ///< [n, dim]
  std::vector<double> noise;    ///< [dim]
};

/// About n nodes. The set must have a shape.
ToyNodes toyNodes(const DataSet&, std::int64_t n);

}  // namespace inflaton
