#pragma once
// The training of a denoiser on toy data: the setup that its options ask for, and how the training loop sees it.
#include <memory>
#include <optional>

#include "core/nets/net_denoiser.h"
#include "core/train/batch_source.h"
#include "core/train/learner.h"
#include "core/train/preview.h"
#include "core/train/training_problem.h"
#include "core/train/training_state.h"
#include "core/train/validation.h"

namespace inflaton {

class ToyProblem : public TrainingProblem {
 public:
  using Update = std::function<void(const ToyTrainUpdate&)>;
  /// Reads the data file and the state to go on from, if the options name any; then options() are the resumed run's. Nothing is written.
  /// Throws Error as makePoints, readTrainingState, Schedule::make and freshNetwork.
  explicit ToyProblem(const ToyTrainOptions&, Update = {});
  ToyProblem(const ToyProblem&) = delete;
  ToyProblem& operator=(const ToyProblem&) = delete;

  const ToyTrainOptions& options() const override { return options_; }
  nlohmann::json optionsJson() const override;
  std::string command() const override;
  std::string title() const override;
  std::string about() const override;
  c10::Device device() const override { return device_; }

  std::int64_t steps() const override { return steps_; }
  std::int64_t step() const override { return learner_->state().step(); }
  void advance() override;
  StepReport report() const override;
  void goBack() override;
  SharedWork sharedWork() const override { return {batches_->poolSeconds(), batches_->batchesInPool()}; }

  /// <stem>.safetensors: the averaged network, with the validation of these very weights, if there was one.
  std::string saveSnapshot(const std::string& stem) override;
  /// <stem>.safetensors, of a stem of its own.
  std::string saveState(const std::string& stem) override;

  bool validates() const override { return validator_.has_value(); }
  bool prepareValidation() override;
  std::int64_t validationRows() const override { return validator_->evaluations(); }
  void validate(const Pace&) override;
  bool previews() const override { return static_cast<bool>(update_); }
  std::string preview(const std::string& folder, const Pace&) override;

  void tell(const TrainUpdate&) override;
  void record(nlohmann::json& line, const TrainUpdate&) const override;
  std::string remark(const TrainUpdate&) const override;
  std::string closingNote(const TrainUpdate&) const override;
  std::string verdict() const override;

  std::vector<std::string> notes() const override { return data_.notes(); }  ///< of the data file's reader
  const Network& network() const { return *network_; }
  const BatchSource& batches() const { return *batches_; }
  /// The last, if there was any.
  const std::shared_ptr<const ValidationError>& validation() const { return validation_; }

 private:
  ToyProblem(const ToyTrainOptions&, Update, std::optional<TrainingState> resumed);
  NetDenoiser denoiser() const;
  double targetShare(const TrainUpdate&) const;

  ToyTrainOptions options_;
  Update update_;
  c10::Device device_;
  DataSource data_;
  Eigenbasis basis_;
  std::optional<Schedule> schedule_;
  std::shared_ptr<const Network> network_;
  std::optional<NetCoordinates> coordinates_;
  std::int64_t steps_;
  std::optional<Learner> learner_;
  std::optional<BatchSource> batches_;
  std::optional<Validator> validator_;
  Preview preview_;
  double loss_ = 0, rate_ = 0;  ///< of the last step
  std::shared_ptr<const ValidationError> validation_;
  std::int64_t validatedStep_ = -1;                           ///< of the weights that it is of
  std::shared_ptr<const ValidationError> newValidation_;      ///< not told yet
  std::shared_ptr<const std::vector<float>> newlyGenerated_;  ///< not told yet
};

}  // namespace inflaton
