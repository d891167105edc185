// toy-train
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "core/api/jobs.h"

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const TrainResult& r) {
  nlohmann::json result{{"run_folder", r.run_folder}, {"network", r.network}, {"training_state", r.state},
                        {"steps", r.steps},           {"seconds", r.seconds}, {"loss", r.loss}};
  if (!r.validation.t.empty()) result["validation"] = {{"mean", r.validation.mean}, {"t", r.validation.t}, {"error", r.validation.error}};
  return result;
}

std::string summaryText(const TrainResult& r) {
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, "steps       %lld in %s\nloss        %.4g\n", static_cast<long long>(r.steps), clockText(r.seconds).c_str(), r.loss);
  std::string text = "run folder  " + r.run_folder + "\nnetwork     " + r.network + "\n" + numbers;
  if (!r.validation.t.empty()) {
    std::snprintf(numbers, sizeof numbers, "error       %.4f (mean weighted error against the exact denoiser over %zu times)\n", r.validation.mean, r.validation.t.size());
    text += numbers;
  }
  return text;
}

int train(const ToyTrainOptions& options, Console& console) {
  useThreads(static_cast<int>(options.threads));
  const Interrupt interrupt(Interrupt::First::keep, [&](const std::string& what) { console.note(what); });
  JobContext context;
  context.stop = interrupt.stop();
  context.finish = interrupt.finish();
  context.progress = [&](const Progress& p) { console.progress(p); };
  context.log = [&](const std::string& line) { console.log(line); };
  const auto result = trainToy(options, context);
  if (!result) return console.failed(result.error());
  if (result->end == TrainEnd::stoppedAndKept)
    return console.cancelled(resultJson(*result), "stopped after " + std::to_string(result->steps) + " steps and kept in " + result->run_folder,
                             "go on with: inflaton-cli toy-train --resume " + result->state);
  console.finished(resultJson(*result), summaryText(*result));
  return 0;
}

}  // namespace

Command trainCommand() {
  JobCommand<ToyTrainOptions> job;
  job.base = [](const Request& request) {
    const auto preset = request.given.find("preset");
    return preset == request.given.end() || preset->second.empty() ? ToyTrainOptions{} : trainPreset(preset->second);
  };
  job.wouldWrite = [](const ToyTrainOptions& o) { return std::vector<std::string>{o.outdir + "/<next number>-*/"}; };
  job.run = train;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
