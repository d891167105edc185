#pragma once
// A flow that is known in closed form: x = A z + b.
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/posterior/latent_mixture.h"

namespace inflaton::test {

class AffineMap : public GenerativeMap {
 public:
  AffineMap(std::array<double, 4> A, std::array<double, 2> b, bool local = false) : A_(A), b_(b), local_(local) {}
  int dim() const override { return 2; }
  bool local() const override { return local_; }
  void values(std::span<const double> z, std::span<double> x) const override {
    for (std::size_t i = 0; i < z.size(); i += 2)
      for (std::size_t j = 0; j < 2; ++j) x[i + j] = A_[2 * j] * z[i] + A_[2 * j + 1] * z[i + 1] + b_[j];
  }
  void pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const override {
    values(z, x);
    std::vector<double> xBar(x.size());
    cotangent(x, xBar);
    for (std::size_t i = 0; i < z.size(); i += 2)
      for (std::size_t j = 0; j < 2; ++j) zBar[i + j] = A_[j] * xBar[i] + A_[2 + j] * xBar[i + 1];
  }

  /// log of integral N(z; mu_k, S_k) N(x; A z + b, eps I) dz = log N(x; A mu + b, A S A^T + eps I)
  double logL(const LatentMixture& m, std::size_t k, double noise, double x, double y) const {
    const auto& S = m.variance[k];
    const double a = A_[0] * A_[0] * S[0] + A_[1] * A_[1] * S[1] + noise, c = A_[0] * A_[2] * S[0] + A_[1] * A_[3] * S[1];
    const double d = A_[2] * A_[2] * S[0] + A_[3] * A_[3] * S[1] + noise, det = a * d - c * c;
    const double dx = x - (A_[0] * m.mean[k][0] + A_[1] * m.mean[k][1] + b_[0]),
                 dy = y - (A_[2] * m.mean[k][0] + A_[3] * m.mean[k][1] + b_[1]);
    return -0.5 * (d * dx * dx - 2 * c * dx * dy + a * dy * dy) / det - std::log(2 * std::numbers::pi) - 0.5 * std::log(det);
  }

 private:
  std::array<double, 4> A_;
  std::array<double, 2> b_;
  bool local_;
};

/// n observations of the mixture with these weights through the map, [n, 2].
inline std::vector<double> observe(const GenerativeMap& map, const LatentMixture& m, const std::array<double, 3>& w, std::size_t n,
                                   double noise, unsigned seed) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> normal;
  std::discrete_distribution<std::size_t> component(w.begin(), w.end());
  std::vector<double> z, x(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t k = component(rng);
    for (std::size_t j = 0; j < 2; ++j) z.push_back(m.mean[k][j] + std::sqrt(m.variance[k][j]) * normal(rng));
  }
  map.values(z, x);
  for (double& v : x) v += std::sqrt(noise) * normal(rng);
  return x;
}

}  // namespace inflaton::test
