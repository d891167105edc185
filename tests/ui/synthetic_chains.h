#pragma once
// An engine for tests of the stage "HMC": autocorrelated chains on the simplex, a Gaussian posterior, uniform ranks and true leapfrog steps
// on a ring. Known answers at once, where the real functions would need a flow.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "ui/hmc/hmc_engine.h"

namespace inflaton::test {

struct SyntheticChains {
  int chains = 4;
  std::int64_t warmup = 200, draws = 600;
  double correlation = 0.7;
  int divergences = 6;  ///< after warm-up, in chain 1
  double offset = 0;    ///< of the last chain's w0: chains that do not agree
  unsigned seed = 3;

  std::shared_ptr<const McmcDraws> until(std::int64_t iterations) const {
    auto d = std::make_shared<McmcDraws>();
    d->chains = chains, d->warmup = warmup;
    const auto n = static_cast<std::size_t>(chains);
    d->weights.resize(n), d->latents.resize(n), d->logDensity.resize(n), d->energy.resize(n), d->accept.resize(n), d->stepSize.resize(n),
        d->depth.resize(n), d->leapfrogs.resize(n), d->divergent.resize(n);
    for (std::size_t c = 0; c < n; ++c) {
      std::mt19937 random(seed + static_cast<unsigned>(c));
      std::normal_distribution<double> normal;
      double a = 1.5 * normal(random), b = 1.5 * normal(random), e = 0;
      for (std::int64_t i = 0; i < iterations; ++i) {
        const double rho = i < warmup ? 0.96 : correlation, noise = std::sqrt(1 - rho * rho);
        a = rho * a + noise * normal(random), b = rho * b + noise * normal(random);
        const double w0 = 0.5 + 0.019 * a + (c + 1 == n ? offset : 0), w1 = 0.245 + 0.014 * (0.8 * b - 0.4 * a);
        for (const double w : {w0, w1, 1 - w0 - w1}) d->weights[c].push_back(static_cast<float>(std::clamp(w, 0.0, 1.0)));
        e = 0.4 * e + std::sqrt(1 - 0.16) * normal(random);
        d->logDensity[c].push_back(-4000 + 45 * e);
        d->energy[c].push_back(6000 + 45 * e + 5 * normal(random));
        d->accept[c].push_back(0.8), d->stepSize[c].push_back(0.04);
        d->depth[c].push_back(5), d->leapfrogs[c].push_back(31);
        const std::int64_t every = divergences > 0 ? std::max<std::int64_t>(1, draws / divergences) : 0;
        d->divergent[c].push_back(c == 1 && every > 0 && i >= warmup && (i - warmup) % every == every / 2);
      }
    }
    return d;
  }

  McmcUpdate update(std::int64_t iterations) const {
    McmcUpdate u;
    u.draws = until(iterations);
    u.iteration = iterations, u.total = warmup + draws;
    u.seconds = 0.01 * static_cast<double>(iterations);
    u.etaSeconds = 0.01 * static_cast<double>(u.total - iterations);
    if (iterations >= warmup + 8) {
      double rhat = 0, ess = 1e9;
      for (int k = 0; k < 3; ++k) {
        std::vector<std::vector<double>> draws;
        for (const auto& chain : u.draws->weights) {
          draws.emplace_back();
          for (auto i = static_cast<std::size_t>(warmup); 3 * i < chain.size(); ++i)
            draws.back().push_back(chain[3 * i + static_cast<std::size_t>(k)]);
        }
        u.weights.push_back(diagnose("w" + std::to_string(k), draws));
        rhat = std::max(rhat, u.weights.back().rhat), ess = std::min(ess, u.weights.back().essBulk);
      }
      for (const auto& chain : u.draws->divergent) u.divergences += std::count(chain.begin(), chain.end(), 1);
      u.ebfmi = 0.9;
      u.essPerSecond = ess / u.seconds;
      u.good = rhat < 1.01 && ess > 400 && u.divergences == 0;
      u.verdict = u.good              ? "converged"
                  : rhat >= 1.01      ? "R-hat above 1.01: not yet mixed"
                  : u.divergences > 0 ? "transitions diverge: raise the target acceptance"
                                      : "fewer than 400 independent draws";
    } else {
      u.verdict = "warming up";
    }
    return u;
  }
};

/// What the engine was asked, and how it answers.
struct EngineLog {
  std::mutex mutex;
  std::vector<ToyMcmcOptions> runs;
  std::vector<MarginalOptions> marginals;
  std::vector<SbcOptions> tests;
  std::vector<HmcDemoOptions> demos;
  std::atomic<bool> diverge{false};
  std::atomic<int> pace{2};  ///< ms an update
  SyntheticChains chains;
};

inline std::shared_ptr<const MarginalPosterior> syntheticMarginal() {
  auto m = std::make_shared<MarginalPosterior>();
  m->truth = {0.5, 0.25, 0.25};
  m->mean = {0.501, 0.2446, 0.2544}, m->sd = {0.019, 0.0125, 0.0165}, m->meanError = {1.2e-4, 9e-5, 1.1e-4};
  m->covariance = {3.6e-4, -1.06e-4, -2.5e-4, -1.06e-4, 1.57e-4, -5.1e-5, -2.5e-4, -5.1e-5, 3.0e-4};
  for (int g = 0; g <= 400; ++g) m->at.push_back(g / 400.0);
  for (std::size_t k = 0; k < 3; ++k)
    for (const double x : m->at)
      m->density[k].push_back(std::exp(-0.5 * std::pow((x - m->mean[k]) / m->sd[k], 2)) / (m->sd[k] * std::sqrt(2 * M_PI)));
  m->observations = 2000, m->points = 60000, m->seconds = 2.4;
  return m;
}

inline std::shared_ptr<const SbcResult> syntheticSbc(std::int64_t done, std::int64_t replicates, double bias) {
  auto r = std::make_shared<SbcResult>();
  r->done = done, r->replicates = replicates, r->seconds = 3.5;
  for (int i = 0; i <= 100; ++i) {
    const double z = i / 100.0, width = 1.36 * std::sqrt(z * (1 - z) / static_cast<double>(std::max<std::int64_t>(1, done))) * 1.2 + 0.01;
    r->at.push_back(z), r->lower.push_back(-width), r->upper.push_back(width);
  }
  for (int l = 1; l < 20; ++l) {
    const double p = l / 20.0, sd = std::sqrt(p * (1 - p) / static_cast<double>(std::max<std::int64_t>(1, done)));
    r->levels.push_back(p), r->coverageLower.push_back(std::max(0.0, p - 1.96 * sd)),
        r->coverageUpper.push_back(std::min(1.0, p + 1.96 * sd));
    r->regionCoverage.push_back(std::clamp(p + 0.4 * sd, 0.0, 1.0));
  }
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  r->calibrated = true;
  for (int k = 0; k < 3; ++k) {
    SbcScalar s;
    s.name = "w" + std::to_string(k);
    std::vector<double> u;
    for (std::int64_t i = 0; i < done; ++i)
      u.push_back(std::pow(uniform(random), k == 0 ? 1 + bias : 1)), s.ranks.push_back(static_cast<std::int32_t>(999 * u.back()));
    for (std::size_t i = 0; i < r->at.size(); ++i) {
      double below = 0;
      for (const double v : u) below += v <= r->at[i];
      const double d = below / static_cast<double>(std::max<std::size_t>(1, u.size())) - r->at[i];
      s.ecdfDifference.push_back(d);
      if (d < r->lower[i] - 1e-12 || d > r->upper[i] + 1e-12) s.inside = false;
    }
    s.pValue = s.inside ? 0.4 : 0.003;
    for (const double p : r->levels) {
      double inside = 0;
      for (const double v : u) inside += std::abs(v - 0.5) <= p / 2;
      s.coverage.push_back(inside / static_cast<double>(std::max<std::size_t>(1, u.size())));
    }
    r->calibrated = r->calibrated && s.inside;
    r->scalars.push_back(std::move(s));
  }
  r->verdict = done < replicates ? ""
               : r->calibrated   ? "calibrated: every weight stays inside the band"
                                 : "not calibrated: w0 leaves the band";
  return r;
}

/// Fixed-length HMC on a ring with a Gaussian over it: everything the real demonstration shows, without a flow.
inline std::shared_ptr<const HmcDemo> syntheticDemo(const HmcDemoOptions& o) {
  auto d = std::make_shared<HmcDemo>();
  const auto log = [](double x, double y) {
    return -0.5 * std::pow((std::hypot(x, y) - 1) / 0.12, 2) - 0.5 * (std::pow(x - 0.6, 2) + std::pow(y - 0.4, 2)) / 0.3;
  };
  const auto slope = [](double x, double y, double* g) {
    const double r = std::max(1e-9, std::hypot(x, y)), a = -(r - 1) / (0.0144 * r);
    g[0] = a * x - (x - 0.6) / 0.3, g[1] = a * y - (y - 0.4) / 0.3;
  };
  d->rows = d->columns = static_cast<int>(o.grid);
  d->left = d->bottom = -1.8;
  d->stepX = d->stepY = 3.6 / static_cast<double>(o.grid - 1);
  float most = -1e30f;
  for (int r = 0; r < d->rows; ++r)
    for (int c = 0; c < d->columns; ++c)
      d->logDensity.push_back(static_cast<float>(log(d->left + c * d->stepX, d->bottom + r * d->stepY))),
          most = std::max(most, d->logDensity.back());
  for (float& v : d->logDensity) v -= most;
  d->truth = {0.83f, 0.55f};
  std::mt19937 random(static_cast<unsigned>(o.seed));
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const double step = d->stepSize = o.step_size > 0 ? o.step_size : 0.03;
  double x = o.init == "poor" ? -1.5 : 0.83, y = o.init == "poor" ? -1.4 : 0.55;
  for (std::int64_t t = 0; t < o.transitions; ++t) {
    HmcDemo::Transition move;
    double q[2] = {x, y}, p[2] = {normal(random), normal(random)}, g[2];
    const double start = -log(x, y) + 0.5 * (p[0] * p[0] + p[1] * p[1]);
    double error = 0;
    for (std::int64_t s = 0; s <= o.traj_length; ++s) {
      move.path.push_back(static_cast<float>(q[0])), move.path.push_back(static_cast<float>(q[1]));
      error = -log(q[0], q[1]) + 0.5 * (p[0] * p[0] + p[1] * p[1]) - start;
      move.energyError.push_back(static_cast<float>(error));
      if (!(std::abs(error) < 1000)) break;
      slope(q[0], q[1], g);
      for (int j = 0; j < 2; ++j) p[j] += 0.5 * step * g[j], q[j] += step * p[j];
      slope(q[0], q[1], g);
      for (int j = 0; j < 2; ++j) p[j] += 0.5 * step * g[j];
    }
    move.divergent = !(std::abs(error) < 1000);
    move.accepted = !move.divergent && std::log(uniform(random)) < -error;
    d->accept += std::min(1.0, std::exp(-error)) / static_cast<double>(o.transitions);
    if (move.accepted) x = move.path[move.path.size() - 2], y = move.path.back();
    move.chosen[0] = static_cast<float>(x), move.chosen[1] = static_cast<float>(y);
    d->transitions.push_back(std::move(move));
  }
  return d;
}

inline ui::HmcEngine syntheticEngine(const std::shared_ptr<EngineLog>& log, const std::string& folder) {
  ui::HmcEngine engine;
  engine.chains = [log, folder](const ToyMcmcOptions& o, const JobContext& context,
                                const std::function<void(const McmcUpdate&)>& update) -> Expected<McmcResult> {
    SyntheticChains chains;
    {
      const std::lock_guard lock(log->mutex);
      log->runs.push_back(o);
      chains = log->chains;
    }
    return atEdge([&] {
      chains.chains = static_cast<int>(o.chains);
      context.report({"building the table", 1, 4, 0.5, ""});
      McmcResult result;
      result.run_folder = folder;
      result.truth = {0.5, 0.25, 0.25};
      std::int64_t at = o.resume.empty() ? 0 : 300;
      for (; at < chains.warmup + chains.draws; at += 20) {
        context.throwIfStopped();
        if (context.finish.stop_requested()) break;
        if (log->diverge && at > 260)
          throw Error(ErrorCode::diverged, "more than half of the transitions diverge at step size 0.5",
                      "Lower --step_size or raise --acpt; the draws are kept.");
        result.last = chains.update(at + 20);
        result.last.run_folder = folder;
        context.report({"sampling", static_cast<double>(at), 800, result.last.etaSeconds, ""});
        if (update) update(result.last);
        std::this_thread::sleep_for(std::chrono::milliseconds(log->pace));
      }
      if (!result.last.draws) result.last = chains.update(std::max<std::int64_t>(20, at));
      result.last.run_folder = folder;
      result.last.etaSeconds = -1;
      result.diagnostics = result.last.weights;
      result.table = {12431, 14002, 60000, 9e-5, 2.1e-3, 1.1e-2, 8};
      for (int k = 0; k < 4 && !result.diagnostics.empty(); ++k) {
        Diagnostic z = result.diagnostics.front();
        z.name = "z" + std::to_string(k) + "[0]", z.mean = 0.3 * k, z.sd = 0.1, z.rhat = 1.002 + 0.004 * k, z.essBulk = 900 - 200 * k,
        z.essTail = 700 - 150 * k;
        result.diagnostics.push_back(z);
      }
      result.stopped = at < chains.warmup + chains.draws;
      result.seconds = 12;
      result.files = {folder + "/sampled_weights.npz", folder + "/sampled_zs.npz"};
      return result;
    });
  };
  engine.load = [log, folder](const std::string& path) -> Expected<McmcResult> {
    if (path != folder)
      return tl::unexpected(JobError{ErrorCode::failed, path + ": no chains in this folder", "Choose a run folder of toy-mcmc."});
    McmcResult result;
    result.run_folder = folder;
    result.truth = {0.5, 0.25, 0.25};
    result.last = log->chains.update(log->chains.warmup + log->chains.draws);
    result.diagnostics = result.last.weights;
    return result;
  };
  engine.marginal = [log](const MarginalOptions& o, const JobContext&) -> Expected<std::shared_ptr<const MarginalPosterior>> {
    const std::lock_guard lock(log->mutex);
    log->marginals.push_back(o);
    return syntheticMarginal();
  };
  engine.sbc =
      [log](const SbcOptions& o, const JobContext& context,
            const std::function<void(const std::shared_ptr<const SbcResult>&)>& update) -> Expected<std::shared_ptr<const SbcResult>> {
    {
      const std::lock_guard lock(log->mutex);
      log->tests.push_back(o);
    }
    return atEdge([&] {
      for (std::int64_t done = 20; done < o.replicates; done += 20) {
        context.throwIfStopped();
        context.report({"replicates", static_cast<double>(done), static_cast<double>(o.replicates), 1, ""});
        if (update) update(syntheticSbc(done, o.replicates, o.score_scale - 1));
        std::this_thread::sleep_for(std::chrono::milliseconds(log->pace));
      }
      return syntheticSbc(o.replicates, o.replicates, 3 * (o.score_scale - 1));
    });
  };
  engine.demo = [log](const HmcDemoOptions& o, const JobContext&) -> Expected<std::shared_ptr<const HmcDemo>> {
    {
      const std::lock_guard lock(log->mutex);
      log->demos.push_back(o);
    }
    return syntheticDemo(o);
  };
  return engine;
}

}  // namespace inflaton::test
