// density
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/cli/command.h"
#include "core/api/density.h"
#include "core/api/number_text.h"

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const DensityResult& r, const DensityOptions& o) {
  nlohmann::json result{{"files", {o.output}}, {"points", r.n}, {"t", r.t}, {"evaluations", r.evaluations}, {"seconds", r.seconds}};
  const auto told = toldLogDensity(r, o);
  result["mean_log_density"] = std::accumulate(told.begin(), told.end(), 0.0) / static_cast<double>(r.n);
  if (const DataOrigin* units = toldUnits(r, o)) result["units"] = units->columnNames();
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

/// "mass x length", and no more than a few of many.
std::string namesText(const nlohmann::json& names) {
  constexpr std::size_t kMost = 4;
  std::string text;
  for (std::size_t j = 0; j < std::min(kMost, names.size()); ++j) text += (j ? " x " : "") + names[j].get<std::string>();
  return text + (names.size() > kMost ? " x ... (" + std::to_string(names.size()) + " columns)" : "");
}

std::string summaryText(const nlohmann::json& j, const DensityOptions& o) {
  std::string out = formatted("%d points at t = %g, %d evaluations, %.2f s\nmean log-density %.6g", j["points"].get<std::int64_t>(), o.t,
                              j["evaluations"].get<int>(), j["seconds"].get<double>(), j["mean_log_density"].get<double>());
  out += (j.contains("units") ? " per unit of " + namesText(j["units"]) : std::string()) + "\n";
  if (j.contains("mass_on_grid")) out += formatted("mass on the grid %.6g\n", j["mass_on_grid"].get<double>());
  if (j.contains("stretch"))
    out += formatted("stretch from %.4g to %.4g\n", j["stretch"]["least"].get<double>(), j["stretch"]["most"].get<double>());
  if (j.contains("standard_error_mean")) out += formatted("standard error %.3g (mean)\n", j["standard_error_mean"].get<double>());
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
    const bool gridAlone = !request.typed("grid").empty() && request.typed("grid") != "0" && !request.typed("extent").empty();
    if (request.typed("source") == "net") takeFromNetwork(request, o, o, request.typed("points").empty() && !gridAlone);
    return o;
  };
  job.wouldWrite = [](const DensityOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = run;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
