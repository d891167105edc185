// The training job: live updates, ticks, snapshots, and its endings.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cmath>
#include <optional>

#include "core/api/system.h"
#include "core/api/train.h"
#include "core/nets/file/network_file.h"
#include "core/train/preview.h"
#include "core/train/train_records.h"
#include "core/train/validation.h"

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

constexpr double kUpdateSeconds = 0.2;
constexpr double kPreviewSeconds = 1.0, kValidationSeconds = 2.0;
constexpr double kShare = 20;  // a preview or validation is due again after this many times its own cost
constexpr std::int64_t kPreviewPoints = 500;
constexpr double kLookSeconds = 0.15;  // between two looks at the stop token
constexpr double kPatience = 20;       // stopping and keeping does not wait longer for a last measurement

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

class Training {
 public:
  Training(const ToyTrainOptions& options, const JobContext& context, const std::function<void(const TrainUpdate&)>& update)
      : setup_(options),
        o_(setup_.options()),
        context_(context),
        update_(update),
        preview_(setup_.data().dim(), kPreviewPoints, derivedSeed(0, SeedStream::preview)),
        records_(setup_, context_) {
    if (o_.validation_references > 0)
      validator_.emplace(setup_.data(), setup_.schedule(), setup_.basis(), o_.validation_references, o_.validation_queries);
    ticks_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(o_.tick * 1e3 / static_cast<double>(o_.batch))));
    firstStep_ = setup_.trainer().state().step;
    result_.run_folder = records_.path();
  }

  TrainResult run() {
    try {
      records_.note((o_.resume.empty() ? "training " : "resuming ") + std::to_string(setup_.network().size()) + " weights on " +
                    setup_.device().str() + ": " + setup_.data().name() + " " + setup_.schedule().name() + ", steps " +
                    std::to_string(firstStep_) + " to " + std::to_string(setup_.settings().steps));
      const bool finished = loop();
      return end(finished);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::cancelled) {
        records_.note("cancelled at step " + std::to_string(state().step));
        records_.folder().cancel("cancelled");
        throw;
      }
      if (e.code() == ErrorCode::diverged) diverged(e);
      records_.folder().fail(e.what());
      throw;
    } catch (const std::exception& e) {
      records_.folder().fail(e.what());
      throw;
    }
  }

 private:
  const TrainerState& state() const { return setup_.trainer().state(); }
  double mimg(std::int64_t step) const { return static_cast<double>(step * o_.batch) * 1e-6; }
  const ValidationError* measured() const { return validation_ ? &*validation_ : nullptr; }

  /// True when all steps are done, false when asked to stop and keep.
  bool loop() {
    NowAndThen updates(kUpdateSeconds), previews(kPreviewSeconds), validations(kValidationSeconds);
    const auto& trainer = setup_.trainer();
    while (!trainer.done()) {
      context_.throwIfStopped();
      if (context_.finish.stop_requested()) return false;
      oneStep();
      const std::int64_t step = state().step;
      const bool ticked = step % ticks_ == 0 && !trainer.done();  // the end has a line of its own
      if (ticked) tick();
      if (step != firstStep_ + 1 && !updates.due()) continue;
      const auto began = Clock::now();
      auto u = updateNow();
      if (!ticked) records_.events(u);
      if (update_ && previews.due()) u.generated = previews.run([&] { return draw(); });
      if (validator_ && !validator_->ready())
        validator_->prepareSome();
      else if (validator_ && validations.due())
        u.validation = validations.run([&] { return measure(); });
      updates.run([&] { return send(u), 0; });
      records_.maintenance(since(began));
    }
    return true;
  }

  void oneStep() {
    lr_ = setup_.trainer().learningRate();
    const auto began = Clock::now();
    loss_ = setup_.step();
    stepSeconds_ = stepSeconds_ > 0 ? std::min(stepSeconds_, since(began)) : since(began);  // the least: others may have had the machine
    records_.step(loss_);
  }

  /// A tick's records; snapshots and states fall on every so many ticks, whether or not the run was resumed in between.
  void tick() {
    const auto u = updateNow();
    const std::int64_t number = state().step / ticks_;
    records_.tick(u, number, measured());
    records_.events(u);
    const auto began = Clock::now();
    if (number % o_.snap == 0) result_.network = records_.saveNetworkOf(state(), measured());
    if (number % o_.dump == 0) result_.state = records_.saveStateOf(state());
    records_.maintenance(since(began));
  }

  std::shared_ptr<const ValidationError> measure() {
    while (!validator_->ready()) {
      context_.throwIfStopped();
      validator_->prepareSome();
    }
    validation_ = validator_->measure(setup_.denoiser(state().average), affordableRows(), [&] { context_.throwIfStopped(); });
    return std::make_shared<ValidationError>(*validation_);
  }

  std::shared_ptr<const std::vector<float>> draw() const {
    return preview_.draw(setup_.denoiser(state().average), std::min(kPreviewPoints, affordableRows()), [&] { context_.throwIfStopped(); });
  }

  /// Rows that the network answers between two looks at the stop token. An answer takes a third of a training step's time.
  std::int64_t affordableRows() const {
    const double perSecond = stepSeconds_ > 0 ? static_cast<double>(o_.batch) / stepSeconds_ : 1e6;
    return std::max<std::int64_t>(16, static_cast<std::int64_t>(3 * kLookSeconds * std::min(perSecond, 1e6)));
  }

  TrainUpdate updateNow() const {
    TrainUpdate u;
    u.step = state().step;
    u.mimg = mimg(u.step), u.duration_mimg = mimg(setup_.settings().steps);
    u.loss = loss_, u.lossSmoothed = state().lossSmoothed, u.lr = lr_;
    const double seconds = since(began_);
    u.stepsPerSecond = seconds > 0 ? static_cast<double>(u.step - firstStep_) / seconds : 0;
    if (u.stepsPerSecond > 0) u.etaSeconds = static_cast<double>(setup_.settings().steps - u.step) / u.stepsPerSecond;
    u.targetShare = seconds > 0 ? setup_.batches().targetSeconds() / seconds : 0;
    u.dim = setup_.data().dim();
    u.run_folder = records_.path();
    return u;
  }

  void send(const TrainUpdate& u) {
    char text[96];
    std::snprintf(text, sizeof text, "loss %.4f", u.lossSmoothed);
    std::string message = text;
    if (validation_) std::snprintf(text, sizeof text, ", error %.4f", validation_->mean), message += text;
    if (u.targetShare > 0) std::snprintf(text, sizeof text, ", targets cost %.0f %%", 100 * u.targetShare), message += text;
    const auto step = static_cast<double>(u.step), steps = static_cast<double>(setup_.settings().steps);
    records_.folder().progress("training", step, steps, u.etaSeconds, message);
    context_.report({"training", step, steps, u.etaSeconds, message});
    if (update_) update_(u);
  }

  TrainResult end(bool finished) {
    const auto& s = state();
    auto last = updateNow();
    const double patience = finished ? 1e9 : kPatience;
    if (validator_ && static_cast<double>(validator_->evaluations()) / static_cast<double>(affordableRows()) * kLookSeconds < patience)
      last.validation = measure();
    if (update_) last.generated = draw();
    result_.network = records_.saveNetworkOf(s, measured());
    result_.state = records_.saveStateOf(s);
    result_.end = finished ? TrainEnd::completed : TrainEnd::stoppedAndKept;
    result_.steps = s.step, result_.seconds = since(began_), result_.loss = s.lossSmoothed;
    if (validation_) result_.validation = *validation_;
    records_.tick(last, s.step / ticks_, measured());
    records_.events(last);
    send(last);
    if (last.targetShare > 0) {
      char text[64];
      std::snprintf(text, sizeof text, "targets cost %.0f %% of the time", 100 * last.targetShare);
      records_.note(text);
    }
    const std::string what = (finished ? "finished" : "stopped and kept") + std::string(" at step ") + std::to_string(s.step);
    records_.note(what + (validation_ ? ", mean weighted error " + formatParameter(validation_->mean) : ""));
    records_.folder().finish(what);
    return result_;
  }

  [[noreturn]] void diverged(const Error& e) {
    const auto& good = setup_.trainer().good();
    result_.network = records_.saveNetworkOf(good, nullptr);
    result_.state = records_.saveStateOf(good);
    records_.note(e.what());
    records_.folder().fail(e.what());
    throw Error(ErrorCode::diverged, e.what(),
                "The last good weights, of step " + std::to_string(good.step) + ", are in " + result_.network + ". Lower lr (" +
                    formatParameter(o_.lr) + ") and go on from there.");
  }

  TrainingSetup setup_;
  const ToyTrainOptions& o_;  ///< the resumed run's, when it is one
  JobContext context_;
  std::function<void(const TrainUpdate&)> update_;
  Preview preview_;
  TrainRecords records_;  ///< last: a request that cannot be leaves no folder behind
  std::optional<Validator> validator_;
  std::optional<ValidationError> validation_;
  TrainResult result_;
  Clock::time_point began_ = Clock::now();
  std::int64_t firstStep_ = 0, ticks_ = 1;
  double loss_ = 0, lr_ = 0, stepSeconds_ = 0;
};

}  // namespace

Expected<TrainResult> trainToy(const ToyTrainOptions& options, const JobContext& context,
                               const std::function<void(const TrainUpdate&)>& update) {
  return atEdge([&] {
    validate(options);
    useThreads(context.threads(options.threads));
    const at::NoGradGuard off;
    return Training(options, context, update).run();
  });
}

}  // namespace inflaton
