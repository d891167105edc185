// What a training would cost here, from a few real steps of it on a state that is thrown away.
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/machine/resident_memory.h"
#include "core/train/toy_problem.h"
#include "core/train/training.h"

namespace inflaton {
namespace {

constexpr std::int64_t kMostRows = 1024;  // of a batch that are tried; a larger one costs in proportion

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
    const StopScope stops(context.stop, context.finish);  // an estimate is nothing to keep
    const at::NoGradGuard off;
    const double before = residentMemory();
    ToyTrainOptions whole = options, part = tried(options);
    std::int64_t done = 0;
    if (!options.resume.empty()) {  // what is asked decides with what the run was started with
      const ToyProblem resumed(options);
      whole = resumed.options(), done = resumed.step();
      part = tried(whole), part.resume.clear();
    }
    ToyProblem problem(part);
    problem.advance();  // fills the pool, and whatever is made once
    const auto& batches = problem.batches();
    const double poolTargets = batches.poolTargetSeconds(), ownTargets = batches.targetSeconds() - poolTargets;
    const double each = secondsPerStep(problem, context);
    const double targets = (batches.targetSeconds() - batches.poolTargetSeconds() - ownTargets) / static_cast<double>(problem.step() - 1) +
                           poolTargets / static_cast<double>(batches.batchesInPool());
    const double times = static_cast<double>(whole.batch) / static_cast<double>(part.batch);
    const double rows = static_cast<double>(whole.batch_gpu > 0 ? whole.batch_gpu : whole.batch) / static_cast<double>(part.batch);

    TrainCost cost;
    cost.steps = std::max<std::int64_t>(0, trainingSteps(whole) - done);
    cost.parameters = problem.network().size();
    cost.secondsPerStep = each * times;
    cost.seconds = cost.secondsPerStep * static_cast<double>(cost.steps);
    cost.targetShare = each > 0 ? targets / each : 0;
    const double after = residentMemory();
    cost.memory = after + std::max(0.0, after - before) * (rows - 1);
    return cost;
  });
}

}  // namespace inflaton
