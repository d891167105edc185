// The job behind sbc: replicates from the prior, each with its own posterior; the latents' images are shared by all of them.
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/api/calibration.h"
#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/options.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/calibration/sbc/sbc_run.h"
#include "core/denoise/scaled_score.h"
#include "core/denoise/toy_posterior.h"
#include "core/io/npz.h"
#include "core/machine/device.h"

namespace inflaton {
namespace {

constexpr std::int64_t kPopulationNodes =
    1 << 12;  // of the exact score: a curve's nodes lie within 0.005 of each other, kernel and noise are far wider
constexpr double kSecondsBetweenUpdates = 0.3;

SbcFlows makeFlows(const SbcOptions& o, const JobContext& context) {
  const auto poll = [context] { context.throwIfStopped(); };
  context.report({o.source == "net" ? "loading the network" : "making the exact score", 0, 0, -1, {}});
  const Problem self = makeProblem(o, 1.0, at::kDouble, chooseDevice(o.device), poll, withoutOwnPoints(o, context));
  say(self, context);
  const int dim = self.denoiser->basis().dim;
  if (dim != 2)
    throw Error(ErrorCode::usage,
                (o.source == "net" ? "network " + o.network : "the data") + " has " + std::to_string(dim) + " dimensions; allowed: 2",
                "The experiment's latent mixture is two-dimensional.");
  SbcFlows flows;
  if (self.start.units()) flows.origin = self.start.origin;
  flows.mixture = LatentMixture::ofPaper(LatentMixture::compressedVariance(o, self));
  Problem tested = self, truth = self;
  if (o.score_scale != 1) tested.denoiser = std::make_shared<ScaledScore>(self.denoiser, o.score_scale);
  if (o.truth == "exact")
    truth.denoiser = std::make_shared<ToyPosterior>(o, self.denoiser->schedule(), self.denoiser->basis(), kPopulationNodes);
  TableReport report;
  flows.tested = generativeMap(o, tested, report, context);
  flows.truth = solverMap(o, truth, poll);  // no table there: what it gets wrong is part of what is tested
  if (report.cells > 0)
    context.note("table of " + std::to_string(report.cells) + " cells, error " + formatParameter(report.mean) + " mean, " +
                 formatParameter(report.q99) + " at 99 %");
  return flows;
}

std::shared_ptr<const SbcResult> compute(const SbcOptions& o, const JobContext& context,
                                         const std::function<void(const std::shared_ptr<const SbcResult>&)>& update) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  const auto since = [](Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); };
  const auto flows = [&] {
    const StopScope nothingYet(context.stop, context.finish);
    return makeFlows(o, context);
  }();
  const auto result = [&](const SbcRanks& ranks) {
    auto r = std::make_shared<SbcResult>(summarise(ranks, o.posterior_draws, o.band, o.observations, o.replicates));
    r->seconds = since(began), r->command = commandLine(o), r->origin = flows.origin;
    return r;
  };
  auto told = began;
  const auto ranks = sbcRanks(flows, o, context, [&](const SbcRanks& soFar) {
    const StopScope soFarIsKept(context);
    const bool more = static_cast<std::int64_t>(soFar.density.size()) < o.replicates;
    if (update && more && since(told) > kSecondsBetweenUpdates) update(result(soFar)), told = Clock::now();
  });
  auto last = result(ranks);
  context.note(last->verdict);
  if (update) update(last);
  return last;
}

void save(const SbcResult& r, const SbcOptions& o) {
  NpzWriter w(o.output);
  const auto E = static_cast<std::int64_t>(r.at.size()), L = static_cast<std::int64_t>(r.levels.size()),
             K = static_cast<std::int64_t>(r.scalars.size());
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
  nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()},
                      {"command", commandLine(o)},
                      {"options", toJson(o)},
                      {"seed", o.seed},
                      {"scalars", names},
                      {"replicates", r.done},
                      {"prior", "uniform on the simplex, for data and analysis"},
                      {"ranks", "posterior draws below the true weight, 0 to posterior_draws"},
                      {"calibrated", r.calibrated},
                      {"verdict", r.verdict}};
  if (r.origin) meta["data"] = originJson(*r.origin);
  w.addText("meta", jsonText(meta));
  w.commit();
}

}  // namespace

Expected<std::shared_ptr<const SbcResult>> simulationBasedCalibration(
    const SbcOptions& o, const JobContext& context, const std::function<void(const std::shared_ptr<const SbcResult>&)>& update) {
  return atEdge([&] { return compute(o, context, update); });
}

Expected<void> saveSbc(const SbcResult& r, const SbcOptions& o) {
  return atEdge([&] { save(r, o); });
}

}  // namespace inflaton
