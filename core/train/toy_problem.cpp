#include "core/train/toy_problem.h"

#include <algorithm>
#include <cmath>
#include "core/api/number_text.h"

#include "core/api/memory_need.h"
#include "core/data/random.h"
#include "core/machine/device.h"
#include "core/machine/slices.h"
#include "core/nets/architectures.h"
#include "core/nets/file/network_file.h"
#include "core/train/resume.h"
#include "core/train/resumed_data.h"
#include "core/train/training.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::int64_t kPreviewPoints = 500;

std::optional<TrainingState> stateOf(const ToyTrainOptions& o) {
  if (o.resume.empty()) return {};
  return readTrainingState(o.resume);
}

ToyTrainOptions effective(const ToyTrainOptions& asked, const std::optional<TrainingState>& resumed) {
  if (!resumed) return asked;
  auto o = resumedOptions(asked, resumed->options, asked.resume);
  o.resume = asked.resume;
  validate(o);
  return o;
}

std::uint64_t seedOf(const ToyTrainOptions& o) { return static_cast<std::uint64_t>(o.seed); }

BatchSettings batchSettings(const ToyTrainOptions& o) {
  BatchSettings s;
  s.tmin = o.tmin, s.batch = o.batch, s.seed = seedOf(o);
  s.edmTimes = o.precond != "ifs";
  s.references = o.targets == "mean" ? o.target_references : 0;
  return s;
}

OptimiserSettings optimiserSettings(const ToyTrainOptions& o) {
  OptimiserSettings s;
  s.batch = o.batch, s.steps = trainingSteps(o);
  s.lr = o.lr, s.cosine = o.lr_cosine;
  s.rampSamples = o.lr_rampup * 1e6, s.halfLife = o.ema * 1e6;
  s.cleanGradients = o.bad_gradients == "clean";
  return s;
}

/// The state of training on a processor: weights, their average, Adam's two moments and the gradient, the last good state, and one gradient
/// for each slice of the rows that are computed at once.
double bytesOf(const Network& network, const ToyTrainOptions& o) {
  constexpr double kStates = 10, kRowsInSlice = 256, kSlices = 16;  // at least: some architectures need more
  const auto rows = static_cast<double>(o.batch_gpu > 0 ? std::min(o.batch_gpu, o.batch) : o.batch);
  return 4 * static_cast<double>(network.size()) * (kStates + std::min(kSlices, std::ceil(rows / kRowsInSlice)));
}

std::string networkText(const Network& network, const ToyTrainOptions& o) {
  return std::to_string(network.size()) + " weights with " + std::to_string(o.batch_gpu > 0 ? std::min(o.batch_gpu, o.batch) : o.batch) +
         " samples at once";
}

}  // namespace

ToyProblem::ToyProblem(const ToyTrainOptions& options, Update update) : ToyProblem(options, std::move(update), stateOf(options)) {}

ToyProblem::ToyProblem(const ToyTrainOptions& options, Update update, std::optional<TrainingState> resumed)
    : options_(effective(options, resumed)),
      update_(std::move(update)),
      device_(chooseDevice(options_.device)),
      data_(options_),
      steps_(trainingSteps(options_)),
      preview_(data_.dim(), kPreviewPoints, trainingSeed(0, TrainingPurpose::preview)) {
  const auto& o = options_;
  if (resumed && resumed->data && data_.origin()) requireDataAsStarted(o.resume, *resumed->data, *data_.origin());
  basis_ =
      resumed ? resumed->basis : eigenbasisOf(data_.references(o.eigenbasis_samples, trainingSeed(seedOf(o), TrainingPurpose::eigenbasis)));
  if (basis_.dim != data_.dim())
    throw Error(ErrorCode::usage, o.resume + " is of a network in " + std::to_string(basis_.dim) + " dimensions; the data have " +
                                      std::to_string(data_.dim()));
  schedule_.emplace(Schedule::make(o, data_.dim(), 1.0, basis_.eigenvalues));
  coordinates_.emplace(o.precond, o.space, *schedule_, basis_);
  network_ = resumed ? makeNetwork(resumed->network, o.resume) : freshNetwork(o, *schedule_, basis_);
  if (device_.is_cpu()) requireMemory(bytesOf(*network_, o), networkText(*network_, o), "Lower width, depth or batch_gpu.");
  learner_.emplace(network_, optimiserSettings(o), RegressionSettings{.atOnce = o.batch_gpu, .lossScale = o.ls, .seed = seedOf(o)},
                   resumed ? resumed->learner.to(device_) : Learner::fresh(*network_, seedOf(o), device_));
  batches_.emplace(data_, *schedule_, basis_, batchSettings(o), device_);
  if (o.validation_references > 0) validator_.emplace(data_, *schedule_, basis_, o.validation_references, o.validation_queries);
}

json ToyProblem::optionsJson() const {
  auto plain = options_;
  plain.resume.clear();  // a run that was resumed is the run that it goes on with
  return toJson(plain);
}

std::string ToyProblem::command() const {
  auto plain = options_;
  plain.preset.clear();  // its values are in the options; the line must not depend on the preset's file
  return commandLine(plain);
}

std::string ToyProblem::title() const { return data_.name() + "-" + schedule_->name(); }

std::string ToyProblem::about() const {
  return std::to_string(network_->size()) + " weights on " + device_.str() + ": " + data_.name() + " " + schedule_->name();
}

void ToyProblem::advance() {
  rate_ = learner_->learningRate();
  auto batch = batches_->at(step());
  if (!coordinates_->identity()) {
    const auto terms = coordinates_->terms(batch.given.t, batch.y);
    batch.target = coordinates_->target(batch.y, batch.target, terms);
    batch.y = coordinates_->input(batch.y, terms);
  }
  const SerialOperations few;
  loss_ = learner_->step(batch);
}

StepReport ToyProblem::report() const { return {loss_, learner_->state().lossSmoothed, rate_, learner_->gradientNorm()}; }

void ToyProblem::goBack() {
  learner_->goBack();
  validation_.reset();  // it was of other weights
}

NetDenoiser ToyProblem::denoiser() const {
  return {*schedule_, basis_, network_, learner_->state().averaged(), options_.precond, options_.space};
}

std::string ToyProblem::saveSnapshot(const std::string& stem) {
  json configuration{{"data_name", data_.name()}, {"options", optionsJson()}, {"step", step()}, {"kimg", step() * options_.batch / 1000}};
  if (data_.origin()) configuration["data"] = originJson(*data_.origin());
  // A run that was resumed, or had more time between two validations, leaves the same bytes.
  if (validation_ && validatedStep_ == step())
    configuration["validation"] = {{"t", validation_->t}, {"error", validation_->error}, {"mean", validation_->mean}};
  saveNetwork(stem + ".safetensors", denoiser(), std::move(configuration));
  return stem + ".safetensors";
}

std::string ToyProblem::saveState(const std::string& stem) {
  saveTrainingState(stem + ".safetensors", {optionsJson(), network_->configuration(), basis_, learner_->state(),
                                            data_.origin() ? std::optional(*data_.origin()) : std::nullopt});
  return stem + ".safetensors";
}

bool ToyProblem::prepareValidation() {
  if (!validator_->ready()) validator_->prepareSome();
  return validator_->ready();
}

void ToyProblem::validate(const Pace& pace) {
  validation_ = newValidation_ = std::make_shared<ValidationError>(validator_->measure(denoiser(), pace.poll));
  validatedStep_ = step();
}

std::string ToyProblem::preview(const std::string&, const Pace& pace) {
  newlyGenerated_ = preview_.draw(denoiser(), std::min(kPreviewPoints, pace.rows), pace.poll);
  return {};
}

double ToyProblem::targetShare(const TrainUpdate& u) const { return u.seconds > 0 ? batches_->targetSeconds() / u.seconds : 0; }

void ToyProblem::tell(const TrainUpdate& u) {
  if (update_) update_({u, targetShare(u), newValidation_, newlyGenerated_, data_.dim()});
  newValidation_.reset();
  newlyGenerated_.reset();
}

void ToyProblem::record(json& line, const TrainUpdate& u) const {
  line["target_share"] = targetShare(u);
  if (validation_) line["validation"] = validation_->mean;
}

std::string ToyProblem::remark(const TrainUpdate& u) const {
  std::string all = validation_ ? ", error " + fixedText(validation_->mean, 4) : std::string();
  if (const double share = targetShare(u); share > 0) all += formatted(", targets cost %.0f %%", 100 * share);
  return all;
}

std::string ToyProblem::closingNote(const TrainUpdate& u) const {
  const double share = targetShare(u);
  return share > 0 ? formatted("targets cost %.0f %% of the time", 100 * share) : std::string();
}

std::string ToyProblem::verdict() const {
  return validation_ ? ", mean weighted error " + formatParameter(validation_->mean) : std::string();
}

}  // namespace inflaton
