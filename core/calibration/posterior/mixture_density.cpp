#include "core/calibration/posterior/mixture_density.h"

#include <algorithm>
#include <cmath>

namespace inflaton {

double logMixture(const LatentMixture& m, const std::array<double, LatentMixture::components>& start, const double* z, double* gradient) {
  auto part = start;
  for (std::size_t k = 0; k < part.size(); ++k)
    for (std::size_t j = 0; j < 2; ++j) {
      const double v = m.variance[k][j], off = z[j] - m.mean[k][j];
      part[k] -= 0.5 * (off * off / v + std::log(v));
    }
  const double top = *std::max_element(part.begin(), part.end());
  double sum = 0;
  for (double& p : part) sum += p = std::exp(p - top);
  for (std::size_t j = 0; gradient && j < 2; ++j) {
    gradient[j] = 0;
    for (std::size_t k = 0; k < part.size(); ++k) gradient[j] -= part[k] / sum * (z[j] - m.mean[k][j]) / m.variance[k][j];
  }
  return top + std::log(sum);
}

}  // namespace inflaton
