#pragma once
// What the toy sets are: a curve or a sheet, seen through Gaussian noise. Sampling draws from it; the exact denoiser of the
// whole population integrates over it.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace inflaton {

struct ToyShape {
  int dim = 2;
  int parts = 1;       ///< of equal weight: two rings, two moons
  int parameters = 1;  ///< u, or u and v; uniform on (0, 1)
  std::array<double, 3> (*centre)(double u, double v, int part);
  std::array<double, 3> noise;  ///< standard deviation per axis
  bool standardized = true;     ///< to mean 0 and variance 1 per axis
};

/// nullptr for a name that is none of toySets().
const ToyShape* toyShape(const std::string& id);

/// The population as a mixture of equally likely Gaussians, one per node of the midpoint rule over the parameters: as good as
/// exact wherever noise or kernel are wider than the nodes' distance. Standardised by the population's own moments.
struct ToyNodes {
  int dim = 2;
  std::int64_t n = 0;
  std::vector<double> centres;  ///< [n, dim]
  std::vector<double> noise;    ///< [dim]
};
/// About n nodes.
ToyNodes toyNodes(const ToyShape&, std::int64_t n);

}  // namespace inflaton
