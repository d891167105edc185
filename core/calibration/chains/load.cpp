// Looking at a run of chains again, and what one would write.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/api/job.h"
#include "core/calibration/chains/outputs.h"
#include "core/calibration/chains/resume.h"
#include "core/calibration/chains/verdict.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

/// Worst and least over all latents, as summary.json tells them; NaN where it does not.
void readLatentSummary(const std::string& folder, McmcResult& r) {
  r.latentRhat = r.latentEss = std::nan("");
  std::ifstream in(fs::path(folder) / "summary.json");
  const auto all = nlohmann::json::parse(in, nullptr, false);
  if (!all.is_object() || !all.contains("latents") || !all["latents"].is_object()) return;
  const auto number = [&](const char* name) {
    return all["latents"].contains(name) && all["latents"][name].is_number() ? all["latents"][name].get<double>() : std::nan("");
  };
  r.latentRhat = number("worst_r_hat"), r.latentEss = number("least_ess_bulk");
}

}  // namespace

std::vector<std::string> mcmcFiles(const ToyMcmcOptions& o) {
  const std::string outdir = o.outdir.empty() ? "." : o.outdir;
  const std::string folder = !o.resume.empty() ? o.resume
                             : o.nosubdir      ? outdir
                                               : outdir + "/NNNNN-<data>-<schedule>-mcmc" + (o.desc.empty() ? "" : "-" + o.desc);
  std::vector<std::string> files;
  for (const char* name : {"options.json", "log.txt", "stats.jsonl", "progress.json"}) files.push_back(folder + "/" + name);
  files.push_back(folder + "/" + kCheckpointFile);
  for (const auto& name : mcmcOutputNames()) files.push_back(folder + "/" + name);
  if (o.save_trajs) files.push_back(folder + "/trajs_outdir/curr_params_NNNNNN.npz");
  return files;
}

Expected<McmcResult> loadMcmc(const std::string& runFolder) {
  return atEdge([&] {
    const auto options = storedOptions(runFolder);
    const auto path = (fs::path(runFolder) / kCheckpointFile).string();
    if (!fs::exists(path)) throw Error(ErrorCode::failed, runFolder + " holds no " + kCheckpointFile, "Its chains had not begun.");
    auto run = loadCheckpoint(path);
    McmcResult r;
    r.run_folder = runFolder, r.truth = run.truth, r.table = run.table, r.gradients = run.gradients, r.seconds = run.seconds;
    r.last =
        summarise(std::make_shared<const McmcDraws>(std::move(run.draws)), options.burn + options.mcmc_n, run.seconds, run.samplingSeconds);
    r.last.run_folder = runFolder;
    r.diagnostics = r.last.weights;
    const auto watched = diagnoseWatched(*r.last.draws);
    r.diagnostics.insert(r.diagnostics.end(), watched.begin(), watched.end());
    r.worstRhat = worstRhat(r.last.weights), r.leastEss = leastEss(r.last.weights);
    readLatentSummary(runFolder, r);
    r.stopped = r.last.iteration < r.last.total;
    for (const auto& name : mcmcOutputNames())
      if (fs::exists(fs::path(runFolder) / name)) r.files.push_back((fs::path(runFolder) / name).string());
    r.files.push_back(path);
    return r;
  });
}

}  // namespace inflaton
