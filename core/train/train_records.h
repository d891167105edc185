#pragma once
// What a training leaves on disk: the run folder with its options, log, statistics, TensorBoard events, snapshots and states.
#include <memory>
#include <optional>
#include <string>

#include "core/io/run_folder.h"
#include "core/io/tensorboard.h"
#include "core/train/training_problem.h"

namespace inflaton {

/// The right to write in the run folder that a training state lies in, where it lies in one: to be had before the state is read, so that
/// no other program goes on from it at the same time. Throws Error(failed) when that run is still written.
std::optional<LifeLock> claimedRun(const std::string& state);

class TrainRecords {
 public:
  /// Makes the folder, or goes on in the one that holds the state to resume from; what it says of later steps is taken off. `claimed`: as
  /// claimedRun gave it; without it is had here. Throws Error(failed) when the folder cannot be made, is still running, or (nosubdir)
  /// holds another run. Keeps references.
  TrainRecords(TrainingProblem&, const JobContext&, std::optional<LifeLock> claimed = {});

  RunFolder& folder() { return *folder_; }
  const std::string& path() const { return folder_->path(); }
  void note(const std::string& line);

  /// Counts a step towards the tick's statistics.
  void step(double loss);
  /// Time that went into previews, measuring and saving rather than into steps.
  void maintenance(double seconds) { maintenance_ += seconds; }
  /// A line of stats.jsonl: the reference's fields, each {num, mean, std} over the tick, and ours and the problem's beside them.
  void tick(const TrainUpdate&, std::int64_t tick);
  /// train_loss, lr, grad_norm and imgs_per_sec at nimg / 1000.
  void events(const TrainUpdate&);

  /// network-snapshot-<kimg> and training-state-<kimg> of the problem as it is, with the problem's endings; return their paths.
  std::string saveSnapshot() { return problem_.saveSnapshot(numbered("network-snapshot")); }
  std::string saveState() { return problem_.saveState(numbered("training-state")); }

 private:
  std::int64_t kimg() const;
  std::string numbered(const char* prefix) const;

  TrainingProblem& problem_;
  const JobContext& context_;
  std::unique_ptr<RunFolder> folder_;
  std::unique_ptr<EventWriter> events_;
  double began_, tickBegan_, maintenance_ = 0;
  std::int64_t steps_ = 0;  ///< of this tick
  double lossSum_ = 0, lossSquares_ = 0;
};

}  // namespace inflaton
