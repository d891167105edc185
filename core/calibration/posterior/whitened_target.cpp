#include "core/calibration/posterior/whitened_target.h"

#include <algorithm>
#include <cmath>

namespace inflaton {
namespace {

constexpr int K = LatentMixture::components;
constexpr double kEnough = 30;  // effective draws that give a covariance
constexpr double kGreatestBlur = 1e6;
constexpr double kRidge = 1e-4;       // of the prior's variance, added
constexpr double kLeastSteep = 1e-3;  // of the prior's precision, added to the mean square slopes
constexpr std::int64_t kBetweenPolls = 64;

// Orthonormal: the common shift of the logits, and two contrasts.
const double kShift = std::sqrt(1.0 / 3);
const double kBasis[K][K] = {
    {kShift, std::sqrt(2.0 / 3), 0}, {kShift, -std::sqrt(1.0 / 6), std::sqrt(0.5)}, {kShift, -std::sqrt(1.0 / 6), -std::sqrt(0.5)}};
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

/// Geometric mean of two positive matrices.
Symmetric between(const Symmetric& p, const Symmetric& q) {
  const double dp = std::sqrt(p.determinant()), dq = std::sqrt(q.determinant());
  const Symmetric sum{p.a / dp + q.a / dq, p.b / dp + q.b / dq, p.c / dp + q.c / dq};
  const double scale = std::sqrt(dp * dq / sum.determinant());
  return {scale * sum.a, scale * sum.b, scale * sum.c};
}

}  // namespace

WhitenedTarget::WhitenedTarget(const JointTarget& target) : target_(&target) {}

WhitenedTarget::WhitenedTarget(const JointTarget& target, const ToyMcmcOptions& o, const MixtureExperiment& e, const LatentPool& pool,
                               const std::function<void()>& poll)
    : target_(&target) {
  const auto& x = e.truth.x;
  const auto n = static_cast<std::int64_t>(x.size()) / 2;
  latents_.resize(static_cast<std::size_t>(n));
  contrast_ = std::min(1.0, 3 / std::sqrt(static_cast<double>(n)));
  for (std::int64_t from = 0; from < n; from += kBetweenPolls) {
    if (poll) poll();
#pragma omp parallel for
    for (std::int64_t i = from; i < std::min(n, from + kBetweenPolls); ++i)
      latents_[static_cast<std::size_t>(i)] = roundOf(&x[static_cast<std::size_t>(2 * i)], o.gt_eps_mvn, e.mixture, pool);
  }
}

WhitenedTarget::Affine WhitenedTarget::roundOf(const double* observation, double noiseVariance, const LatentMixture& mixture,
                                               const LatentPool& pool) {
  static const std::vector<double> even(static_cast<std::size_t>(LatentPool::kSize), 0.0);
  Symmetric prior;
  for (const auto& v : mixture.variance) prior.a += v[0] / K, prior.c += v[1] / K;
  std::vector<double> weight;
  double blur = 1;
  while (pool.weigh(observation, blur * noiseVariance, even, weight) < kEnough && blur < kGreatestBlur) blur *= 2;
  Affine f;
  double sum = 0;
  for (std::size_t p = 0; p < weight.size(); ++p)
    sum += weight[p], f.mean[0] += weight[p] * pool.z[2 * p], f.mean[1] += weight[p] * pool.z[2 * p + 1];
  f.mean[0] /= sum, f.mean[1] /= sum;

  Symmetric spread{kRidge * prior.a, 0, kRidge * prior.c},
      steep{kLeastSteep / prior.a, 0, kLeastSteep / prior.c};  // covariance, mean square slopes
  for (std::size_t p = 0; p < weight.size(); ++p) {
    const double w = weight[p] / sum;
    if (w == 0) continue;
    const double da = pool.z[2 * p] - f.mean[0], db = pool.z[2 * p + 1] - f.mean[1];
    spread.a += w * da * da, spread.b += w * da * db, spread.c += w * db * db;
    const double ra = (observation[0] - pool.x[2 * p]) / (blur * noiseVariance),
                 rb = (observation[1] - pool.x[2 * p + 1]) / (blur * noiseVariance);
    const double* J = &pool.jacobian[4 * p];
    const double ga = pool.slope[2 * p] + J[0] * ra + J[2] * rb, gb = pool.slope[2 * p + 1] + J[1] * ra + J[3] * rb;
    steep.a += w * ga * ga, steep.b += w * ga * gb, steep.c += w * gb * gb;
  }
  Symmetric scale = between(spread, steep.inverse());
  if (blur > 1) {  // the likelihood's part of the precision counts `blur` times as much
    const Symmetric some = scale.inverse(), least = prior.inverse();
    const Symmetric all{least.a + blur * (some.a - least.a), blur * some.b, least.c + blur * (some.c - least.c)};
    if (all.positive()) scale = all.inverse();
  }
  f.L[0] = std::sqrt(scale.a), f.L[1] = scale.b / f.L[0], f.L[2] = std::sqrt(std::max(1e-12 * scale.c, scale.c - f.L[1] * f.L[1]));
  return f;
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
