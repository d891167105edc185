// What a training would cost here, from a few real steps of it on a state that is thrown away.
#include <ATen/core/grad_mode.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "core/api/system.h"
#include "core/api/train.h"
#include "core/train/training_setup.h"

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

constexpr double kMeasureSeconds = 0.4;
constexpr int kLeastSteps = 2, kMostSteps = 50;
constexpr std::int64_t kMostRows = 1024;  // of a batch that are tried; a larger one costs in proportion

double residentBytes() {
  std::ifstream in("/proc/self/statm");
  double total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// The same training with a batch that is quickly tried.
ToyTrainOptions tried(ToyTrainOptions o) {
  if (o.batch_gpu == 0) o.batch_gpu = o.batch;
  o.batch = std::min({o.batch, o.batch_gpu, kMostRows});
  o.batch_gpu = 0;
  return o;
}

}  // namespace

Expected<TrainCost> trainCost(const ToyTrainOptions& options, const JobContext& context) {
  return atEdge([&] {
    validate(options);
    useThreads(context.threads(options.threads));
    const at::NoGradGuard off;
    const double before = residentBytes();
    ToyTrainOptions whole = options, part = tried(options);
    std::int64_t done = 0;
    if (!options.resume.empty()) {  // what is asked decides with what the run was started with
      const TrainingSetup resumed(options);
      whole = resumed.options(), done = resumed.trainer().state().step;
      part = tried(whole), part.resume.clear();
    }
    TrainingSetup setup(part);
    setup.step();  // fills the pool, and whatever is made once
    const auto& batches = setup.batches();
    const double poolShare = batches.poolSeconds() / static_cast<double>(batches.batchesInPool()),
                 poolTargets = batches.poolTargetSeconds() / static_cast<double>(batches.batchesInPool());
    const double targetsBefore = batches.targetSeconds(), poolBefore = batches.poolSeconds(),
                 poolTargetsBefore = batches.poolTargetSeconds();
    const auto began = Clock::now();
    int steps = 0;
    for (; steps < kMostSteps && (steps < kLeastSteps || since(began) < kMeasureSeconds); ++steps) {
      context.throwIfStopped();
      setup.step();
    }
    const double again = batches.poolSeconds() - poolBefore;  // pools filled meanwhile count by their share
    const double each = (since(began) - again) / steps + poolShare;
    const double targets =
        (batches.targetSeconds() - targetsBefore - (batches.poolTargetSeconds() - poolTargetsBefore)) / steps + poolTargets;
    const double times = static_cast<double>(whole.batch) / static_cast<double>(part.batch);
    const double rows = static_cast<double>(whole.batch_gpu > 0 ? whole.batch_gpu : whole.batch) / static_cast<double>(part.batch);

    TrainCost cost;
    cost.steps = std::max<std::int64_t>(0, trainerSettings(whole).steps - done);
    cost.parameters = setup.network().size();
    cost.secondsPerStep = each * times;
    cost.seconds = cost.secondsPerStep * static_cast<double>(cost.steps);
    cost.targetShare = each > 0 ? targets / each : 0;
    const double after = residentBytes();
    cost.memory = after + std::max(0.0, after - before) * (rows - 1);
    return cost;
  });
}

}  // namespace inflaton
