#include "core/residuals/correlation.h"

#include <cmath>

namespace inflaton {

void LagCorrelation::add(std::span<const float> samples) {
  const auto D = static_cast<std::size_t>(dim_), N = static_cast<std::size_t>(n_);
  std::vector<double> mean(D), sd(D);
  for (std::size_t i = 0; i < N * D; ++i) mean[i % D] += samples[i];
  for (double& m : mean) m /= static_cast<double>(N);
  std::vector<double> centred(N * D);
  for (std::size_t i = 0; i < N * D; ++i) {
    centred[i] = samples[i] - mean[i % D];
    sd[i % D] += centred[i] * centred[i];
  }
  for (double& s : sd) s = std::sqrt(s / static_cast<double>(N));
  if (first_.empty()) first_ = centred, firstSd_ = sd;
  std::vector<double> product(D * D);
  for (std::size_t n = 0; n < N; ++n)
    for (std::size_t i = 0; i < D; ++i)
      for (std::size_t j = 0; j < D; ++j) product[i * D + j] += first_[n * D + i] * centred[n * D + j];
  for (std::size_t i = 0; i < D; ++i)
    for (std::size_t j = 0; j < D; ++j) {
      const double covariance = product[i * D + j] / static_cast<double>(N);
      reference_.push_back(covariance / (firstSd_[j] * sd[j]));
      proper_.push_back(covariance / (firstSd_[i] * sd[j]));
    }
}

std::vector<double> LagCorrelation::diagonalMean() const {
  const auto D = static_cast<std::size_t>(dim_);
  std::vector<double> mean(proper_.size() / (D * D));
  for (std::size_t k = 0; k < mean.size(); ++k)
    for (std::size_t j = 0; j < D; ++j) mean[k] += proper_[(k * D + j) * D + j] / static_cast<double>(D);
  return mean;
}

}  // namespace inflaton
