// The training job: run folder, live updates, snapshots, and its endings.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>

#include "core/api/jobs.h"
#include "core/io/run_folder.h"
#include "core/nets/device.h"
#include "core/nets/mlp.h"
#include "core/nets/network_file.h"
#include "core/nets/slices.h"
#include "core/train/preview.h"
#include "core/train/resume.h"
#include "core/train/training_state.h"
#include "core/train/validation.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

constexpr double kUpdateSeconds = 0.2;
constexpr double kPreviewSeconds = 1.0, kValidationSeconds = 2.0;
constexpr double kShare = 20;  // a preview or validation is due again after this many times its own cost
constexpr std::int64_t kPreviewPoints = 500;

/// Something done now and then, at most every `period` seconds and never for more than a small share of the time.
class NowAndThen {
 public:
  explicit NowAndThen(double period) : period_(period) {}
  bool due() const { return since(last_) >= std::max(period_, kShare * cost_); }
  template <class Work>
  auto run(const Work& work) {
    const auto began = Clock::now();
    auto result = work();
    cost_ = since(began), last_ = Clock::now();
    return result;
  }

 private:
  double period_, cost_ = 0;
  Clock::time_point last_ = Clock::now();
};

json validationJson(const ValidationError& v) { return {{"t", v.t}, {"error", v.error}, {"mean", v.mean}}; }

TrainerSettings trainerSettings(const ToyTrainOptions& o) {
  TrainerSettings s;
  s.batch = o.batch;
  s.steps = std::max<std::int64_t>(1, std::llround(std::ceil(o.duration * 1e6 / static_cast<double>(o.batch))));
  s.lr = o.lr, s.cosine = o.lr_cosine;
  s.rampSamples = o.lr_rampup * 1e6, s.halfLife = o.ema * 1e6;
  return s;
}

/// Everything that one run holds; made without touching the disk, so that a bad request leaves no folder behind.
class Training {
 public:
  Training(const ToyTrainOptions& options, const JobContext& context, const std::function<void(const TrainUpdate&)>& update)
      : o_(options), context_(context), update_(update), device_(chooseDevice(options.device)) {
    std::optional<TrainingState> resumed;
    if (!options.resume.empty()) {
      resumed = readTrainingState(options.resume);
      o_ = resumedOptions(options, resumed->options, options.resume);
      o_.resume = options.resume;
      validate(o_);
    }
    data_.emplace(o_);
    basis_ = resumed ? resumed->basis
                     : eigenbasisOf(data_->references(o_.eigenbasis_samples, derivedSeed(static_cast<std::uint64_t>(o_.seed), SeedStream::eigenbasis)));
    schedule_.emplace(Schedule::make(o_, data_->dim(), 1.0, basis_.eigenvalues));
    network_ = resumed ? makeNetwork(resumed->network, o_.resume) : newNetwork();
    if (network_->dim() != data_->dim())
      throw Error(ErrorCode::usage, o_.resume + " is of a network in " + std::to_string(network_->dim()) + " dimensions; the data have " + std::to_string(data_->dim()));
    auto state = resumed ? onDevice(resumed->trainer) : Trainer::fresh(*network_, static_cast<std::uint64_t>(o_.seed), device_);
    settings_ = trainerSettings(o_);
    trainer_.emplace(network_, settings_, std::move(state));
    batches_.emplace(*data_, *schedule_, basis_, o_.tmin, o_.batch, static_cast<std::uint64_t>(o_.seed), device_);
    preview_.emplace(data_->dim(), kPreviewPoints, derivedSeed(0, SeedStream::preview));
    if (o_.validation_references > 0) validator_.emplace(*data_, *schedule_, basis_, o_.validation_references, o_.validation_queries);
  }

  TrainResult run() {
    openFolder();
    try {
      const bool finished = loop();
      return end(finished);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::cancelled) {
        note("cancelled at step " + std::to_string(trainer_->state().step));
        folder_->cancel("cancelled");
        throw;
      }
      if (e.code() == ErrorCode::diverged) diverged(e);
      folder_->fail(e.what());
      throw;
    } catch (const std::exception& e) {
      folder_->fail(e.what());
      throw;
    }
  }

 private:
  std::shared_ptr<const Network> newNetwork() const {
    MlpSettings s;
    s.dim = data_->dim(), s.width = o_.width, s.depth = o_.depth, s.t_max = schedule_->tMax();
    // Data seen through much noise look Gaussian, as fast as the least noisy axis lets them: F shrinks with that axis's cSkip.
    for (int j = 0; j < s.dim; ++j) {
      const double ratio = schedule_->proportional() ? 1 : schedule_->gamma0() / basis_.eigenvalues[static_cast<std::size_t>(j)], rate = schedule_->rate(j);
      if (j == 0 || ratio * std::exp(rate * s.t_max) < s.fade_ratio * std::exp(s.fade_rate * s.t_max)) s.fade_ratio = ratio, s.fade_rate = rate;
    }
    return std::make_shared<Mlp>(s);
  }

  TrainerState onDevice(const TrainerState& s) const {
    return {s.step, s.weights.to(device_), s.average.to(device_), s.first.to(device_), s.second.to(device_), s.lossSmoothed};
  }

  std::int64_t kimg(std::int64_t step) const { return step * o_.batch / 1000; }
  double mimg(std::int64_t step) const { return static_cast<double>(step * o_.batch) * 1e-6; }

  void note(const std::string& line) {
    folder_->log(line);
    context_.note(line);
  }

  void openFolder() {
    const auto parent = fs::path(o_.resume).parent_path();
    if (!o_.resume.empty() && fs::exists(parent / "progress.json")) {
      if (const auto s = readRunState(parent.string()); s == RunState::running || s == RunState::paused)
        throw Error(ErrorCode::failed, parent.string() + " is still running", "Stop it first, or resume a copy of the state in another folder.");
      folder_.emplace(RunFolder::open(parent.string()));
    } else {
      folder_.emplace(RunFolder::create(o_.outdir, o_.desc.empty() ? data_->name() + "-" + schedule_->name() : o_.desc));
    }
    auto plain = o_;
    plain.preset.clear();  // its values are in the options; the line must not depend on the preset's file
    const RunDescription description{toJson(o_), o_.seed, programVersion(), device_.str(), commandLine(plain)};
    folder_->writeOptions(description);
    folder_->writeOptions(description, "training_options.json");
    note((o_.resume.empty() ? "training " : "resuming ") + std::to_string(network_->size()) + " weights on " + device_.str() + ": " +
         data_->name() + " " + schedule_->name() + ", steps " + std::to_string(trainer_->state().step) + " to " + std::to_string(settings_.steps));
  }

  NetDenoiser averaged(const TrainerState& s) const { return {*schedule_, basis_, network_, s.average}; }

  /// True when all steps are done, false when asked to stop and keep.
  bool loop() {
    const std::int64_t tickSteps = std::max<std::int64_t>(1, std::llround(o_.tick * 1e3 / static_cast<double>(o_.batch)));
    const std::int64_t snapSteps = tickSteps * o_.snap;
    NowAndThen updates(kUpdateSeconds), previews(kPreviewSeconds), validations(kValidationSeconds);
    firstStep_ = trainer_->state().step;
    while (!trainer_->done()) {
      context_.throwIfStopped();
      if (context_.finish.stop_requested()) return false;
      oneStep();
      const std::int64_t step = trainer_->state().step;
      if (step % tickSteps == 0) tick();
      if (step % snapSteps == 0 && !trainer_->done()) snapshot(trainer_->state(), validation_ ? &*validation_ : nullptr);
      if (step != firstStep_ + 1 && !updates.due()) continue;
      auto u = updateNow();
      if (update_ && previews.due()) u.generated = previews.run([&] { return preview_->draw(averaged(trainer_->state())); });
      if (validator_ && !validator_->ready()) validator_->prepareSome();
      else if (validator_ && validations.due()) u.validation = validations.run([&] { return measure(); });
      updates.run([&] { return send(u), 0; });
    }
    return true;
  }

  void oneStep() {
    const auto batch = batches_->at(trainer_->state().step);
    const SerialOperations few;
    lr_ = trainer_->learningRate();
    loss_ = trainer_->step(batch);
  }

  std::shared_ptr<const ValidationError> measure() {
    while (!validator_->ready()) {
      context_.throwIfStopped();
      validator_->prepareSome();
    }
    validation_ = validator_->measure(averaged(trainer_->state()));
    return std::make_shared<ValidationError>(*validation_);
  }

  TrainUpdate updateNow() const {
    TrainUpdate u;
    u.step = trainer_->state().step;
    u.mimg = mimg(u.step), u.duration_mimg = mimg(settings_.steps);
    u.loss = loss_, u.lossSmoothed = trainer_->state().lossSmoothed, u.lr = lr_;
    const double seconds = since(began_);
    u.stepsPerSecond = seconds > 0 ? static_cast<double>(u.step - firstStep_) / seconds : 0;
    if (u.stepsPerSecond > 0) u.etaSeconds = static_cast<double>(settings_.steps - u.step) / u.stepsPerSecond;
    u.dim = data_->dim();
    u.run_folder = folder_->path();
    return u;
  }

  void send(const TrainUpdate& u) {
    char text[96];
    std::snprintf(text, sizeof text, "loss %.4f", u.lossSmoothed);
    std::string message = text;
    if (validation_) std::snprintf(text, sizeof text, ", error %.4f", validation_->mean), message += text;
    folder_->progress("training", static_cast<double>(u.step), static_cast<double>(settings_.steps), u.etaSeconds, message);
    context_.report({"training", static_cast<double>(u.step), static_cast<double>(settings_.steps), u.etaSeconds, message});
    if (update_) update_(u);
  }

  void tick() {
    const auto u = updateNow();
    json line{{"step", u.step}, {"mimg", u.mimg}, {"loss", u.loss}, {"loss_smoothed", u.lossSmoothed}, {"lr", u.lr}, {"seconds", since(began_)}, {"steps_per_second", u.stepsPerSecond}};
    if (validation_) line["validation"] = validation_->mean;
    folder_->stat(line);
  }

  /// Network and training state, named by the samples seen.
  void snapshot(const TrainerState& s, const ValidationError* validation) {
    char number[32];
    std::snprintf(number, sizeof number, "%06lld", static_cast<long long>(kimg(s.step)));
    json configuration{{"data_name", data_->name()}, {"options", toJson(o_)}, {"step", s.step}, {"kimg", kimg(s.step)}};
    if (validation) configuration["validation"] = validationJson(*validation);
    const auto network = folder_->file(std::string("network-snapshot-") + number + ".safetensors");
    saveNetwork(network, averaged(s), std::move(configuration));
    const auto state = folder_->file(std::string("training-state-") + number + ".pt");
    saveTrainingState(state, {toJson(o_), network_->configuration(), basis_, s});
    result_.network = network, result_.state = state;
  }

  TrainResult end(bool finished) {
    const auto& s = trainer_->state();
    auto last = updateNow();
    if (validator_) last.validation = measure();
    if (update_) last.generated = preview_->draw(averaged(s));
    snapshot(s, validation_ ? &*validation_ : nullptr);
    result_.end = finished ? TrainEnd::completed : TrainEnd::stoppedAndKept;
    result_.run_folder = folder_->path();
    result_.steps = s.step, result_.seconds = since(began_), result_.loss = s.lossSmoothed;
    if (validation_) result_.validation = *validation_;
    tick();
    send(last);
    const std::string what = (finished ? "finished" : "stopped and kept") + std::string(" at step ") + std::to_string(s.step);
    note(what + (validation_ ? ", mean weighted error " + formatParameter(validation_->mean) : ""));
    folder_->finish(what);
    return result_;
  }

  [[noreturn]] void diverged(const Error& e) {
    const auto& good = trainer_->good();
    snapshot(good, nullptr);
    note(e.what());
    folder_->fail(e.what());
    throw Error(ErrorCode::diverged, e.what(),
                "The last good weights, of step " + std::to_string(good.step) + ", are in " + result_.network + ". Lower lr (" + formatParameter(o_.lr) + ") and go on from there.");
  }

  ToyTrainOptions o_;
  JobContext context_;
  std::function<void(const TrainUpdate&)> update_;
  c10::Device device_;
  std::optional<DataSource> data_;
  std::optional<Schedule> schedule_;
  Eigenbasis basis_;
  std::shared_ptr<const Network> network_;
  TrainerSettings settings_;
  std::optional<Trainer> trainer_;
  std::optional<BatchSource> batches_;
  std::optional<Preview> preview_;
  std::optional<Validator> validator_;
  std::optional<RunFolder> folder_;
  std::optional<ValidationError> validation_;
  TrainResult result_;
  Clock::time_point began_ = Clock::now();
  std::int64_t firstStep_ = 0;
  double loss_ = 0, lr_ = 0;
};

}  // namespace

Expected<TrainResult> trainToy(const ToyTrainOptions& options, const JobContext& context, const std::function<void(const TrainUpdate&)>& update) {
  return atEdge([&] {
    validate(options);
    useThreads(static_cast<int>(options.threads));
    const at::NoGradGuard off;
    return Training(options, context, update).run();
  });
}

}  // namespace inflaton
