// The job behind marginal-posterior: latents pushed once, kernel sums, and a posterior three numbers wide.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/api/calibration.h"
#include "core/api/jobs.h"
#include "core/calibration/experiment.h"
#include "core/calibration/marginal_likelihood.h"
#include "core/calibration/simplex_posterior.h"
#include "core/data/counter_rng.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

constexpr int kRandomisations = 8;
constexpr int kDensityPoints = 400;
constexpr std::uint64_t kLatents = 11, kDraws = 12;  // purposes of the seed

std::vector<double> givenObservations(const std::string& path) {
  auto file = readNpy<double>(path);
  if (file.info.shape.size() != 2 || file.info.shape[0] < 1 || file.info.shape[1] != 2)
    throw Error(ErrorCode::usage, "observations: " + path + " must hold an array [n, 2] with n >= 1");
  for (std::size_t i = 0; i < file.values.size(); ++i)
    if (!std::isfinite(file.values[i])) throw Error(ErrorCode::failed, "observations: row " + std::to_string(i / 2) + " of " + path + " is not finite");
  return std::move(file.values);
}

/// log L of every observation by each randomisation, [n, randomisations, 3].
std::vector<double> kernelSums(const MarginalLikelihood& likelihood, const std::vector<double>& x, const JobContext& context) {
  const auto n = static_cast<std::int64_t>(x.size() / 2), width = static_cast<std::int64_t>(3 * likelihood.randomisations());
  std::vector<double> each(static_cast<std::size_t>(n * width));
  constexpr std::int64_t kAtOnce = 256;  // between two looks at the stop token: some 20 ms
  for (std::int64_t from = 0; from < n; from += kAtOnce) {
    context.throwIfStopped();
    context.report({"kernel sums", static_cast<double>(from), static_cast<double>(n), -1, {}});
#pragma omp parallel for schedule(dynamic, 8)
    for (std::int64_t i = from; i < std::min(n, from + kAtOnce); ++i)
      likelihood.logEach(x[static_cast<std::size_t>(2 * i)], x[static_cast<std::size_t>(2 * i + 1)], std::span<double>(each).subspan(static_cast<std::size_t>(i * width), static_cast<std::size_t>(width)));
  }
  return each;
}

/// Delete-one jackknife over the randomisations: in their number it is the error of the mean over all of them, and being nearer to that mean than each by
/// itself it hardly sees their bias.
void measureError(MarginalPosterior& r, const MarginalLikelihood& likelihood, const std::vector<double>& each, SimplexPrior prior, const JobContext& context) {
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
  const auto draws = posterior.draws(o.draws, derivedSeed(static_cast<std::uint64_t>(o.seed), kDraws));
  for (std::size_t i = 0; i < draws.logDensity.size(); ++i)
    for (const auto& w : draws.w) r.draws.push_back(static_cast<float>(w[i]));
}

std::shared_ptr<const MarginalPosterior> compute(const MarginalOptions& o, const JobContext& context) {
  validate(o);
  useThreads(static_cast<int>(o.threads));
  const auto began = std::chrono::steady_clock::now();
  auto r = std::make_shared<MarginalPosterior>();
  r->command = commandLine(o);
  std::vector<double> x;
  if (!o.observations.empty()) x = givenObservations(o.observations);
  auto experiment = makeExperiment(o, context, x.empty());
  if (x.empty()) {
    x = std::move(experiment.truth.x);
    r->truth.assign(experiment.mixture.truth.begin(), experiment.mixture.truth.end());
  }
  r->table = experiment.table;
  r->observations = static_cast<std::int64_t>(x.size() / 2), r->points = o.points;

  const auto prior = o.prior == "uniform" ? SimplexPrior::uniform : SimplexPrior::softmax;
  const MarginalLikelihood likelihood(*experiment.map, experiment.mixture, o.gt_eps_mvn, o.points, kRandomisations, derivedSeed(static_cast<std::uint64_t>(o.seed), kLatents), context);
  const auto each = kernelSums(likelihood, x, context);
  const std::size_t width = static_cast<std::size_t>(3 * likelihood.randomisations());
  std::vector<double> logL;
  for (std::size_t i = 0; i < each.size(); i += width)
    for (const double v : likelihood.pooled(std::span<const double>(each).subspan(i, width))) logL.push_back(v);
  const SimplexLikelihood all(logL);
  const SimplexPosterior posterior(all, prior, [&] { context.throwIfStopped(); });
  context.report({"posterior", 0, 0, -1, {}});
  describe(*r, posterior, o);
  measureError(*r, likelihood, each, prior, context);
  r->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  context.note(std::to_string(3 * o.points) + " latents, grid of " + std::to_string(posterior.nodes()) + " nodes converged to " + formatParameter(posterior.integrationError()));
  return r;
}

void save(const MarginalPosterior& r, const MarginalOptions& o) {
  NpzWriter w(o.output);
  const auto G = static_cast<std::int64_t>(r.at.size());
  w.add("draws", std::span<const float>(r.draws), {static_cast<std::int64_t>(r.draws.size() / 3), 3});
  w.add("mean", std::span<const double>(r.mean), {3});
  w.add("sd", std::span<const double>(r.sd), {3});
  w.add("covariance", std::span<const double>(r.covariance), {3, 3});
  w.add("mean_error", std::span<const double>(r.meanError), {3});
  w.add("at", std::span<const double>(r.at), {G});
  w.begin<double>("density", {3, G});
  for (const auto& density : r.density) w.append(std::span<const double>(density));
  if (!r.truth.empty()) w.add("truth", std::span<const double>(r.truth), {3});
  nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()}, {"command", commandLine(o)}, {"options", toJson(o)}, {"seed", o.seed},
                      {"observations", r.observations},
                      {"points", r.points},
                      {"mean_error", "standard error of mean from the quasi-Monte Carlo"},
                      {"density", "of each weight at the values `at`"},
                      {"table", {{"cells", r.table.cells}, {"mean", r.table.mean}, {"q99", r.table.q99}, {"max", r.table.max}}}};
  if (std::isfinite(r.logEvidence)) meta["log_evidence"] = r.logEvidence;
  w.addText("meta", meta.dump());
  w.commit();
}

}  // namespace

Expected<std::shared_ptr<const MarginalPosterior>> marginalPosterior(const MarginalOptions& o, const JobContext& context) {
  return atEdge([&] { return compute(o, context); });
}

Expected<void> saveMarginal(const MarginalPosterior& r, const MarginalOptions& o) {
  return atEdge([&] { save(r, o); });
}

}  // namespace inflaton
