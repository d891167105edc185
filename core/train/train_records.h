#pragma once
// What a training leaves on disk: the run folder with its options, log, statistics, TensorBoard events, snapshots and states.
#include <memory>

#include "core/api/train.h"
#include "core/io/run_folder.h"
#include "core/io/tensorboard.h"
#include "core/train/training_setup.h"

namespace inflaton {

class TrainRecords {
 public:
  /// Makes the folder, or goes on in the one that holds the state to resume from. Throws Error(failed) when it cannot be made, is
  /// still running, or (nosubdir) holds another run. Keeps references.
  TrainRecords(const TrainingSetup&, const JobContext&);

  RunFolder& folder() { return *folder_; }
  const std::string& path() const { return folder_->path(); }
  void note(const std::string& line);

  /// Counts a step towards the tick's statistics.
  void step(double loss);
  /// Time that went into previews, measuring and saving rather than into steps.
  void maintenance(double seconds) { maintenance_ += seconds; }
  /// A line of stats.jsonl: the reference's fields, each {num, mean, std} over the tick, and ours beside them.
  void tick(const TrainUpdate&, std::int64_t tick, const ValidationError* lastMeasured);
  /// train_loss, lr, grad_norm and imgs_per_sec at nimg / 1000.
  void events(const TrainUpdate&);

  /// network-snapshot-<kimg>.safetensors and training-state-<kimg>.pt of this state; return their paths.
  std::string saveNetworkOf(const TrainerState&, const ValidationError*);
  std::string saveStateOf(const TrainerState&);

 private:
  std::string numbered(const char* prefix, const TrainerState&, const char* suffix) const;

  const TrainingSetup& setup_;
  const JobContext& context_;
  std::unique_ptr<RunFolder> folder_;
  std::unique_ptr<EventWriter> events_;
  double began_, tickBegan_, maintenance_ = 0;
  std::int64_t steps_ = 0;  ///< of this tick
  double lossSum_ = 0, lossSquares_ = 0;
};

}  // namespace inflaton
