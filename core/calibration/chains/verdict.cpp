#include "core/calibration/chains/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/number_text.h"

namespace inflaton {
namespace {

constexpr std::int64_t kEnoughToJudge = 20;  // draws of all chains before divergence ends a run
constexpr std::int64_t kLate = 40;           // transitions of warm-up that may look bad
constexpr double kCollapsed = 1e-9;          // of a step size
constexpr std::size_t kNamed = 3;            // latents named in a verdict

std::vector<Diagnostic> unconverged(const std::vector<Diagnostic>& latents) {
  std::vector<Diagnostic> bad;
  for (const auto& d : latents)
    if (!(d.rhat < kGoodLatentRhat) || !(d.essBulk > kGoodLatentEss)) bad.push_back(d);  // a stuck one has no R-hat
  const auto rank = [](const Diagnostic& d) { return std::isnan(d.rhat) ? std::numeric_limits<double>::infinity() : d.rhat; };
  std::stable_sort(bad.begin(), bad.end(), [&](const Diagnostic& a, const Diagnostic& b) { return rank(a) > rank(b); });
  return bad;
}

/// "2 of 8 latent coordinates have not: z[3,0] (R-hat 1.062, bulk ESS 89), z[5,1] (...)"; the worst by name, the others by number.
std::string latentText(const std::vector<Diagnostic>& bad, std::size_t all) {
  std::string out = formatted("%zu of %zu latent coordinates ha%s not: ", bad.size(), all, bad.size() == 1 ? "s" : "ve");
  for (std::size_t i = 0; i < std::min(bad.size(), kNamed); ++i)
    out += (i ? ", " : "") + bad[i].name + formatted(" (R-hat %.3f, bulk ESS %.0f)", bad[i].rhat, bad[i].essBulk);
  return bad.size() > kNamed ? out + formatted(" and %zu more", bad.size() - kNamed) : out;
}

bool weightsMixed(const McmcUpdate& u) { return worstRhat(u.weights) < kGoodRhat && leastEss(u.weights) > kGoodEss && u.divergences == 0; }

std::string verdictOfWeights(const McmcUpdate& u) {
  const double rhat = worstRhat(u.weights), ess = leastEss(u.weights);
  if (rhat >= kGoodRhat) return formatted("R-hat %.3f above %.2f: not yet mixed", rhat, kGoodRhat);
  if (ess <= kGoodEss) return formatted("mixed, but bulk ESS %.0f of %.0f: more draws needed", ess, kGoodEss);
  if (u.divergences > 0)
    return formatted("mixed, but %lld divergent transitions: corners may be missed; a higher acceptance target helps",
                     static_cast<long long>(u.divergences));
  if (u.ebfmi < kPoorEbfmi) return formatted("converged; E-BFMI %.2f below %.1f: energies mix slowly", u.ebfmi, kPoorEbfmi);
  return "converged";
}

std::string verdictOf(const McmcUpdate& u) {
  const auto& d = *u.draws;
  if (u.iteration < d.warmup) {
    const double step = d.stepSize.front().empty() ? 0 : d.stepSize.front().back();
    return formatted("warming up, step size %.3g", step);
  }
  if (u.weights.empty()) return "warmed up";
  if (!std::isfinite(worstRhat(u.weights)) || !std::isfinite(leastEss(u.weights))) return "too few draws to judge";
  const auto bad = unconverged(u.latents);
  if (bad.empty()) return verdictOfWeights(u);
  if (weightsMixed(u)) return "the weights have converged, but " + latentText(bad, u.latents.size()) + "; more draws needed";
  return verdictOfWeights(u) + "; " + latentText(bad, u.latents.size());
}

}  // namespace

std::vector<double> weightsOf(const double* logits, int components) {
  std::vector<double> w(logits, logits + components);
  const double top = *std::max_element(w.begin(), w.end());
  double sum = 0;
  for (double& v : w) v = std::exp(v - top), sum += v;
  for (double& v : w) v /= sum;
  return w;
}

void appendDraw(McmcDraws& d, const std::vector<mcmc::Transition>& transitions, const std::vector<std::vector<double>>& positions) {
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const auto& q = positions[k];
    for (const double w : weightsOf(q.data(), d.components)) d.weights[k].push_back(static_cast<float>(w));
    for (const std::int64_t i : d.watched)
      for (std::int64_t j = 0; j < 2; ++j)
        d.latents[k].push_back(static_cast<float>(q[static_cast<std::size_t>(d.components + 2 * i + j)]));
    const auto& t = transitions[k];
    d.logDensity[k].push_back(t.logDensity), d.energy[k].push_back(t.energy), d.accept[k].push_back(t.accept),
        d.stepSize[k].push_back(t.stepSize);
    d.depth[k].push_back(t.depth), d.leapfrogs[k].push_back(t.leapfrogs), d.divergent[k].push_back(t.divergent);
  }
}

std::vector<std::vector<double>> weightDraws(const McmcDraws& d, int component) {
  std::vector<std::vector<double>> all(static_cast<std::size_t>(d.chains));
  for (int k = 0; k < d.chains; ++k)
    for (std::int64_t i = d.warmup; i < d.drawsOf(k); ++i)
      all[static_cast<std::size_t>(k)].push_back(
          d.weights[static_cast<std::size_t>(k)][static_cast<std::size_t>(i * d.components + component)]);
  return all;
}

std::vector<std::vector<double>> latentDraws(const McmcDraws& d, std::size_t watched, int axis) {
  const auto width = static_cast<std::int64_t>(d.watched.size()) * 2;
  std::vector<std::vector<double>> all(static_cast<std::size_t>(d.chains));
  for (int k = 0; k < d.chains; ++k)
    for (std::int64_t i = d.warmup; i < d.drawsOf(k); ++i)
      all[static_cast<std::size_t>(k)].push_back(
          d.latents[static_cast<std::size_t>(k)][static_cast<std::size_t>(i * width + static_cast<std::int64_t>(watched) * 2 + axis)]);
  return all;
}

std::vector<Diagnostic> diagnoseWeights(const McmcDraws& d) {
  std::vector<Diagnostic> all;
  if (d.chains == 0 || d.drawsOf(0) <= d.warmup) return all;
  for (int j = 0; j < d.components; ++j) all.push_back(diagnose("weights[" + std::to_string(j) + "]", weightDraws(d, j)));
  return all;
}

std::vector<Diagnostic> diagnoseWatched(const McmcDraws& d) {
  std::vector<Diagnostic> all;
  if (d.chains == 0 || d.drawsOf(0) <= d.warmup) return all;
  for (std::size_t w = 0; w < d.watched.size(); ++w)
    for (int axis = 0; axis < 2; ++axis)
      all.push_back(diagnose("z[" + std::to_string(d.watched[w]) + "," + std::to_string(axis) + "]", latentDraws(d, w, axis)));
  return all;
}

double worstRhat(const std::vector<Diagnostic>& all) {
  double worst = all.empty() ? std::numeric_limits<double>::quiet_NaN() : 0;
  for (const auto& one : all)
    worst = std::isnan(one.rhat) || std::isnan(worst) ? std::numeric_limits<double>::quiet_NaN() : std::max(worst, one.rhat);
  return worst;
}

double leastEss(const std::vector<Diagnostic>& all) {
  double least = all.empty() ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  for (const auto& one : all)
    least = std::isnan(one.essBulk) || std::isnan(least) ? std::numeric_limits<double>::quiet_NaN() : std::min(least, one.essBulk);
  return least;
}

McmcUpdate summarise(std::shared_ptr<const McmcDraws> draws, std::int64_t total, double seconds, double samplingSeconds) {
  McmcUpdate u;
  const McmcDraws& d = *draws;
  u.draws = std::move(draws);
  u.iteration = d.drawsOf(0), u.total = total, u.seconds = seconds;
  u.weights = diagnoseWeights(d);
  u.ebfmi = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t k = 0; k < static_cast<std::size_t>(d.chains); ++k) {
    if (static_cast<std::int64_t>(d.energy[k].size()) <= d.warmup) continue;
    const auto kept = static_cast<std::ptrdiff_t>(d.warmup);
    u.divergences += std::count(d.divergent[k].begin() + kept, d.divergent[k].end(), std::uint8_t{1});
    const double one = ebfmi({d.energy[k].begin() + kept, d.energy[k].end()});
    u.ebfmi = std::isnan(u.ebfmi) ? one : std::min(u.ebfmi, one);
  }
  if (const double ess = leastEss(u.weights); std::isfinite(ess) && samplingSeconds > 0) u.essPerSecond = ess / samplingSeconds;
  u.latents = diagnoseWatched(d);
  judge(u);
  return u;
}

void judge(McmcUpdate& u) {
  u.verdict = verdictOf(u);
  u.good = weightsMixed(u) && unconverged(u.latents).empty();
}

std::string divergedBecause(const McmcDraws& d, const ToyMcmcOptions& o) {
  const std::int64_t n = d.drawsOf(0), draws = n - d.warmup;
  if (draws > 0 && draws * d.chains >= kEnoughToJudge) {
    std::int64_t bad = 0;
    for (const auto& chain : d.divergent)
      bad += std::count(chain.begin() + static_cast<std::ptrdiff_t>(d.warmup), chain.end(), std::uint8_t{1});
    if (2 * bad > draws * d.chains)
      return std::to_string(bad) + " of " + std::to_string(draws * d.chains) + " draws diverged at step size " +
             formatted("%.3g", d.stepSize.front().back()) + (o.burn == 0 ? " (burn is 0, so it was not adapted)" : "");
  }
  for (int k = 0; k < d.chains && n > kLate; ++k)
    if (const double step = d.stepSize[static_cast<std::size_t>(k)].back(); !(step > kCollapsed))
      return "the step size of chain " + std::to_string(k) + " collapsed to " + formatted("%.3g", step) + " by transition " +
             std::to_string(n);
  return {};
}

}  // namespace inflaton
