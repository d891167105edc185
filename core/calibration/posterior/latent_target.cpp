#include "core/calibration/posterior/latent_target.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "core/calibration/posterior/mixture_density.h"

namespace inflaton {

LatentTarget::LatentTarget(std::shared_ptr<const GenerativeMap> map, LatentMixture mixture, std::array<double, 2> observation,
                           double noiseVariance)
    : map_(std::move(map)), mixture_(mixture), x_(observation), variance_(noiseVariance) {}

double LatentTarget::prior(const double* z, double* gradient) const {
  std::array<double, LatentMixture::components> start{};
  for (std::size_t k = 0; k < start.size(); ++k) start[k] = std::log(mixture_.truth[k]) - std::log(2 * std::numbers::pi);
  return logMixture(mixture_, start, z, gradient);
}

void LatentTarget::evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const {
  std::vector<double> x(q.size());
  map_->pullback(
      q, x,
      [&](std::span<const double> at, std::span<double> bar) {
        for (std::size_t i = 0; i < at.size(); ++i) bar[i] = (x_[i % 2] - at[i]) / variance_;
      },
      gradient);
  for (std::size_t i = 0; i < logDensity.size(); ++i) {
    double own[2];
    const double a = x_[0] - x[2 * i], b = x_[1] - x[2 * i + 1];
    logDensity[i] = prior(&q[2 * i], own) - 0.5 * (a * a + b * b) / variance_;
    gradient[2 * i] += own[0], gradient[2 * i + 1] += own[1];
  }
}

void LatentTarget::values(std::span<const double> z, std::span<double> logDensity) const {
  std::vector<double> x(z.size());
  map_->values(z, x);
  for (std::size_t i = 0; i < logDensity.size(); ++i) {
    const double a = x_[0] - x[2 * i], b = x_[1] - x[2 * i + 1];
    logDensity[i] = prior(&z[2 * i], nullptr) - 0.5 * (a * a + b * b) / variance_;
  }
}

}  // namespace inflaton
