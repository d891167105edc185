#include "core/calibration/posterior/joint_target.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr int K = LatentMixture::components;
constexpr std::int64_t kBlock = GenerativeMap::batch;  // latents whose terms are added up together: sums do not depend on who added what
constexpr std::uint32_t kLatentStream = 0, kNoiseStream = 1;
using Weights = std::array<double, K>;

/// What one logit vector means: log w and w.
struct Softmax {
  Weights log{}, w{};
  explicit Softmax(const double* logits) {
    double top = logits[0], sum = 0;
    for (int k = 1; k < K; ++k) top = std::max(top, logits[k]);
    for (int k = 0; k < K; ++k) sum += std::exp(logits[k] - top);
    const double total = top + std::log(sum);
    for (int k = 0; k < K; ++k) log[k] = logits[k] - total, w[k] = std::exp(log[k]);
  }
};

/// The mixture with everything that does not change from latent to latent worked out.
struct Prior {
  std::array<double, K> constant{};
  std::array<std::array<double, 2>, K> mean, precision{};
  Prior(const LatentMixture& m, const Softmax& s) : mean(m.mean) {
    for (std::size_t k = 0; k < K; ++k) {
      constant[k] = s.log[k] - std::log(2 * std::numbers::pi) - 0.5 * std::log(m.variance[k][0] * m.variance[k][1]);
      for (std::size_t j = 0; j < 2; ++j) precision[k][j] = 1 / m.variance[k][j];
    }
  }
  /// log p(z); adds the responsibilities, and writes the gradient.
  double operator()(const double* z, Weights& responsibility, double* gradient) const {
    Weights term;
    double top = -INFINITY;
    std::size_t best = 0;
    for (std::size_t k = 0; k < K; ++k) {
      const double a = z[0] - mean[k][0], b = z[1] - mean[k][1];
      term[k] = constant[k] - 0.5 * (a * a * precision[k][0] + b * b * precision[k][1]);
      if (!(term[k] <= top)) top = term[k], best = k;
    }
    double sum = 0;
    for (std::size_t k = 0; k < K; ++k) sum += term[k] = k == best ? 1 : std::exp(term[k] - top);
    const double each = 1 / sum;
    gradient[0] = gradient[1] = 0;
    for (std::size_t k = 0; k < K; ++k) {
      const double share = term[k] * each;
      responsibility[k] += share;
      for (std::size_t j = 0; j < 2; ++j) gradient[j] -= share * (z[j] - mean[k][j]) * precision[k][j];
    }
    return top + std::log(sum);
  }
};

/// Of one block of latents.
struct Sums {
  double prior = 0, squares = 0;
  Weights responsibility{};
};

}  // namespace

JointTarget::JointTarget(std::shared_ptr<const GenerativeMap> map, LatentMixture mixture, std::vector<double> observations,
                         double noiseVariance, bool anchored)
    : map_(std::move(map)),
      mixture_(mixture),
      x_(std::move(observations)),
      variance_(noiseVariance),
      anchored_(anchored),
      n_(static_cast<std::int64_t>(x_.size() / 2)) {
  if (map_->dim() != 2)
    throw Error(ErrorCode::usage, "the flow has " + std::to_string(map_->dim()) + " dimensions; the experiment's latent mixture has 2");
  if (x_.empty() || x_.size() % 2)
    throw Error(ErrorCode::usage, "there are " + std::to_string(x_.size()) + " values in the observations; needed: pairs, at least one");
  if (!(variance_ > 0) || !std::isfinite(variance_))
    throw Error(ErrorCode::usage, "gt_eps_mvn is " + exactText(variance_) + "; allowed: above 0");
  for (std::size_t i = 0; i < x_.size(); ++i)
    if (!std::isfinite(x_[i])) throw Error(ErrorCode::usage, "observation " + std::to_string(i / 2) + " is not finite");
}

std::size_t JointTarget::size() const { return K + 2 * static_cast<std::size_t>(n_); }

void JointTarget::evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const {
  const std::size_t width = size();
  const auto chains = static_cast<std::int64_t>(q.size() / width), blocks = (n_ + kBlock - 1) / kBlock;
  std::vector<Softmax> softmax;
  std::vector<Prior> prior;
  for (std::int64_t c = 0; c < chains; ++c) {
    softmax.emplace_back(q.data() + static_cast<std::size_t>(c) * width);
    prior.emplace_back(mixture_, softmax.back());
  }
  std::vector<Sums> sums(static_cast<std::size_t>(chains * blocks));
  const double precision = 1 / variance_;

  /// Likelihood of `count` latents from `from` of chain c: residuals become cotangents.
  const auto likelihood = [&](std::int64_t c, std::int64_t from, std::span<const double> x, std::span<double> xBar) {
    double squares = 0;
    const double* observed = x_.data() + 2 * from;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double r = observed[i] - x[i];
      squares += r * r;
      xBar[i] = r * precision;
    }
    sums[static_cast<std::size_t>(c * blocks + from / kBlock)].squares = squares;
  };
  /// Prior of the same; adds its gradient to what the pullback wrote.
  const auto latents = [&](std::int64_t c, std::int64_t from, std::int64_t count, const double* z, double* zBar) {
    Sums& s = sums[static_cast<std::size_t>(c * blocks + from / kBlock)];
    double own[2];
    for (std::int64_t i = 0; i < count; ++i) {
      s.prior += prior[static_cast<std::size_t>(c)](z + 2 * i, s.responsibility, own);
      zBar[2 * i] += own[0], zBar[2 * i + 1] += own[1];
    }
  };
  const auto place = [&](std::int64_t c, std::int64_t from) {
    return static_cast<std::size_t>(c) * width + K + 2 * static_cast<std::size_t>(from);
  };

  if (map_->local()) {
#pragma omp parallel for schedule(static) if (chains * blocks > 1)
    for (std::int64_t i = 0; i < chains * blocks; ++i) {
      const std::int64_t c = i / blocks, from = i % blocks * kBlock, count = std::min(kBlock, n_ - from);
      const auto length = static_cast<std::size_t>(2 * count);
      std::array<double, 2 * kBlock> x;
      map_->pullback(
          q.subspan(place(c, from), length), std::span(x.data(), length),
          [&](std::span<const double> at, std::span<double> bar) { likelihood(c, from, at, bar); },
          gradient.subspan(place(c, from), length));
      latents(c, from, count, q.data() + place(c, from), gradient.data() + place(c, from));
    }
  } else {
    // Every chain begins a batch, so that it is the same alone and beside others.
    const auto used = 2 * static_cast<std::size_t>(n_),
               each = 2 * static_cast<std::size_t>((n_ + GenerativeMap::batch - 1) / GenerativeMap::batch * GenerativeMap::batch);
    std::vector<double> z(static_cast<std::size_t>(chains - 1) * each + used), x(z.size()), zBar(z.size());
    for (std::int64_t c = 0; c < chains; ++c) std::copy_n(q.data() + place(c, 0), used, z.data() + static_cast<std::size_t>(c) * each);
    const auto forBlocks = [&](const auto& work) {
      for (std::int64_t i = 0; i < chains * blocks; ++i) {
        const std::int64_t c = i / blocks, from = i % blocks * kBlock, count = std::min(kBlock, n_ - from);
        work(c, from, count, static_cast<std::size_t>(c) * each + 2 * static_cast<std::size_t>(from));
      }
    };
    map_->pullback(
        z, x,
        [&](std::span<const double> at, std::span<double> bar) {
          forBlocks([&](std::int64_t c, std::int64_t from, std::int64_t count, std::size_t offset) {
            const auto length = static_cast<std::size_t>(2 * count);
            likelihood(c, from, at.subspan(offset, length), bar.subspan(offset, length));
          });
        },
        zBar);
    forBlocks([&](std::int64_t c, std::int64_t from, std::int64_t count, std::size_t offset) {
      latents(c, from, count, z.data() + offset, zBar.data() + offset);
    });
    for (std::int64_t c = 0; c < chains; ++c)
      std::copy_n(zBar.data() + static_cast<std::size_t>(c) * each, used, gradient.data() + place(c, 0));
  }

  const double normalisation = -static_cast<double>(n_) * std::log(2 * std::numbers::pi * variance_);
  for (std::int64_t c = 0; c < chains; ++c) {
    Sums total;
    for (std::int64_t b = 0; b < blocks; ++b) {
      const Sums& s = sums[static_cast<std::size_t>(c * blocks + b)];
      total.prior += s.prior, total.squares += s.squares;
      for (std::size_t k = 0; k < K; ++k) total.responsibility[k] += s.responsibility[k];
    }
    const double* logits = q.data() + static_cast<std::size_t>(c) * width;
    double* g = gradient.data() + static_cast<std::size_t>(c) * width;
    double density = total.prior + normalisation - 0.5 * total.squares * precision, shift = 0;
    for (int k = 0; k < K; ++k) shift += logits[k] / K;
    for (std::size_t k = 0; k < K; ++k)
      g[k] = total.responsibility[k] - static_cast<double>(n_) * softmax[static_cast<std::size_t>(c)].w[k] - (anchored_ ? shift / K : 0);
    if (anchored_) density -= 0.5 * shift * shift;
    logDensity[static_cast<std::size_t>(c)] = density;
  }
}

JointTarget::Parts JointTarget::parts(std::span<const double> q) const {
  const Softmax softmax(q.data());
  const Prior prior(mixture_, softmax);
  const auto z = q.subspan(K);
  std::vector<double> x(z.size());
  map_->values(z, x);
  Parts p;
  Weights ignored{};
  double gradient[2], squares = 0;
  for (std::int64_t i = 0; i < n_; ++i) p.logPrior += prior(z.data() + 2 * i, ignored, gradient);
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x_[i] - x[i]) * (x_[i] - x[i]);
  p.logLikelihood = -static_cast<double>(n_) * std::log(2 * std::numbers::pi * variance_) - 0.5 * squares / variance_;
  return p;
}

GroundTruth drawGroundTruth(const LatentMixture& m, const GenerativeMap& map, std::int64_t n, double noiseVariance, std::uint64_t seed) {
  if (map.dim() != 2)
    throw Error(ErrorCode::usage, "the flow has " + std::to_string(map.dim()) + " dimensions; the experiment's latent mixture has 2");
  if (n < 1) throw Error(ErrorCode::usage, "gt_n is " + std::to_string(n) + "; allowed: at least 1");
  GroundTruth t;
  const auto own = purposeSeed(seed, Purpose::groundTruth);
  const CounterRng latent(own, kLatentStream), noise(own, kNoiseStream);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    const double u = latent.uniforms(index, 0)[0];
    double below = 0;
    std::size_t k = 0;
    for (; k + 1 < K; ++k)
      if (u < (below += m.truth[k])) break;
    const auto normal = latent.normals(index, 1);
    t.component.push_back(static_cast<int>(k));
    for (std::size_t j = 0; j < 2; ++j) t.z.push_back(m.mean[k][j] + std::sqrt(m.variance[k][j]) * normal[j]);
  }
  t.clean.resize(t.z.size());
  map.values(t.z, t.clean);
  for (std::size_t i = 0; i < t.clean.size(); ++i) t.x.push_back(t.clean[i] + std::sqrt(noiseVariance) * noise.normals(i / 2, 0)[i % 2]);
  return t;
}

}  // namespace inflaton
