// The job behind sbc: replicates from the prior, each with its own posterior; the latents' images are shared by all of them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <nlohmann/json.hpp>

#include "core/api/calibration.h"
#include "core/api/jobs.h"
#include "core/calibration/marginal_likelihood.h"
#include "core/calibration/sbc_scaled_score.h"
#include "core/calibration/sbc_summary.h"
#include "core/calibration/simplex_posterior.h"
#include "core/data/counter_rng.h"
#include "core/io/npz.h"
#include "core/nets/device.h"
#include "core/train/toy_posterior.h"

namespace inflaton {
namespace {

constexpr std::uint64_t kReplicates = 21, kLatents = 22, kDraws = 23;  // purposes of the seed
constexpr std::int64_t kPopulationNodes = 1 << 12;  // of the exact score: a curve's nodes lie within 0.005 of each other, kernel and noise are far wider
constexpr std::int64_t kRound = 8192;               // observations that are made together
constexpr double kSecondsBetweenUpdates = 0.3;

/// Flow that makes the data, flow under test.
struct Flows {
  std::shared_ptr<const GenerativeMap> truth, tested;
  LatentMixture mixture;
};

Flows makeFlows(const SbcOptions& o, const JobContext& context) {
  const auto poll = [context] { context.throwIfStopped(); };
  context.report({o.source == "net" ? "loading the network" : "making the exact score", 0, 0, -1, {}});
  const Problem self = makeProblem(o, 1.0, at::kDouble, chooseDevice(o.device), poll);
  const int dim = self.denoiser->basis().dim;
  if (dim != 2)
    throw Error(ErrorCode::usage, (o.source == "net" ? "network " + o.network : "the data") + " has " + std::to_string(dim) + " dimensions; allowed: 2",
                "The experiment's latent mixture is two-dimensional.");
  Flows flows;
  flows.mixture = LatentMixture::ofPaper(LatentMixture::compressedVariance(o, self));
  Problem tested = self, truth = self;
  if (o.score_scale != 1) tested.denoiser = std::make_shared<ScaledScore>(self.denoiser, o.score_scale);
  if (o.truth == "exact") truth.denoiser = std::make_shared<ToyPosterior>(o, self.denoiser->schedule(), self.denoiser->basis(), kPopulationNodes);
  TableReport report;
  flows.tested = generativeMap(o, tested, report, context);
  flows.truth = solverMap(o, truth, poll);  // no table there: what it gets wrong is part of what is tested
  if (report.cells > 0) context.note("table of " + std::to_string(report.cells) + " cells, error " + formatParameter(report.mean) + " mean, " + formatParameter(report.q99) + " at 99 %");
  return flows;
}

/// Weights flat on the simplex, then labels, latents and noise of one replicate; depends on (seed, replicate) alone.
struct Replicate {
  double weights[3];
  std::vector<double> z, noise;  ///< [observations, 2]
};

Replicate drawReplicate(const LatentMixture& mixture, std::int64_t observations, double noiseVariance, std::uint64_t seed, std::int64_t number) {
  const CounterRng rng(derivedSeed(derivedSeed(seed, kReplicates), static_cast<std::uint64_t>(number)), 0);
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
std::array<std::int32_t, 4> ranksOf(const MarginalLikelihood& likelihood, std::span<const double> x, const double* truth, std::int64_t draws, std::uint64_t seed,
                                    const std::function<void()>& poll) {
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

std::shared_ptr<const SbcResult> compute(const SbcOptions& o, const JobContext& context, const std::function<void(const std::shared_ptr<const SbcResult>&)>& update) {
  validate(o);
  useThreads(static_cast<int>(o.threads));
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  const auto since = [](Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); };
  const auto seed = static_cast<std::uint64_t>(o.seed);
  const auto flows = makeFlows(o, context);
  const MarginalLikelihood likelihood(*flows.tested, flows.mixture, o.gt_eps_mvn, o.points, 1, derivedSeed(seed, kLatents), context);

  SbcRanks ranks;
  const auto result = [&] {
    auto r = std::make_shared<SbcResult>(summarise(ranks, o.posterior_draws, o.band, o.observations, o.replicates));
    r->seconds = since(began), r->command = commandLine(o);
    return r;
  };
  const auto started = Clock::now();
  auto told = started;
  const std::int64_t round = std::clamp<std::int64_t>(kRound / o.observations, 1, o.replicates);
  for (std::int64_t from = 0; from < o.replicates && !(context.finish.stop_requested() && from > 0); from += round) {
    const std::int64_t count = std::min(round, o.replicates - from);
    std::vector<Replicate> made;
    std::vector<double> z, x;
    for (std::int64_t i = 0; i < count; ++i) {
      context.throwIfStopped();
      made.push_back(drawReplicate(flows.mixture, o.observations, o.gt_eps_mvn, seed, from + i));
      z.insert(z.end(), made.back().z.begin(), made.back().z.end());
    }
    x.resize(z.size());
    pushThrough(*flows.truth, z, x, [&](std::int64_t) { context.throwIfStopped(); });
    const auto width = static_cast<std::size_t>(2 * o.observations);
    for (std::size_t i = 0; i < made.size(); ++i)
      for (std::size_t j = 0; j < width; ++j) x[i * width + j] += made[i].noise[j];

    std::vector<std::array<std::int32_t, 4>> found(made.size());
    std::exception_ptr failure;
    std::atomic<bool> stop{false};
#pragma omp parallel for schedule(dynamic, 1)
    for (std::int64_t i = 0; i < count; ++i) {
      if (stop) continue;
      try {
        found[static_cast<std::size_t>(i)] =
            ranksOf(likelihood, std::span<const double>(x).subspan(static_cast<std::size_t>(i) * width, width), made[static_cast<std::size_t>(i)].weights, o.posterior_draws,
                    derivedSeed(derivedSeed(seed, kDraws), static_cast<std::uint64_t>(from + i)), [&] { context.throwIfStopped(); });
      } catch (...) {
        stop = true;
#pragma omp critical
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
    for (const auto& rank : found) {
      for (std::size_t k = 0; k < 3; ++k) ranks.weight[k].push_back(rank[k]);
      ranks.density.push_back(rank[3]);
    }
    const double done = static_cast<double>(from + count), all = static_cast<double>(o.replicates);
    context.report({"replicates", done, all, since(started) * (all - done) / done, {}});
    if (update && from + count < o.replicates && since(told) > kSecondsBetweenUpdates) update(result()), told = Clock::now();
  }
  auto last = result();
  context.note(last->verdict);
  if (update) update(last);
  return last;
}

void save(const SbcResult& r, const SbcOptions& o) {
  NpzWriter w(o.output);
  const auto E = static_cast<std::int64_t>(r.at.size()), L = static_cast<std::int64_t>(r.levels.size()), K = static_cast<std::int64_t>(r.scalars.size());
  w.begin<std::int32_t>("ranks", {K, r.done});
  for (const auto& s : r.scalars) w.append(std::span<const std::int32_t>(s.ranks));
  w.begin<double>("ecdf_difference", {K, E});
  for (const auto& s : r.scalars) w.append(std::span<const double>(s.ecdfDifference));
  std::vector<double> p;
  std::vector<std::int32_t> inside;
  for (const auto& s : r.scalars) p.push_back(s.pValue), inside.push_back(s.inside);
  w.add("p_value", std::span<const double>(p), {K});
  w.add("inside", std::span<const std::int32_t>(inside), {K});
  w.add("at", std::span<const double>(r.at), {E});
  w.add("lower", std::span<const double>(r.lower), {E});
  w.add("upper", std::span<const double>(r.upper), {E});
  w.begin<double>("coverage", {K, L});
  for (const auto& s : r.scalars) w.append(std::span<const double>(s.coverage));
  w.add("region_coverage", std::span<const double>(r.regionCoverage), {L});
  w.add("levels", std::span<const double>(r.levels), {L});
  w.add("coverage_lower", std::span<const double>(r.coverageLower), {L});
  w.add("coverage_upper", std::span<const double>(r.coverageUpper), {L});
  nlohmann::json names = nlohmann::json::array();
  for (const auto& s : r.scalars) names.push_back(s.name);
  const nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()}, {"command", commandLine(o)}, {"options", toJson(o)}, {"seed", o.seed},
                            {"scalars", names},
                            {"replicates", r.done},
                            {"prior", "uniform on the simplex, for data and analysis"},
                            {"ranks", "posterior draws below the true weight, 0 to posterior_draws"},
                            {"calibrated", r.calibrated},
                            {"verdict", r.verdict}};
  w.addText("meta", meta.dump());
  w.commit();
}

}  // namespace

Expected<std::shared_ptr<const SbcResult>> simulationBasedCalibration(const SbcOptions& o, const JobContext& context,
                                                                      const std::function<void(const std::shared_ptr<const SbcResult>&)>& update) {
  return atEdge([&] { return compute(o, context, update); });
}

Expected<void> saveSbc(const SbcResult& r, const SbcOptions& o) {
  return atEdge([&] { save(r, o); });
}

}  // namespace inflaton
