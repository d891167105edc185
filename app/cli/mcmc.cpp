// toy-mcmc, hmc-demo
#include "core/api/mcmc.h"

#include <cmath>
#include <filesystem>

#include "app/cli/command.h"
#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/resumed.h"
#include "core/api/shell_quoted.h"

namespace fs = std::filesystem;

namespace inflaton::cli {
namespace {

nlohmann::json number(double v) { return std::isfinite(v) ? nlohmann::json(v) : nlohmann::json(nullptr); }

nlohmann::json resultJson(const McmcResult& r) {
  nlohmann::json result{{"run_folder", r.run_folder},
                        {"files", r.files},
                        {"iteration", r.last.iteration},
                        {"seconds", r.seconds},
                        {"gradients", r.gradients},
                        {"divergences", r.last.divergences},
                        {"worst_r_hat", number(r.worstRhat)},
                        {"least_ess_bulk", number(r.leastEss)},
                        {"ess_per_second", r.last.essPerSecond},
                        {"e_bfmi", number(r.last.ebfmi)},
                        {"latents", {{"worst_r_hat", number(r.latentRhat)}, {"least_ess_bulk", number(r.latentEss)}}},
                        {"verdict", r.last.verdict},
                        {"good", r.last.good},
                        {"truth", r.truth},
                        {"weights", nlohmann::json::array()}};
  for (const auto& d : r.last.weights)
    result["weights"].push_back({{"name", d.name},
                                 {"mean", number(d.mean)},
                                 {"sd", number(d.sd)},
                                 {"mcse_mean", number(d.mcse)},
                                 {"r_hat", number(d.rhat)},
                                 {"ess_bulk", number(d.essBulk)},
                                 {"ess_tail", number(d.essTail)}});
  if (r.table.cells > 0)
    result["table"] = {{"cells", r.table.cells},   {"evaluated", r.table.evaluated}, {"error_mean", r.table.mean},
                       {"error_q99", r.table.q99}, {"error_max", r.table.max},       {"seconds", r.table.seconds}};
  return result;
}

std::string summaryText(const McmcResult& r) {
  std::string text = "run folder  " + r.run_folder + "\n";
  text += formatted("transitions %lld in %s, %lld gradients\n", static_cast<long long>(r.last.iteration), clockText(r.seconds).c_str(),
                    static_cast<long long>(r.gradients));
  if (r.table.cells > 0)
    text += formatted("table       %lld cells in %.1f s; error mean %.2g, 99 %% %.2g, greatest %.2g\n",
                      static_cast<long long>(r.table.cells), r.table.seconds, r.table.mean, r.table.q99, r.table.max);
  text += "            truth    mean      sd    mcse   R-hat  bulk ESS  tail ESS\n";
  for (std::size_t k = 0; k < r.last.weights.size(); ++k) {
    const auto& d = r.last.weights[k];
    text += formatted("%-10s %6.3f  %6.4f  %6.4f %7.5f %7.4f %9.0f %9.0f\n", d.name.c_str(), r.truth[k], d.mean, d.sd, d.mcse, d.rhat,
                      d.essBulk, d.essTail);
  }
  text += formatted("latents     worst R-hat %.3f, least bulk ESS %.0f\n", r.latentRhat, r.latentEss);
  text += formatted("divergences %lld, E-BFMI %.2f, %.3g bulk ESS a second\n", static_cast<long long>(r.last.divergences), r.last.ebfmi,
                    r.last.essPerSecond);
  return text + "verdict     " + r.last.verdict + "\n";
}

/// A network brings its data set and schedule; naming one is asking for it.
template <class O>
void takeNetwork(const Request& request, O& o) {
  if (request.typed("network").empty() || request.typed("source") == "discrete") return;
  o.source = "net";
  takeFromNetwork(request, o, o, false);
}

/// What is typed beside --resume must be what the run was started with, also where that is a default, unless the table lets it differ.
void requireAsStarted(const Request& request, const ToyMcmcOptions& stored) {
  for (const Parameter& p : parameterTable<ToyMcmcOptions>().parameters)
    if (const auto typed = request.given.find(p.name); typed != request.given.end())
      requireResumable(p, parseParameter(p, typed->second), p.get(&stored), request.typed("resume"));
}

/// A run to go on from brings its options, a network its data set and schedule; what is typed wins where it may.
ToyMcmcOptions baseOptions(const Request& request) {
  ToyMcmcOptions o;
  if (const fs::path folder = request.typed("resume"); !folder.empty()) {
    const auto recorded = (folder / "options.json").string();
    const auto description = readJsonOrNull(recorded);
    if (description.is_object() && description.contains("options"))
      fromJson(o, description["options"], recorded), requireAsStarted(request, o);
    return o;
  }
  takeNetwork(request, o);
  return o;
}

int sample(const ToyMcmcOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::keep, console);
  const auto result = toyMcmc(options, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  if (result->stopped)
    return console.cancelled(resultJson(*result),
                             "stopped after " + std::to_string(result->last.iteration) + " of " + std::to_string(result->last.total) +
                                 " transitions and kept in " + result->run_folder,
                             "go on with: inflaton-cli toy-mcmc --resume " + shellQuoted(result->run_folder));
  return console.finished(resultJson(*result), summaryText(*result));
}

int demonstrate(const HmcDemoOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const auto demo = hmcDemo(options, jobContext(interrupt, console));
  if (!demo) return console.failed(demo.error());
  if (const auto saved = saveHmcDemo(**demo, options); !saved) return console.failed(saved.error());
  const HmcDemo& d = **demo;
  std::int64_t accepted = 0, divergent = 0;
  for (const auto& t : d.transitions) accepted += t.accepted, divergent += t.divergent;
  return console.finished(
      {{"files", {options.output}},
       {"transitions", d.transitions.size()},
       {"accept", d.accept},
       {"moved", accepted},
       {"divergent", divergent}},
      formatted("%zu transitions, acceptance %.2f, %lld divergent\n", d.transitions.size(), d.accept, static_cast<long long>(divergent)) +
          "wrote " + options.output + "\n");
}

}  // namespace

Command mcmcCommand() {
  JobCommand<ToyMcmcOptions> job;
  job.base = baseOptions;
  job.wouldWrite = mcmcFiles;
  job.missingFolders = MissingFolders::made;
  job.run = sample;
  return jobCommand(std::move(job));
}

Command hmcDemoCommand() {
  JobCommand<HmcDemoOptions> job;
  job.base = [](const Request& request) {
    HmcDemoOptions o;
    takeNetwork(request, o);
    if (o.source == "net")
      o.map = "table", o.table_tolerance = 1e-2;  // fine enough to look at, and sooner there than a thousand solves by a network
    return o;
  };
  job.wouldWrite = [](const HmcDemoOptions& o) { return std::vector<std::string>{o.output}; };
  job.run = demonstrate;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
