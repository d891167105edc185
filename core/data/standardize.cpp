#include "core/data/standardize.h"

#include <cmath>

namespace inflaton {

int standardize(PointSet& p) {
  const auto dim = static_cast<std::size_t>(p.dim);
  std::vector<double> mean(dim, 0.0), square(dim, 0.0);
  for (std::size_t k = 0; k < p.values.size(); ++k) mean[k % dim] += p.values[k];
  for (double& m : mean) m /= static_cast<double>(p.n);
  for (std::size_t k = 0; k < p.values.size(); ++k) {
    const double d = p.values[k] - mean[k % dim];
    square[k % dim] += d * d;
  }
  for (std::size_t j = 0; j < dim; ++j) {
    square[j] = std::sqrt(square[j] / static_cast<double>(p.n));
    if (!(square[j] > 1e-12 * (std::abs(mean[j]) + 1e-300))) return static_cast<int>(j);
  }
  for (std::size_t k = 0; k < p.values.size(); ++k) p.values[k] = static_cast<float>((p.values[k] - mean[k % dim]) / square[k % dim]);
  p.offset = mean, p.scale = square;
  return -1;
}

}  // namespace inflaton
