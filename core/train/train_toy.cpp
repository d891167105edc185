// The job that trains on toy data.
#include <ATen/core/grad_mode.h>

#include <optional>
#include <utility>

#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/train/toy_problem.h"
#include "core/train/train_records.h"
#include "core/train/training.h"

namespace inflaton {

Expected<ToyTrainResult> trainToy(const ToyTrainOptions& options, const JobContext& context,
                                  const std::function<void(const ToyTrainUpdate&)>& update) {
  return atEdge([&] {
    validate(options);
    useThreads(context.threads(options.threads));
    const StopScope stops(context);
    const at::NoGradGuard off;
    auto claimed = claimedRun(options.resume);
    std::optional<ToyProblem> problem;
    {
      const StopScope nothingYet(context.stop, context.finish);
      problem.emplace(options, update);
    }
    ToyTrainResult result{runTraining(*problem, context, std::move(claimed)), {}};
    if (problem->validation()) result.validation = *problem->validation();
    return result;
  });
}

}  // namespace inflaton
