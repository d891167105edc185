// toy-train
#include <filesystem>

#include "app/cli/command.h"
#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/shell_quoted.h"
#include "core/api/train_cost.h"

namespace fs = std::filesystem;

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const ToyTrainResult& r) {
  nlohmann::json result{{"run_folder", r.run_folder}, {"network", r.network}, {"training_state", r.state},
                        {"steps", r.steps},           {"seconds", r.seconds}, {"loss", r.loss}};
  if (!r.validation.t.empty()) result["validation"] = {{"mean", r.validation.mean}, {"t", r.validation.t}, {"error", r.validation.error}};
  return result;
}

std::string summaryText(const ToyTrainResult& r) {
  std::string text = "run folder  " + r.run_folder + "\nnetwork     " + r.network + "\n" +
                     formatted("steps       %d in %s\nloss        %.4g\n", r.steps, clockText(r.seconds), r.loss);
  if (!r.validation.t.empty())
    text += formatted("error       %.4f (mean weighted error against the exact denoiser over %d times)\n", r.validation.mean,
                      r.validation.t.size());
  return text;
}

constexpr double kLong = 600;  // seconds: a run that takes longer says so before it starts

std::string costText(const ToyTrainOptions& o, const TrainCost& cost) {
  const CostWords words = costWords(cost);
  return formatParameter(o.duration) + " Mimg, " + std::to_string(cost.steps) + " steps: about " + words.time + " on this machine, " +
         words.memory + (words.targets.empty() ? "" : "; targets cost " + words.targets + " % of it");
}

nlohmann::json plannedCost(const ToyTrainOptions& o) {
  const auto cost = trainCost(o, {});
  if (!cost) throw Error(cost.error().code, cost.error().message, cost.error().hint);
  return {{"cost",
           {{"text", costText(o, *cost)},
            {"seconds", cost->seconds},
            {"seconds_per_step", cost->secondsPerStep},
            {"steps", cost->steps},
            {"parameters", cost->parameters},
            {"memory_bytes", cost->memory},
            {"target_share", cost->targetShare}}}};
}

int train(const ToyTrainOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::keep, console);
  if (!surelyWithin(options, kLong)) {
    const auto cost = trainCost(options, jobContext(interrupt, console));
    if (!cost && cost.error().cancelled()) return console.failed(cost.error());
    if (cost && cost->seconds > kLong) console.note(costText(options, *cost));
  }
  const auto result = trainToy(options, jobContext(interrupt, console));
  if (!result) return console.failed(result.error());
  if (result->end == TrainEnd::stoppedAndKept)
    return console.cancelled(resultJson(*result),
                             "stopped after " + std::to_string(result->steps) + " steps and kept in " + result->run_folder,
                             "go on with: inflaton-cli toy-train --resume " + shellQuoted(result->state));
  return console.finished(resultJson(*result), summaryText(*result));
}

/// A run to go on from brings its options, a preset its values; what is typed wins.
ToyTrainOptions baseOptions(const Request& request) {
  ToyTrainOptions o;
  if (!request.typed("preset").empty()) o = trainPreset(request.typed("preset"));
  const fs::path state = request.typed("resume");
  if (state.empty()) return o;
  if (!fs::exists(state)) throw Error(ErrorCode::usage, "resume: there is no file " + state.string());
  const fs::path recorded = state.parent_path() / "options.json";
  const auto description = readJsonOrNull(recorded.string());
  if (description.is_object() && description.contains("options")) fromJson(o, description["options"], recorded.string());
  return o;
}

std::vector<std::string> wouldWrite(const ToyTrainOptions& o) {
  const fs::path folder = fs::path(o.resume).parent_path();
  if (!o.resume.empty()) return {(folder.empty() ? "." : folder.string()) + "/"};
  if (o.nosubdir) return {asFolder(o.outdir)};
  return {asFolder(o.outdir) + "NNNNN-<data>-<schedule>" + (o.desc.empty() ? "" : "-" + o.desc) + "/"};
}

}  // namespace

Command trainCommand() {
  JobCommand<ToyTrainOptions> job;
  job.base = baseOptions;
  job.wouldWrite = wouldWrite;
  job.missingFolders = MissingFolders::made;
  job.run = train;
  job.alsoPlanned = plannedCost;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
