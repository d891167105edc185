#include "core/train/training_setup.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/machine/device.h"
#include "core/machine/slices.h"
#include "core/nets/fresh_network.h"
#include "core/train/resume.h"

namespace inflaton {
namespace {

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

TrainerState onDevice(const TrainerState& s, c10::Device device) {
  return {s.step, s.weights.to(device), s.average.to(device), s.first.to(device), s.second.to(device), s.lossSmoothed};
}

}  // namespace

TrainerSettings trainerSettings(const ToyTrainOptions& o) {
  TrainerSettings s;
  s.batch = o.batch, s.atOnce = o.batch_gpu;
  s.steps = std::max<std::int64_t>(1, std::llround(std::ceil(o.duration * 1e6 / static_cast<double>(o.batch))));
  s.lr = o.lr, s.cosine = o.lr_cosine;
  s.rampSamples = o.lr_rampup * 1e6, s.halfLife = o.ema * 1e6;
  s.lossScale = o.ls, s.cleanGradients = o.bad_gradients == "clean";
  s.seed = seedOf(o);
  return s;
}

TrainingSetup::TrainingSetup(const ToyTrainOptions& options) : TrainingSetup(options, stateOf(options)) {}

TrainingSetup::TrainingSetup(const ToyTrainOptions& options, std::optional<TrainingState> resumed)
    : options_(effective(options, resumed)), device_(chooseDevice(options_.device)), data_(options_) {
  basis_ = resumed ? resumed->basis
                   : eigenbasisOf(data_.references(options_.eigenbasis_samples, derivedSeed(seedOf(options_), SeedStream::eigenbasis)));
  if (basis_.dim != data_.dim())
    throw Error(ErrorCode::usage, options_.resume + " is of a network in " + std::to_string(basis_.dim) + " dimensions; the data have " +
                                      std::to_string(data_.dim()));
  schedule_.emplace(Schedule::make(options_, data_.dim(), 1.0, basis_.eigenvalues));
  coordinates_.emplace(options_.precond, options_.space, *schedule_, basis_);
  network_ = resumed ? makeNetwork(resumed->network, options_.resume) : freshNetwork(options_, *schedule_, basis_);
  settings_ = trainerSettings(options_);
  trainer_.emplace(network_, settings_,
                   resumed ? onDevice(resumed->trainer, device_) : Trainer::fresh(*network_, seedOf(options_), device_));
  batches_.emplace(data_, *schedule_, basis_, batchSettings(options_), device_);
}

double TrainingSetup::step() {
  auto batch = batches_->at(trainer_->state().step);
  if (!coordinates_->identity()) {
    const auto terms = coordinates_->terms(batch.t, batch.y);
    batch.target = coordinates_->target(batch.y, batch.target, terms);
    batch.y = coordinates_->input(batch.y, terms);
  }
  const SerialOperations few;
  return trainer_->step(batch);
}

NetDenoiser TrainingSetup::denoiser(const at::Tensor& weights) const {
  return {*schedule_, basis_, network_, weights, options_.precond, options_.space};
}

}  // namespace inflaton
