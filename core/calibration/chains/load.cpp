// Looking at a run of chains again, and what one would write.
#include <cmath>
#include <filesystem>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/calibration/chains/outputs.h"
#include "core/calibration/chains/resume.h"
#include "core/calibration/chains/verdict.h"
#include "core/io/input_file.h"
#include "core/io/npz.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

/// All latents' diagnostics of a run that has ended, and the verdict with them. Without the file only the watched ones are known.
void readLatentSummary(const std::string& folder, McmcResult& r) {
  r.latentRhat = r.latentEss = std::nan("");
  const auto path = fs::path(folder) / "posterior.npz";
  if (!fs::exists(path)) return;
  const NpzReader in(path.string());
  const auto rhat = in.doubles("latent_summary/r_hat"), ess = in.doubles("latent_summary/ess_bulk"),
             mean = in.doubles("latent_summary/mean"), sd = in.doubles("latent_summary/sd"), mcse = in.doubles("latent_summary/mcse_mean");
  if (rhat.empty() || ess.size() != rhat.size() || mean.size() != rhat.size() || sd.size() != rhat.size() || mcse.size() != rhat.size())
    throwBadFile(path.string(), "its latent_summary does not fit together");
  r.last.latents.clear();
  for (std::size_t i = 0; i < rhat.size(); ++i) {
    Diagnostic d;
    d.name = "z[" + std::to_string(i / 2) + "," + std::to_string(i % 2) + "]";
    d.mean = mean[i], d.sd = sd[i], d.rhat = rhat[i], d.essBulk = ess[i], d.mcse = mcse[i];
    r.last.latents.push_back(std::move(d));
  }
  r.latentRhat = worstRhat(r.last.latents), r.latentEss = leastEss(r.last.latents);
  judge(r.last);
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
