#include "core/calibration/sbc/sbc_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/api/stop_scope.h"
#include "core/calibration/posterior/marginal_likelihood.h"
#include "core/calibration/posterior/simplex_posterior.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"
#include "core/machine/slices.h"

namespace inflaton {
namespace {

constexpr std::int64_t kRound = 8192;  // observations that are made together

/// Weights flat on the simplex, then labels, latents and noise of one replicate; depends on (seed, replicate) alone.
struct Replicate {
  double weights[3];
  std::vector<double> z, noise;  ///< [observations, 2]
};

Replicate drawReplicate(const LatentMixture& mixture, std::int64_t observations, double noiseVariance, std::uint64_t seed,
                        std::int64_t number) {
  const CounterRng rng(numberedSeed(purposeSeed(seed, Purpose::sbcReplicates), static_cast<std::uint64_t>(number)), 0);
  Replicate r;
  const auto flat = rng.uniforms(~std::uint64_t{0}, 0);
  double total = 0;
  for (std::size_t k = 0; k < 3; ++k) total += r.weights[k] = -std::log(flat[k]);
  for (double& w : r.weights) w /= total;
  for (std::int64_t i = 0; i < observations; ++i) {
    const double u = rng.uniforms(static_cast<std::uint64_t>(i), 0)[0];
    const std::size_t k = u < r.weights[0] ? 0 : u < r.weights[0] + r.weights[1] ? 1 : 2;
    const auto normal = rng.normals(static_cast<std::uint64_t>(i), 1);
    for (std::size_t j = 0; j < 2; ++j) {
      r.z.push_back(mixture.mean[k][j] + std::sqrt(mixture.variance[k][j]) * normal[j]);
      r.noise.push_back(std::sqrt(noiseVariance) * normal[2 + j]);
    }
  }
  return r;
}

/// Ranks of one replicate: its three weights', then its density's.
std::array<std::int32_t, 4> ranksOf(const MarginalLikelihood& likelihood, std::span<const double> x, const double* truth,
                                    std::int64_t draws, std::uint64_t seed, const std::function<void()>& poll) {
  std::vector<double> logL(x.size() / 2 * 3);
  for (std::size_t i = 0; i < x.size() / 2; ++i) {
    poll();
    likelihood.logEach(x[2 * i], x[2 * i + 1], std::span<double>(logL).subspan(3 * i, 3));
  }
  const SimplexLikelihood all(logL);
  const SimplexPosterior posterior(all, SimplexPrior::uniform, poll);
  const auto drawn = posterior.draws(draws, seed);
  const double density = posterior.logDensity({truth, 1}, {truth + 1, 1}, {truth + 2, 1})[0];
  std::array<std::int32_t, 4> rank{};
  for (std::size_t i = 0; i < drawn.logDensity.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) rank[k] += drawn.w[k][i] < truth[k];
    rank[3] += drawn.logDensity[i] > density;
  }
  return rank;
}

}  // namespace

SbcRanks sbcRanks(const SbcFlows& flows, const SbcOptions& o, const JobContext& context,
                  const std::function<void(const SbcRanks&)>& round) {
  const StopScope keeping(context.stop, context.finish);
  const auto seed = static_cast<std::uint64_t>(o.seed);
  const MarginalLikelihood likelihood(*flows.tested, flows.mixture, o.gt_eps_mvn, o.points, 1, purposeSeed(seed, Purpose::sbcLatents),
                                      context);
  SbcRanks ranks;
  const auto began = std::chrono::steady_clock::now();
  const std::int64_t atOnce = std::clamp<std::int64_t>(kRound / o.observations, 1, o.replicates);
  /// The ranks of `count` replicates from number `from` on.
  const auto roundOf = [&](std::int64_t from, std::int64_t count) {
    std::vector<Replicate> made;
    std::vector<double> z, x;
    for (std::int64_t i = 0; i < count; ++i) {
      StopScope::look();
      made.push_back(drawReplicate(flows.mixture, o.observations, o.gt_eps_mvn, seed, from + i));
      z.insert(z.end(), made.back().z.begin(), made.back().z.end());
    }
    x.resize(z.size());
    pushThrough(*flows.truth, z, x, [](std::int64_t) { StopScope::look(); });
    const auto width = static_cast<std::size_t>(2 * o.observations);
    for (std::size_t i = 0; i < made.size(); ++i)
      for (std::size_t j = 0; j < width; ++j) x[i * width + j] += made[i].noise[j];

    std::vector<std::array<std::int32_t, 4>> found(made.size());
    forSlices(count, [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      const auto own = numberedSeed(purposeSeed(seed, Purpose::sbcDraws), static_cast<std::uint64_t>(from + i));
      found[at] = ranksOf(likelihood, {x.data() + at * width, width}, made[at].weights, o.posterior_draws, own, StopScope::look);
    });
    return found;
  };
  for (std::int64_t from = 0; from < o.replicates; from += atOnce) {
    const std::int64_t count = std::min(atOnce, o.replicates - from);
    std::vector<std::array<std::int32_t, 4>> found;
    try {
      StopScope::look();
      found = roundOf(from, count);
    } catch (const StopAndKeep&) {
      if (from == 0) throw;
      return ranks;
    }
    for (const auto& rank : found) {
      for (std::size_t k = 0; k < 3; ++k) ranks.weight[k].push_back(rank[k]);
      ranks.density.push_back(rank[3]);
    }
    const double done = static_cast<double>(from + count), all = static_cast<double>(o.replicates);
    context.report({"replicates",
                    done,
                    all,
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() * (all - done) / done,
                    {}});
    if (round) round(ranks);
  }
  return ranks;
}

}  // namespace inflaton
