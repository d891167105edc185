#include "core/calibration/toy_mcmc_starts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/counter_rng.h"

namespace inflaton {
namespace {

constexpr std::uint64_t kPoolSeed = 21, kWeightSeed = 22, kChoiceSeed = 23;
constexpr std::int64_t kPool = 6000;   // prior draws to choose from, evenly of the components
constexpr double kBlur = 4;            // factor on the noise variance
constexpr double kLeastWeight = 0.05;
constexpr std::int64_t kBetweenPolls = 64;

double logNormal(const LatentMixture& m, int k, const double* z) {
  double sum = 0;
  for (std::size_t j = 0; j < 2; ++j) {
    const double v = m.variance[static_cast<std::size_t>(k)][j], off = z[j] - m.mean[static_cast<std::size_t>(k)][j];
    sum -= 0.5 * (off * off / v + std::log(v));
  }
  return sum;
}

double logMixture(const LatentMixture& m, const std::array<double, 3>& w, const double* z) {
  std::array<double, 3> part{};
  for (int k = 0; k < LatentMixture::components; ++k) part[static_cast<std::size_t>(k)] = std::log(w[static_cast<std::size_t>(k)]) + logNormal(m, k, z);
  const double top = *std::max_element(part.begin(), part.end());
  double sum = 0;
  for (const double p : part) sum += std::exp(p - top);
  return top + std::log(sum);
}

struct Pool {
  std::vector<double> z, x;  ///< [kPool, 2] draws with even weights, and where the flow takes them
};

Pool makePool(const ToyMcmcOptions& o, const Experiment& e) {
  Pool pool;
  const CounterRng rng(derivedSeed(static_cast<std::uint64_t>(o.seed), kPoolSeed), 0);
  for (std::int64_t i = 0; i < kPool; ++i) {
    const auto normal = rng.normals(static_cast<std::uint64_t>(i), 0);
    const auto k = static_cast<std::size_t>(i % LatentMixture::components);
    for (std::size_t j = 0; j < 2; ++j) pool.z.push_back(e.mixture.mean[k][j] + std::sqrt(e.mixture.variance[k][j]) * normal[j]);
  }
  pool.x.resize(pool.z.size());
  e.map->values(pool.z, pool.x);
  return pool;
}

std::array<double, 3> drawWeights(const ToyMcmcOptions& o, std::int64_t chain) {
  const auto u = CounterRng(derivedSeed(static_cast<std::uint64_t>(o.seed), kWeightSeed), 0).uniforms(static_cast<std::uint64_t>(chain), 0);
  std::array<double, 3> w{};
  double sum = 0;
  for (std::size_t k = 0; k < 3; ++k) w[k] = -std::log(u[k]), sum += w[k];
  for (double& v : w) v = kLeastWeight + (1 - 3 * kLeastWeight) * v / sum;
  return w;
}

/// One latent of the pool for every observation, with probability prior (under w) times blurred likelihood, relative to the pool's own density.
void chooseLatents(const ToyMcmcOptions& o, const Experiment& e, const Pool& pool, const std::array<double, 3>& w, std::int64_t chain, double* into, const std::function<void()>& poll) {
  const auto& x = e.truth.x;
  const auto n = static_cast<std::int64_t>(x.size()) / 2;
  std::vector<double> prior(static_cast<std::size_t>(kPool));
  constexpr std::array<double, 3> even{1.0 / 3, 1.0 / 3, 1.0 / 3};
  for (std::size_t i = 0; i < prior.size(); ++i) prior[i] = logMixture(e.mixture, w, &pool.z[2 * i]) - logMixture(e.mixture, even, &pool.z[2 * i]);
  const double scale = -0.5 / (kBlur * o.gt_eps_mvn);
  const CounterRng rng(derivedSeed(static_cast<std::uint64_t>(o.seed), kChoiceSeed), static_cast<std::uint32_t>(chain));
  for (std::int64_t from = 0; from < n; from += kBetweenPolls) {
    if (poll) poll();
#pragma omp parallel for
    for (std::int64_t i = from; i < std::min(n, from + kBetweenPolls); ++i) {
      const double a = x[static_cast<std::size_t>(2 * i)], b = x[static_cast<std::size_t>(2 * i + 1)];
      std::vector<double> weight(prior.size());
      for (std::size_t p = 0; p < prior.size(); ++p) {
        const double da = pool.x[2 * p] - a, db = pool.x[2 * p + 1] - b;
        weight[p] = prior[p] + scale * (da * da + db * db);
      }
      const double top = *std::max_element(weight.begin(), weight.end());
      for (double& v : weight) v = std::exp(v - top);
      double left = rng.uniforms(static_cast<std::uint64_t>(i), 0)[0] * std::accumulate(weight.begin(), weight.end(), 0.0);
      std::size_t chosen = 0;
      while (chosen + 1 < weight.size() && (left -= weight[chosen]) > 0) ++chosen;
      into[2 * i] = pool.z[2 * chosen], into[2 * i + 1] = pool.z[2 * chosen + 1];
    }
  }
}

}  // namespace

std::vector<std::vector<double>> chainStarts(const ToyMcmcOptions& o, const Experiment& e, const std::function<void()>& poll) {
  std::vector<std::vector<double>> starts(static_cast<std::size_t>(o.chains));
  const bool dispersed = o.init == "dispersed";
  const Pool pool = dispersed ? makePool(o, e) : Pool{};
  for (std::int64_t chain = 0; chain < o.chains; ++chain) {
    auto& q = starts[static_cast<std::size_t>(chain)];
    q = {1.06, 0.37, 0.37};
    q.insert(q.end(), e.truth.z.begin(), e.truth.z.end());
    if (!dispersed) continue;
    const auto w = drawWeights(o, chain);
    const double middle = (std::log(w[0]) + std::log(w[1]) + std::log(w[2])) / 3;
    for (std::size_t k = 0; k < w.size(); ++k) q[k] = std::log(w[k]) - middle;
    chooseLatents(o, e, pool, w, chain, q.data() + LatentMixture::components, poll);
  }
  return starts;
}

}  // namespace inflaton
