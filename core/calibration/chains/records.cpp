#include "core/calibration/chains/records.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <utility>

#include "core/api/job.h"
#include "core/api/number_text.h"
#include "core/api/options.h"
#include "core/api/system.h"
#include "core/calibration/chains/outputs.h"
#include "core/calibration/chains/verdict.h"
#include "core/io/run_status.h"
#include "core/machine/device.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace inflaton {
namespace {

bool holdsRun(const fs::path& folder) { return fs::exists(folder / "progress.json"); }

std::unique_ptr<RunFolder> openFolder(const ToyMcmcOptions& o, const MixtureExperiment& e, std::optional<LifeLock> claimed) {
  if (claimed) return std::make_unique<RunFolder>(RunFolder::open(o.resume, *std::move(claimed)));
  if (!o.nosubdir)
    return std::make_unique<RunFolder>(RunFolder::create(
        o.outdir, e.problem.start.name + "-" + e.problem.schedule.name() + "-mcmc" + (o.desc.empty() ? "" : "-" + o.desc)));
  if (holdsRun(o.outdir))
    throw Error(ErrorCode::usage, "outdir is " + o.outdir + ", which holds a run already; allowed with nosubdir: a folder without one",
                "Choose another outdir, or resume that run.");
  return std::make_unique<RunFolder>(RunFolder::createAt(o.outdir));
}

std::string tableText(const TableReport& t) {
  return formatted("table: %d cells, %d solver points, %.1f s; error mean %.2g, 99 %% %.2g, greatest %.2g", t.cells, t.evaluated, t.seconds,
                   t.mean, t.q99, t.max);
}

json finite(double v) { return std::isfinite(v) ? json(v) : json(nullptr); }

std::int64_t keptOf(std::int64_t draws, std::int64_t thin) { return draws > 0 ? (draws + thin - 1) / thin : 0; }

}  // namespace

std::optional<LifeLock> claimedRun(const ToyMcmcOptions& o) {
  if (o.resume.empty()) return {};
  if (holdsRun(o.resume) && isActive(readRunState(o.resume)))
    throw Error(ErrorCode::failed, o.resume + " is still running", "Stop it first.");
  return RunFolder::claim(o.resume);
}

McmcCheckpoint loadResumable(const ToyMcmcOptions& o) {
  const fs::path path = fs::path(o.resume) / kCheckpointFile;
  if (!fs::exists(path))
    throw Error(
        ErrorCode::usage,
        "resume is " + o.resume + ", which holds no " + kCheckpointFile + "; allowed: a run folder of toy-mcmc whose chains had begun",
        "Start a new run.");
  auto c = loadCheckpoint(path.string());
  const auto size = static_cast<std::size_t>(3 + 2 * o.gt_n);
  const std::int64_t iteration = c.chains.front().iteration;
  if (static_cast<std::int64_t>(c.chains.size()) != o.chains || c.chains.front().q.size() != size || c.draws.warmup != o.burn ||
      iteration > o.burn + o.mcmc_n || c.latents != keptOf(iteration - o.burn, o.thin))
    throw Error(ErrorCode::failed, path.string() + " does not fit the options beside it", "The folder was changed; start a new run.");
  for (const auto i : c.draws.watched)
    if (i < 0 || i >= o.gt_n)
      throw Error(ErrorCode::failed, path.string() + " watches observation " + std::to_string(i) + " of " + std::to_string(o.gt_n),
                  "The folder was changed; start a new run.");
  return c;
}

McmcRecords::McmcRecords(const ToyMcmcOptions& o, const MixtureExperiment& e, const JobContext& context, const McmcCheckpoint& run,
                         std::optional<LifeLock> claimed)
    : o_(o),
      experiment_(e),
      context_(context),
      folder_(openFolder(o, e, std::move(claimed))),
      row_(static_cast<std::size_t>(o.chains * 2 * o.gt_n)) {
  if (context_.folder) context_.folder(path());
  auto plain = o;
  plain.resume.clear();
  if (!o.resume.empty() && !o.nosubdir) plain.outdir = fs::path(path()).parent_path().string();
  folder_->writeOptions({toJson(plain), o.seed, programVersion(), chooseDevice(o.device).str(), commandLine(plain)});
  latents_.emplace(folder_->file(kLatentsFile), static_cast<int>(o.chains), 2 * o.gt_n);
  if (latents_->draws() < run.latents && fs::exists(folder_->file("posterior.npz"))) {
    latents_->cutTo(0);
    restoreLatents(folder_->file("posterior.npz"), *latents_, run.latents);
  }
  latents_->cutTo(run.latents);
  if (!run.chains.empty()) folder_->cutStats("iteration", static_cast<double>(run.chains.front().iteration));
  for (const auto& line : e.problem.notes) folder_->log(line);
  if (e.table.cells > 0) note(tableText(e.table));
}

void McmcRecords::note(const std::string& line) {
  folder_->log(line);
  context_.note(line);
}

void McmcRecords::stat(const McmcUpdate& u, const McmcCheckpoint& run) {
  json line{{"iteration", u.iteration},
            {"total", u.total},
            {"warmup", run.draws.warmup},
            {"seconds", u.seconds},
            {"divergences", u.divergences},
            {"r_hat", finite(worstRhat(u.weights))},
            {"ess_bulk", finite(leastEss(u.weights))},
            {"ess_per_second", u.essPerSecond},
            {"e_bfmi", finite(u.ebfmi)},
            {"verdict", u.verdict},
            {"timestamp", nowSeconds()}};
  for (std::size_t k = 0; k < run.draws.stepSize.size(); ++k) {
    if (run.draws.stepSize[k].empty()) continue;
    line["step_size"].push_back(run.draws.stepSize[k].back()), line["log_density"].push_back(finite(run.draws.logDensity[k].back())),
        line["leapfrogs"].push_back(run.draws.leapfrogs[k].back());
  }
  for (const auto& d : u.weights) line["weights"].push_back(finite(d.mean));
  folder_->stat(line);
}

void McmcRecords::keep(std::int64_t draw, const std::vector<std::vector<double>>& positions) {
  const auto width = static_cast<std::size_t>(2 * o_.gt_n);
  if (draw % o_.thin == 0) {
    for (std::size_t k = 0; k < positions.size(); ++k)
      for (std::size_t i = 0; i < width; ++i) row_[k * width + i] = static_cast<float>(positions[k][LatentMixture::components + i]);
    latents_->append(row_);
  }
  if (!o_.save_trajs) return;
  for (std::size_t k = 0; k < positions.size(); ++k)
    writeState(path(), draw * o_.chains + static_cast<std::int64_t>(k), positions[k], experiment_);
}

void McmcRecords::save(McmcCheckpoint& run) {
  latents_->sync();
  run.latents = latents_->draws();
  saveCheckpoint(folder_->file(kCheckpointFile), run);
}

McmcResult McmcRecords::results(McmcUpdate last, const McmcCheckpoint& run, const std::function<void()>& poll) {
  McmcResult r;
  r.run_folder = path(), r.truth = run.truth, r.table = run.table, r.seconds = run.seconds;
  r.worstRhat = worstRhat(last.weights), r.leastEss = leastEss(last.weights);
  r.diagnostics = last.weights;
  const auto watched = diagnoseWatched(run.draws);
  r.diagnostics.insert(r.diagnostics.end(), watched.begin(), watched.end());
  r.latentRhat = r.latentEss = std::nan("");
  if (last.iteration > run.draws.warmup) {
    context_.report({"diagnosing all latents", 0, 0, -1, {}});
    const auto latentSummary = diagnoseLatents(*latents_, 2, poll);
    last.latents = latentSummary;
    judge(last);
    r.latentRhat = worstRhat(latentSummary), r.latentEss = leastEss(latentSummary);
    note(formatted("over all latents: worst R-hat %.3f, least bulk ESS %.0f", r.latentRhat, r.latentEss));
    context_.report({"writing", 0, 0, -1, {}});
    r.files = writeMcmcOutputs(path(), {o_, experiment_, run.draws, *latents_, last, latentSummary}, poll);
    std::error_code ignored;
    fs::remove(folder_->file(kLatentsFile), ignored);  // posterior.npz holds them now, also for going on
  }
  r.files.push_back(folder_->file(kCheckpointFile));
  r.last = std::move(last);
  return r;
}

}  // namespace inflaton
