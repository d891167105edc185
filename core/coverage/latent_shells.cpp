#include "core/coverage/latent_shells.h"

#include <charconv>
#include <cmath>
#include <numbers>

#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr double kReference2D = 200, kReference3D = 10;  // 1 / 0.005, and 10

}  // namespace

std::vector<double> coverageRadii(const ToyCoverageOptions& o) {
  std::vector<double> radii;
  const double step = o.r_num > 1 ? (o.r_max - o.r_min) / static_cast<double>(o.r_num - 1) : 0;
  for (std::int64_t i = 0; i < o.r_num; ++i) radii.push_back(static_cast<double>(i) * step + o.r_min);
  if (o.r_num > 1) radii.back() = o.r_max;
  return radii;
}

double shareWithin(double r, int dim) {
  if (dim == 2) return -std::expm1(-0.5 * r * r);
  return std::erf(r / std::numbers::sqrt2) - std::sqrt(2 / std::numbers::pi) * r * std::exp(-0.5 * r * r);
}

std::vector<double> coverageVariance(const ToyCoverageOptions& o, const Schedule& schedule, const std::vector<double>& eigenvalues,
                                     double tEnd) {
  std::vector<double> variance;
  for (int j = 0; j < schedule.dim(); ++j)
    variance.push_back(j < schedule.dimsToKeep() ? schedule.A0() * schedule.A0()
                       : o.eps > 0               ? o.eps
                                   : schedule.scaledVariance(j, tEnd, eigenvalues[static_cast<std::size_t>(j)], eigenvalues.front()));
  return variance;
}

std::vector<double> boundaryPoints(std::span<const double> radii, std::int64_t n, std::span<const double> sd, std::uint64_t seed) {
  const std::size_t dim = sd.size();
  std::vector<double> points;
  points.reserve(radii.size() * static_cast<std::size_t>(n) * dim);
  for (std::size_t k = 0; k < radii.size(); ++k) {
    const CounterRng rng(purposeSeed(seed, Purpose::shellDirections), static_cast<std::uint32_t>(k));
    for (std::int64_t i = 0; i < n; ++i) {
      const auto direction = rng.normals(static_cast<std::uint64_t>(i), 0);
      double square = 0;
      for (std::size_t j = 0; j < dim; ++j) square += direction[j] * direction[j];
      for (std::size_t j = 0; j < dim; ++j) points.push_back(radii[k] * sd[j] * direction[j] / std::sqrt(square));
    }
  }
  return points;
}

double circumradiusLimit(const std::string& alpha, int dim) {
  if (alpha == "auto") return 0;
  if (alpha == "reference") return dim == 2 ? kReference2D : kReference3D;
  double limit = 0;  // the option table has checked the text
  std::from_chars(alpha.data(), alpha.data() + alpha.size(), limit);
  return limit;
}

}  // namespace inflaton
