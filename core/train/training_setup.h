#pragma once
// Everything that a training needs to take steps, made from its options without touching the disk: what the job, its cost
// estimate and tests share.
#include <memory>
#include <optional>

#include "core/nets/net_denoiser.h"
#include "core/train/batch_source.h"
#include "core/train/trainer.h"
#include "core/train/training_state.h"

namespace inflaton {

class TrainingSetup {
 public:
  /// Reads the data file and the state to go on from, if the options name any; then options() are the resumed run's.
  /// Throws Error as makePoints, readTrainingState, Schedule::make and freshNetwork.
  explicit TrainingSetup(const ToyTrainOptions&);
  TrainingSetup(const TrainingSetup&) = delete;
  TrainingSetup& operator=(const TrainingSetup&) = delete;

  /// One batch and one step; returns the loss.
  double step();

  const ToyTrainOptions& options() const { return options_; }
  c10::Device device() const { return device_; }
  const DataSource& data() const { return data_; }
  const Schedule& schedule() const { return *schedule_; }
  const Eigenbasis& basis() const { return basis_; }
  const Network& network() const { return *network_; }
  const TrainerSettings& settings() const { return settings_; }
  Trainer& trainer() { return *trainer_; }
  const Trainer& trainer() const { return *trainer_; }
  const BatchSource& batches() const { return *batches_; }
  NetDenoiser denoiser(const at::Tensor& weights) const;

 private:
  TrainingSetup(const ToyTrainOptions&, std::optional<TrainingState> resumed);

  ToyTrainOptions options_;
  c10::Device device_;
  DataSource data_;
  Eigenbasis basis_;
  std::optional<Schedule> schedule_;
  std::shared_ptr<const Network> network_;
  std::optional<NetCoordinates> coordinates_;
  TrainerSettings settings_;
  std::optional<Trainer> trainer_;
  std::optional<BatchSource> batches_;
};

TrainerSettings trainerSettings(const ToyTrainOptions&);

}  // namespace inflaton
