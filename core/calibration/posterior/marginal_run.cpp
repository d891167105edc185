#include "core/calibration/posterior/marginal_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibration/posterior/marginal_likelihood.h"
#include "core/calibration/posterior/simplex_posterior.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr int kRandomisations = 8;
constexpr int kDensityPoints = 400;

/// log L of every observation by each randomisation, [n, randomisations, 3].
std::vector<double> kernelSums(const MarginalLikelihood& likelihood, const std::vector<double>& x, const JobContext& context) {
  const auto n = static_cast<std::int64_t>(x.size() / 2), width = static_cast<std::int64_t>(3 * likelihood.randomisations());
  std::vector<double> each(static_cast<std::size_t>(n * width));
  constexpr std::int64_t kAtOnce = 256;  // between two looks at the stop token: some 20 ms
  for (std::int64_t from = 0; from < n; from += kAtOnce) {
    context.throwIfStopped();
    context.report({"kernel sums", static_cast<double>(from), static_cast<double>(n), -1, {}});
#pragma omp parallel for schedule(dynamic, 8)
    for (std::int64_t i = from; i < std::min(n, from + kAtOnce); ++i) {
      const double* at = x.data() + 2 * i;
      likelihood.logEach(at[0], at[1], {each.data() + i * width, static_cast<std::size_t>(width)});
    }
  }
  return each;
}

/// Delete-one jackknife over the randomisations: in their number it is the error of the mean over all of them, and being nearer to that
/// mean than each by itself it hardly sees their bias.
void measureError(MarginalPosterior& r, const MarginalLikelihood& likelihood, const std::vector<double>& each, SimplexPrior prior,
                  const JobContext& context) {
  const int R = likelihood.randomisations();
  r.meanError.assign(3, std::numeric_limits<double>::quiet_NaN());
  if (R < 2) return;
  const std::size_t width = static_cast<std::size_t>(3 * R), n = each.size() / width;
  std::vector<std::array<double, 3>> means;
  for (int left = 0; left < R; ++left) {
    context.report({"error of the quadrature", static_cast<double>(left), static_cast<double>(R), -1, {}});
    std::vector<double> logL;
    for (std::size_t i = 0; i < n; ++i)
      for (const double v : likelihood.pooledWithout(std::span<const double>(each).subspan(i * width, width), left)) logL.push_back(v);
    const SimplexLikelihood some(logL);
    means.push_back(SimplexPosterior(some, prior, [&] { context.throwIfStopped(); }).mean());
  }
  for (std::size_t k = 0; k < 3; ++k) {
    double centre = 0, sum = 0;
    for (const auto& m : means) centre += m[k] / R;
    for (const auto& m : means) sum += (m[k] - centre) * (m[k] - centre);
    r.meanError[k] = std::sqrt(sum * (R - 1) / R);
  }
}

void describe(MarginalPosterior& r, const SimplexPosterior& posterior, const MarginalOptions& o) {
  const auto sd = posterior.sd();
  r.mean.assign(posterior.mean().begin(), posterior.mean().end());
  r.sd.assign(sd.begin(), sd.end());
  r.covariance.assign(posterior.covariance().begin(), posterior.covariance().end());
  r.logEvidence = o.prior == "uniform" ? posterior.logIntegral() : std::numeric_limits<double>::quiet_NaN();
  double low = 1, high = 0;
  for (std::size_t k = 0; k < 3; ++k) low = std::min(low, r.mean[k] - 6 * sd[k]), high = std::max(high, r.mean[k] + 6 * sd[k]);
  low = std::max(low, 0.0), high = std::min(high, 1.0);
  for (int i = 0; i < kDensityPoints; ++i) r.at.push_back(low + (high - low) * (i + 0.5) / kDensityPoints);
  for (int k = 0; k < 3; ++k) r.density[k] = posterior.marginal(k, r.at);
  const auto draws = posterior.draws(o.draws, purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::marginalDraws));
  for (std::size_t i = 0; i < draws.logDensity.size(); ++i)
    for (const auto& w : draws.w) r.draws.push_back(static_cast<float>(w[i]));
}

}  // namespace

void integrateMarginal(MarginalPosterior& r, const GenerativeMap& map, const LatentMixture& mixture, const std::vector<double>& x,
                       const MarginalOptions& o, const JobContext& context) {
  r.observations = static_cast<std::int64_t>(x.size() / 2), r.points = o.points;
  const auto prior = o.prior == "uniform" ? SimplexPrior::uniform : SimplexPrior::softmax;
  const auto seed = purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::marginalLatents);
  const MarginalLikelihood likelihood(map, mixture, o.gt_eps_mvn, o.points, kRandomisations, seed, context);
  const auto each = kernelSums(likelihood, x, context);
  const std::size_t width = static_cast<std::size_t>(3 * likelihood.randomisations());
  std::vector<double> logL;
  for (std::size_t i = 0; i < each.size(); i += width)
    for (const double v : likelihood.pooled(std::span<const double>(each).subspan(i, width))) logL.push_back(v);
  const SimplexLikelihood all(logL);
  context.report({"posterior", 0, 0, -1, {}});
  const SimplexPosterior posterior(all, prior, [&] { context.throwIfStopped(); });
  describe(r, posterior, o);
  measureError(r, likelihood, each, prior, context);
  context.note(std::to_string(3 * o.points) + " latents, grid of " + std::to_string(posterior.nodes()) +
               " nodes, whose last refinement moved the means by " + formatParameter(posterior.integrationError()));
}

}  // namespace inflaton
