#include "core/calibration/whitened_target.h"

#include <algorithm>
#include <cmath>

namespace inflaton {
namespace {

constexpr int K = LatentMixture::components;
constexpr double kEnough = 30;        // effective draws that give a covariance
constexpr double kGreatestBlur = 1e6;
constexpr double kRidge = 1e-4;       // of the prior's variance, added
constexpr std::int64_t kBetweenPolls = 64;

// Orthonormal: the common shift of the logits, and two contrasts.
const double kShift = std::sqrt(1.0 / 3);
const double kBasis[K][K] = {{kShift, std::sqrt(2.0 / 3), 0}, {kShift, -std::sqrt(1.0 / 6), std::sqrt(0.5)}, {kShift, -std::sqrt(1.0 / 6), -std::sqrt(0.5)}};
const double kShiftScale = std::sqrt(3.0);  // the anchor: the mean of the logits is standard normal

struct Symmetric {
  double a = 0, b = 0, c = 0;  ///< [a b; b c]
  double determinant() const { return a * c - b * b; }
  Symmetric inverse() const {
    const double d = determinant();
    return {c / d, -b / d, a / d};
  }
  bool positive() const { return a > 0 && determinant() > 1e-12 * a * c; }
};

}  // namespace

WhitenedTarget::WhitenedTarget(const JointTarget& target) : target_(&target) {}

WhitenedTarget::WhitenedTarget(const JointTarget& target, const ToyMcmcOptions& o, const Experiment& e, const LatentPool& pool, const std::function<void()>& poll) : target_(&target) {
  const auto& x = e.truth.x;
  const auto n = static_cast<std::int64_t>(x.size()) / 2;
  latents_.resize(static_cast<std::size_t>(n));
  contrast_ = std::min(1.0, 3 / std::sqrt(static_cast<double>(n)));
  Symmetric prior;
  for (const auto& v : e.mixture.variance) prior.a += v[0] / K, prior.c += v[1] / K;
  const Symmetric priorPrecision = prior.inverse();
  const std::vector<double> even(static_cast<std::size_t>(LatentPool::kSize), 0.0);
  for (std::int64_t from = 0; from < n; from += kBetweenPolls) {
    if (poll) poll();
#pragma omp parallel for
    for (std::int64_t i = from; i < std::min(n, from + kBetweenPolls); ++i) {
      std::vector<double> weight;
      double blur = 1;
      while (pool.weigh(&x[static_cast<std::size_t>(2 * i)], blur * o.gt_eps_mvn, even, weight) < kEnough && blur < kGreatestBlur) blur *= 2;
      Affine& f = latents_[static_cast<std::size_t>(i)];
      double sum = 0;
      for (std::size_t p = 0; p < weight.size(); ++p) sum += weight[p], f.mean[0] += weight[p] * pool.z[2 * p], f.mean[1] += weight[p] * pool.z[2 * p + 1];
      f.mean[0] /= sum, f.mean[1] /= sum;
      Symmetric cov{kRidge * prior.a, 0, kRidge * prior.c};
      for (std::size_t p = 0; p < weight.size(); ++p) {
        const double da = pool.z[2 * p] - f.mean[0], db = pool.z[2 * p + 1] - f.mean[1], w = weight[p] / sum;
        cov.a += w * da * da, cov.b += w * da * db, cov.c += w * db * db;
      }
      if (blur > 1) {  // the likelihood's part of the precision counts `blur` times as much
        const Symmetric some = cov.inverse();
        const Symmetric all{priorPrecision.a + blur * (some.a - priorPrecision.a), blur * some.b, priorPrecision.c + blur * (some.c - priorPrecision.c)};
        if (all.positive()) cov = all.inverse();
      }
      f.L[0] = std::sqrt(cov.a), f.L[1] = cov.b / f.L[0], f.L[2] = std::sqrt(std::max(1e-12 * cov.c, cov.c - f.L[1] * f.L[1]));
    }
  }
}

void WhitenedTarget::toNatural(const double* q, double* into) const {
  const double scaled[K] = {kShiftScale * q[0], contrast_ * q[1], contrast_ * q[2]};
  for (int k = 0; k < K; ++k) {
    into[k] = 0;
    for (int j = 0; j < K; ++j) into[k] += kBasis[k][j] * scaled[j];
  }
  const double* u = q + K;
  double* z = into + K;
  for (std::size_t i = 0; i < latents_.size(); ++i) {
    const Affine& f = latents_[i];
    z[2 * i] = f.mean[0] + f.L[0] * u[2 * i];
    z[2 * i + 1] = f.mean[1] + f.L[1] * u[2 * i] + f.L[2] * u[2 * i + 1];
  }
}

std::vector<double> WhitenedTarget::natural(std::span<const double> q) const {
  std::vector<double> p(q.begin(), q.end());
  if (!latents_.empty()) toNatural(q.data(), p.data());
  return p;
}

std::vector<double> WhitenedTarget::whitened(std::span<const double> p) const {
  std::vector<double> q(p.begin(), p.end());
  if (latents_.empty()) return q;
  const double scale[K] = {kShiftScale, contrast_, contrast_};
  for (int j = 0; j < K; ++j) {
    double along = 0;
    for (int k = 0; k < K; ++k) along += kBasis[k][j] * p[static_cast<std::size_t>(k)];
    q[static_cast<std::size_t>(j)] = along / scale[j];
  }
  for (std::size_t i = 0; i < latents_.size(); ++i) {
    const Affine& f = latents_[i];
    double* u = q.data() + K + 2 * i;
    u[0] = (u[0] - f.mean[0]) / f.L[0];
    u[1] = (u[1] - f.mean[1] - f.L[1] * u[0]) / f.L[2];
  }
  return q;
}

void WhitenedTarget::evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const {
  if (latents_.empty()) return target_->evaluate(q, logDensity, gradient);
  const std::size_t width = size();
  std::vector<double> p(q.size());
  for (std::size_t row = 0; row < logDensity.size(); ++row) toNatural(q.data() + row * width, p.data() + row * width);
  target_->evaluate(p, logDensity, gradient);
  const double scale[K] = {kShiftScale, contrast_, contrast_};
  for (std::size_t row = 0; row < logDensity.size(); ++row) {
    double* g = gradient.data() + row * width;
    const double logits[K] = {g[0], g[1], g[2]};
    for (int j = 0; j < K; ++j) {
      g[j] = 0;
      for (int k = 0; k < K; ++k) g[j] += kBasis[k][j] * logits[k];
      g[j] *= scale[j];
    }
    double* u = g + K;
    for (std::size_t i = 0; i < latents_.size(); ++i) {
      const Affine& f = latents_[i];
      u[2 * i] = f.L[0] * u[2 * i] + f.L[1] * u[2 * i + 1];
      u[2 * i + 1] *= f.L[2];
    }
  }
}

}  // namespace inflaton
