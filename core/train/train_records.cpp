#include "core/train/train_records.h"

#include <cmath>
#include <filesystem>
#include <utility>

#include "core/api/number_text.h"
#include "core/api/system.h"
#include "core/io/run_status.h"
#include "core/machine/resident_memory.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace inflaton {
namespace {

json one(double value) { return {{"num", 1}, {"mean", value}, {"std", 0.0}}; }

/// LibTorch tells no program that is not built for CUDA how much a GPU's allocator holds; a run on the processor holds nothing.
json gpuMemory(c10::Device device) {
  if (device.is_cpu()) return one(0);
  return {{"num", 0}, {"mean", nullptr}, {"std", nullptr}};
}

bool holdsRun(const fs::path& folder) { return fs::exists(folder / "progress.json"); }

fs::path homeOf(const std::string& state) {
  const auto folder = fs::path(state).parent_path();
  return folder.empty() ? "." : folder;
}

std::unique_ptr<RunFolder> openFolder(const TrainingProblem& problem, std::optional<LifeLock> claimed) {
  const auto& o = problem.options();
  if (!claimed) claimed = claimedRun(o.resume);
  if (claimed) return std::make_unique<RunFolder>(RunFolder::open(homeOf(o.resume).string(), *std::move(claimed)));
  if (!o.nosubdir) return std::make_unique<RunFolder>(RunFolder::create(o.outdir, problem.title() + (o.desc.empty() ? "" : "-" + o.desc)));
  if (holdsRun(o.outdir))
    throw Error(ErrorCode::usage, "outdir is " + o.outdir + ", which holds a run already; allowed with nosubdir: a folder without one",
                "Choose another outdir, or resume that run.");
  return std::make_unique<RunFolder>(RunFolder::createAt(o.outdir));
}

}  // namespace

std::optional<LifeLock> claimedRun(const std::string& state) {
  const auto home = homeOf(state);
  if (state.empty() || !holdsRun(home)) return {};
  if (isActive(readRunState(home.string())))
    throw Error(ErrorCode::failed, home.string() + " is still running", "Stop it first, or resume a copy of the state in another folder.");
  return RunFolder::claim(home.string());
}

TrainRecords::TrainRecords(TrainingProblem& problem, const JobContext& context, std::optional<LifeLock> claimed)
    : problem_(problem), context_(context), folder_(openFolder(problem, std::move(claimed))), began_(nowSeconds()), tickBegan_(began_) {
  const RunDescription description{problem_.optionsJson(), problem_.options().seed, programVersion(), problem_.device().str(),
                                   problem_.command()};
  folder_->writeOptions(description);
  folder_->writeOptions(description, "training_options.json");
  if (context_.folder) context_.folder(path());
  if (!problem_.options().resume.empty()) folder_->cutStats("step", static_cast<double>(problem_.step()));
  events_ = std::make_unique<EventWriter>(folder_->file("TB_logs"), kimg());
}

std::int64_t TrainRecords::kimg() const { return problem_.step() * problem_.options().batch / 1000; }

void TrainRecords::note(const std::string& line) {
  folder_->log(line);
  context_.note(line);
}

void TrainRecords::step(double loss) {
  ++steps_;
  lossSum_ += loss, lossSquares_ += loss * loss;
}

void TrainRecords::tick(const TrainUpdate& u, std::int64_t tick) {
  const double now = nowSeconds(), seconds = now - tickBegan_, n = static_cast<double>(std::max<std::int64_t>(1, steps_));
  const double mean = lossSum_ / n, kimg = n * static_cast<double>(problem_.options().batch) / 1000;
  json loss{{"num", steps_}, {"mean", mean}, {"std", std::sqrt(std::max(0.0, lossSquares_ / n - mean * mean))}};
  if (steps_ == 0) loss["mean"] = loss["std"] = nullptr;  // stopped right after a tick
  const json gpu = gpuMemory(problem_.device());
  json line{{"Progress/tick", one(static_cast<double>(tick))},
            {"Progress/kimg", one(u.mimg * 1000)},
            {"Timing/total_sec", one(now - began_)},
            {"Timing/sec_per_tick", one(seconds)},
            {"Timing/sec_per_kimg", one((seconds - maintenance_) / kimg)},
            {"Timing/maintenance_sec", one(maintenance_)},
            {"Resources/cpu_mem_gb", one(residentMemory() / (1 << 30))},
            {"Resources/peak_gpu_mem_gb", gpu},
            {"Resources/peak_gpu_mem_reserved_gb", gpu},
            {"Loss/loss", loss},
            {"timestamp", now},
            {"step", u.step},
            {"mimg", u.mimg},
            {"loss", u.loss},
            {"loss_smoothed", u.lossSmoothed},
            {"lr", u.lr},
            {"seconds", now - began_},
            {"steps_per_second", u.stepsPerSecond},
            {"grad_norm", problem_.report().gradientNorm}};
  problem_.record(line, u);
  folder_->stat(line);
  tickBegan_ = now, maintenance_ = 0, steps_ = 0, lossSum_ = 0, lossSquares_ = 0;
}

void TrainRecords::events(const TrainUpdate& u) {
  events_->scalars(static_cast<std::int64_t>(u.mimg * 1000), nowSeconds(),
                   {{"train_loss", u.loss},
                    {"lr", u.lr},
                    {"grad_norm", problem_.report().gradientNorm},
                    {"imgs_per_sec", u.stepsPerSecond * static_cast<double>(problem_.options().batch)}});
}

std::string TrainRecords::numbered(const char* prefix) const { return folder_->file(formatted("%s-%06d", prefix, kimg())); }

}  // namespace inflaton
