#include "core/calibration/chains/starts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr double kBlur = 4;  // factor on the noise variance
constexpr double kLeastWeight = 0.05;
constexpr std::int64_t kBetweenPolls = 64;

std::array<double, 3> drawWeights(const ToyMcmcOptions& o, std::int64_t chain) {
  const auto u =
      CounterRng(purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::startWeights), 0).uniforms(static_cast<std::uint64_t>(chain), 0);
  std::array<double, 3> w{};
  double sum = 0;
  for (std::size_t k = 0; k < 3; ++k) w[k] = -std::log(u[k]), sum += w[k];
  for (double& v : w) v = kLeastWeight + (1 - 3 * kLeastWeight) * v / sum;
  return w;
}

/// One latent of the pool for every observation, with probability prior (under w) times blurred likelihood, relative to the pool's own
/// density.
void chooseLatents(const ToyMcmcOptions& o, const MixtureExperiment& e, const LatentPool& pool, const std::array<double, 3>& w,
                   std::int64_t chain, double* into, const std::function<void()>& poll) {
  const auto& x = e.truth.x;
  const auto n = static_cast<std::int64_t>(x.size()) / 2;
  const auto ratio = pool.logRatio(e.mixture, w);
  const CounterRng rng(purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::startChoice), static_cast<std::uint32_t>(chain));
  for (std::int64_t from = 0; from < n; from += kBetweenPolls) {
    if (poll) poll();
#pragma omp parallel for
    for (std::int64_t i = from; i < std::min(n, from + kBetweenPolls); ++i) {
      std::vector<double> weight;
      pool.weigh(&x[static_cast<std::size_t>(2 * i)], kBlur * o.gt_eps_mvn, ratio, weight);
      double left = rng.uniforms(static_cast<std::uint64_t>(i), 0)[0] * std::accumulate(weight.begin(), weight.end(), 0.0);
      std::size_t chosen = 0;
      while (chosen + 1 < weight.size() && (left -= weight[chosen]) > 0) ++chosen;
      into[2 * i] = pool.z[2 * chosen], into[2 * i + 1] = pool.z[2 * chosen + 1];
    }
  }
}

}  // namespace

std::vector<std::vector<double>> chainStarts(const ToyMcmcOptions& o, const MixtureExperiment& e, const LatentPool& pool,
                                             const std::function<void()>& poll) {
  std::vector<std::vector<double>> starts(static_cast<std::size_t>(o.chains));
  for (std::int64_t chain = 0; chain < o.chains; ++chain) {
    auto& q = starts[static_cast<std::size_t>(chain)];
    q = {1.06, 0.37, 0.37};
    q.insert(q.end(), e.truth.z.begin(), e.truth.z.end());
    if (o.init == "truth") continue;
    const auto w = drawWeights(o, chain);
    const double middle = (std::log(w[0]) + std::log(w[1]) + std::log(w[2])) / 3;
    for (std::size_t k = 0; k < w.size(); ++k) q[k] = std::log(w[k]) - middle;
    chooseLatents(o, e, pool, w, chain, q.data() + LatentMixture::components, poll);
  }
  return starts;
}

}  // namespace inflaton
