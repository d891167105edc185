// density
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/cli/command.h"
#include "core/api/density.h"

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const DensityResult& r, const DensityOptions& o) {
  nlohmann::json result{{"files", {o.output}}, {"points", r.n}, {"t", r.t}, {"evaluations", r.evaluations}, {"seconds", r.seconds}};
  result["mean_log_density"] = std::accumulate(r.logDensity.begin(), r.logDensity.end(), 0.0) / static_cast<double>(r.n);
  if (r.rows > 0) {
    double mass = 0;
    for (const double v : r.logDensity) mass += std::exp(v) * r.stepX * r.stepY;
    result["grid"] = {r.rows, r.columns};
    result["mass_on_grid"] = mass;
  }
  if (!r.singular.empty()) {
    const auto [least, most] = std::minmax_element(r.singular.begin(), r.singular.end());
    result["stretch"] = {{"least", *least}, {"most", *most}};
  }
  if (!r.standardError.empty())
    result["standard_error_mean"] = std::accumulate(r.standardError.begin(), r.standardError.end(), 0.0) / static_cast<double>(r.n);
  return result;
}

std::string summaryText(const nlohmann::json& j, const DensityOptions& o) {
  char text[160];
  std::snprintf(text, sizeof text, "%lld points at t = %g, %d evaluations, %.2f s\nmean log-density %.6g\n",
                static_cast<long long>(j["points"].get<std::int64_t>()), o.t, j["evaluations"].get<int>(), j["seconds"].get<double>(),
                j["mean_log_density"].get<double>());
  std::string out = text;
  if (j.contains("mass_on_grid")) std::snprintf(text, sizeof text, "mass on the grid %.6g\n", j["mass_on_grid"].get<double>()), out += text;
  if (j.contains("stretch"))
    std::snprintf(text, sizeof text, "stretch from %.4g to %.4g\n", j["stretch"]["least"].get<double>(),
                  j["stretch"]["most"].get<double>()),
        out += text;
  if (j.contains("standard_error_mean"))
    std::snprintf(text, sizeof text, "standard error %.3g (mean)\n", j["standard_error_mean"].get<double>()), out += text;
  return out + "wrote " + o.output + "\n";
}

int run(const DensityOptions& o, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const auto result = density(o, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  if (const auto saved = saveDensity(**result, o); !saved) return console.failed(saved.error());
  const auto json = resultJson(**result, o);
  return console.finished(json, summaryText(json, o));
}

}  // namespace

Command densityCommand() {
  JobCommand<DensityOptions> job;
  job.base = [](const Request& request) {
    DensityOptions o;
    if (request.typed("source") == "net" && !request.typed("network").empty()) takeFromNetwork(request.typed("network"), o, o);
    return o;
  };
  job.wouldWrite = [](const DensityOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = run;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
