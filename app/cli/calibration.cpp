// marginal-posterior and sbc
#include <algorithm>
#include <cmath>

#include "app/cli/command.h"
#include "core/api/calibration.h"
#include "core/api/number_text.h"

namespace inflaton::cli {
namespace {

/// A network brings its data set and schedule; naming one is asking for it.
template <class O>
O base(const Request& request) {
  O o;
  if (!request.typed("network").empty() && request.typed("source") != "discrete") {
    o.source = "net";
    takeFromNetwork(request, o, o, false);
  }
  return o;
}

nlohmann::json tableJson(const TableReport& t) {
  return {{"cells", t.cells},   {"nodes", t.nodes},   {"evaluated", t.evaluated}, {"error_mean", t.mean},
          {"error_q99", t.q99}, {"error_max", t.max}, {"seconds", t.seconds}};
}

nlohmann::json resultJson(const MarginalPosterior& r, const MarginalOptions& o) {
  nlohmann::json j{
      {"files", {o.output}}, {"observations", r.observations}, {"points", r.points},        {"prior", o.prior},    {"mean", r.mean},
      {"sd", r.sd},          {"covariance", r.covariance},     {"mean_error", r.meanError}, {"seconds", r.seconds}};
  if (!r.truth.empty()) j["truth"] = r.truth;
  if (std::isfinite(r.logEvidence)) j["log_evidence"] = r.logEvidence;
  if (r.table.cells > 0) j["table"] = tableJson(r.table);
  return j;
}

std::string summaryText(const MarginalPosterior& r, const MarginalOptions& o) {
  std::string text = formatted("%lld observations, %lld latents of each component, %.2f s\n", static_cast<long long>(r.observations),
                               static_cast<long long>(r.points), r.seconds);
  if (const auto& t = r.table; t.cells > 0)
    text += formatted("table of %lld cells in %.2f s: error %.1e mean, %.1e at 99 %%, %.1e at most\n", static_cast<long long>(t.cells),
                      t.seconds, t.mean, t.q99, t.max);
  text += formatted("%-8s %9s %9s %9s", "weight", "mean", "sd", "+-") + (r.truth.empty() ? "\n" : formatted(" %9s %9s\n", "truth", "z"));
  for (std::size_t k = 0; k < r.mean.size(); ++k) {
    text += formatted("w%-7zu %9.5f %9.5f %9.1e", k, r.mean[k], r.sd[k], r.meanError[k]);
    text += r.truth.empty() ? "\n" : formatted(" %9.5f %9.2f\n", r.truth[k], (r.mean[k] - r.truth[k]) / r.sd[k]);
  }
  if (std::isfinite(r.logEvidence)) text += formatted("log evidence %.4f\n", r.logEvidence);
  const std::string prior = o.prior == "uniform" ? "flat on the simplex" : "flat on the logits";
  return text + "(+-: standard error of the mean from the quadrature; prior " + prior + ")\nwrote " + o.output + "\n";
}

int marginal(const MarginalOptions& o, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const auto result = marginalPosterior(o, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  if (const auto saved = saveMarginal(**result, o); !saved) return console.failed(saved.error());
  return console.finished(resultJson(**result, o), summaryText(**result, o));
}

nlohmann::json resultJson(const SbcResult& r, const SbcOptions& o) {
  nlohmann::json j{{"files", {o.output}},
                   {"replicates", r.done},
                   {"observations", o.observations},
                   {"calibrated", r.calibrated},
                   {"verdict", r.verdict},
                   {"levels", r.levels},
                   {"coverage_lower", r.coverageLower},
                   {"coverage_upper", r.coverageUpper},
                   {"region_coverage", r.regionCoverage},
                   {"seconds", r.seconds}};
  for (const auto& s : r.scalars)
    j["scalars"].push_back({{"name", s.name}, {"p_value", s.pValue}, {"inside", s.inside}, {"coverage", s.coverage}});
  return j;
}

std::string summaryText(const SbcResult& r, const SbcOptions& o) {
  std::string text = formatted("%lld replicates of %lld observations, %lld posterior draws each, %.2f s\n", static_cast<long long>(r.done),
                               static_cast<long long>(o.observations), static_cast<long long>(o.posterior_draws), r.seconds);
  text += formatted("%-8s %9s %9s %12s\n", "weight", "p", "ECDF", "furthest");
  for (const auto& s : r.scalars) {
    double furthest = 0;
    for (const double d : s.ecdfDifference)
      if (std::abs(d) > std::abs(furthest)) furthest = d;
    const std::string p = s.pValue < 1e-4 ? "<0.0001" : formatted("%.2g", s.pValue);
    text += formatted("%-8s %9s %9s %+12.3f\n", s.name.c_str(), p.c_str(), s.inside ? "inside" : "OUTSIDE", furthest);
  }
  text += formatted("%-8s", "credible");
  for (const auto& s : r.scalars) text += formatted(" %8s", s.name.c_str());
  text += formatted(" %8s %17s\n", "region", "binomial 95 %");
  for (std::size_t i = 0; i < r.levels.size(); ++i) {
    if (std::abs(10 * r.levels[i] - std::round(10 * r.levels[i])) > 0.02 && i + 1 != r.levels.size()) continue;  // every 10 %, and the last
    text += formatted("%7.1f%%", 100 * r.levels[i]);
    for (const auto& s : r.scalars) text += formatted(" %7.1f%%", 100 * s.coverage[i]);
    text += formatted(" %7.1f%% %7.1f-%.1f%%\n", 100 * r.regionCoverage[i], 100 * r.coverageLower[i], 100 * r.coverageUpper[i]);
  }
  return text + r.verdict + "\nwrote " + o.output + "\n";
}

int calibrate(const SbcOptions& o, Console& console) {
  const Interrupt interrupt(Interrupt::First::keep, console);
  const auto result = simulationBasedCalibration(o, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  if (const auto saved = saveSbc(**result, o); !saved) return console.failed(saved.error());
  return console.finished(resultJson(**result, o), summaryText(**result, o));
}

}  // namespace

Command marginalCommand() {
  JobCommand<MarginalOptions> job;
  job.base = base<MarginalOptions>;
  job.wouldWrite = [](const MarginalOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = marginal;
  return jobCommand(std::move(job));
}

Command sbcCommand() {
  JobCommand<SbcOptions> job;
  job.base = base<SbcOptions>;
  job.wouldWrite = [](const SbcOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = calibrate;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
