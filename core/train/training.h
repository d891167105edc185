#pragma once
// The one training loop: steps, ticks, records, snapshots, states, validation, previews, and its endings.
#include <optional>

#include "core/io/life_lock.h"
#include "core/train/training_problem.h"

namespace inflaton {

/// Steps of a training that lasts options.duration: at least one.
std::int64_t trainingSteps(const TrainOptions&);

/// Trains into a run folder that the options name (core/train/train_records.h). context.finish stops and keeps; context.stop throws
/// Error(cancelled), the folder stays with its last snapshot. Error(diverged) comes with the last good state saved and named in the hint.
/// `claimed`: the folder of the state that was read to go on from (claimedRun).
TrainResult runTraining(TrainingProblem&, const JobContext&, std::optional<LifeLock> claimed = {});

/// Seconds that a step takes, work that serves many steps by its share; measured over a few. One step must have been taken before: it
/// makes whatever is made once.
double secondsPerStep(TrainingProblem&, const JobContext&);

}  // namespace inflaton
