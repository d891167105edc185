#include "core/train/training.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <limits>
#include "core/api/number_text.h"

#include "core/api/shell_quoted.h"
#include "core/api/stop_scope.h"
#include "core/machine/stopwatch.h"
#include "core/train/train_records.h"

namespace inflaton {
namespace {

constexpr double kUpdateSeconds = 0.2;
constexpr double kPreviewSeconds = 1.0, kValidationSeconds = 2.0;
constexpr double kShare = 20;          // a preview or validation is due again after this many times its own cost
constexpr double kLookSeconds = 0.15;  // between two looks at the stop token
constexpr double kPatience = 0.4;      // stopping and keeping does not wait longer for a last measurement
constexpr double kMeasureSeconds = 0.4;
constexpr int kLeastSteps = 2, kMostSteps = 50;  // of a measurement of cost

/// Something done now and then, at most every `period` seconds and never for more than a small share of the time.
class NowAndThen {
 public:
  explicit NowAndThen(double period) : period_(period) {}
  bool due() const { return since(last_) >= std::max(period_, kShare * cost_); }
  template <class Work>
  void run(const Work& work) {
    const auto began = Clock::now();
    work();
    cost_ = since(began), last_ = Clock::now();
  }

 private:
  double period_, cost_ = 0;
  Clock::time_point last_ = Clock::now();
};

class Training {
 public:
  Training(TrainingProblem& problem, const JobContext& context, std::optional<LifeLock> claimed)
      : problem_(problem), o_(problem.options()), context_(context), records_(problem, context_, std::move(claimed)) {
    ticks_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(o_.tick * 1e3 / static_cast<double>(o_.batch))));
    firstStep_ = problem_.step();
    result_.run_folder = records_.path();
  }

  TrainResult run() {
    try {
      records_.note((o_.resume.empty() ? "training " : "resuming ") + problem_.about() + ", steps " + std::to_string(firstStep_) + " to " +
                    std::to_string(problem_.steps()));
      for (const auto& note : problem_.notes()) records_.note(note);
      const bool finished = loop();
      return end(finished);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::cancelled) {
        records_.note("cancelled at step " + std::to_string(problem_.step()));
        records_.folder().cancel("cancelled");
        throw;
      }
      if (e.code() == ErrorCode::diverged) diverged(e);
      records_.folder().fail(e.what());
      throw;
    } catch (const std::exception&) {
      records_.folder().fail(currentExceptionAsJobError().message);
      throw;
    }
  }

 private:
  double mimg(std::int64_t step) const { return static_cast<double>(step * o_.batch) * 1e-6; }

  /// True when all steps are done, false when asked to stop and keep.
  bool loop() {
    NowAndThen updates(kUpdateSeconds), previews(kPreviewSeconds), validations(kValidationSeconds);
    while (!problem_.done()) {
      context_.throwIfStopped();
      if (context_.finish.stop_requested()) return false;
      try {
        oneStep();
      } catch (const StopAndKeep&) {
        return false;  // all is as it was before the step
      }
      const std::int64_t step = problem_.step();
      const bool ticked = step % ticks_ == 0 && !problem_.done();  // the end has a line of its own
      if (ticked) tick();
      if (step != firstStep_ + 1 && !updates.due()) continue;
      const auto began = Clock::now();
      auto u = updateNow();
      if (!ticked) records_.events(u);
      if (problem_.previews() && previews.due()) {
        previews.run([&] { u.previewFile = problem_.preview(records_.path(), pace()); });
        previewSeconds_ = since(began);
      }
      if (problem_.validates() && problem_.prepareValidation() && validations.due()) validations.run([&] { problem_.validate(pace()); });
      updates.run([&] { send(u); });
      records_.maintenance(since(began));
    }
    return true;
  }

  void oneStep() {
    const auto began = Clock::now();
    {
      const StopScope stops(context_.stop, context_.finish);
      problem_.advance();
    }
    records_.step(problem_.report().loss);
    stepSeconds_ = stepSeconds_ > 0 ? std::min(stepSeconds_, since(began)) : since(began);  // the least: others may have had the machine
  }

  /// A tick's records; snapshots and states fall on every so many ticks, whether or not the run was resumed in between.
  void tick() {
    const auto u = updateNow();
    const std::int64_t number = problem_.step() / ticks_;
    records_.tick(u, number);
    records_.events(u);
    const auto began = Clock::now();
    if (number % o_.snap == 0) result_.network = records_.saveSnapshot();
    if (number % o_.dump == 0) result_.state = records_.saveState();
    records_.maintenance(since(began));
  }

  void validate(double patience) {
    const auto began = Clock::now();
    while (!problem_.prepareValidation()) {
      context_.throwIfStopped();
      if (since(began) > patience) return;
    }
    problem_.validate(pace());
  }

  /// An answer takes a third of a training step's time.
  Pace pace() const {
    const double perSecond = stepSeconds_ > 0 ? static_cast<double>(o_.batch) / stepSeconds_ : 1e6;
    return {std::max<std::int64_t>(16, static_cast<std::int64_t>(3 * kLookSeconds * std::min(perSecond, 1e6))),
            [this] { context_.throwIfStopped(); }};
  }

  TrainUpdate updateNow() const {
    const auto last = problem_.report();
    TrainUpdate u;
    u.step = problem_.step();
    u.mimg = mimg(u.step), u.duration_mimg = mimg(problem_.steps());
    u.loss = last.loss, u.lossSmoothed = last.lossSmoothed, u.lr = last.learningRate;
    u.seconds = since(began_);
    u.stepsPerSecond = u.seconds > 0 ? static_cast<double>(u.step - firstStep_) / u.seconds : 0;
    if (u.stepsPerSecond > 0) u.etaSeconds = static_cast<double>(problem_.steps() - u.step) / u.stepsPerSecond;
    u.run_folder = records_.path();
    return u;
  }

  void send(const TrainUpdate& u) {
    const auto message = "loss " + fixedText(u.lossSmoothed, 4) + problem_.remark(u), stage = problem_.stage();
    const auto step = static_cast<double>(u.step), steps = static_cast<double>(problem_.steps());
    records_.folder().progress(stage, step, steps, u.etaSeconds, message);
    context_.report({stage, step, steps, u.etaSeconds, message});
    problem_.tell(u);
  }

  TrainResult end(bool finished) {
    auto last = updateNow();
    const double patience = finished ? std::numeric_limits<double>::infinity() : kPatience;
    if (problem_.validates() && static_cast<double>(problem_.validationRows()) / static_cast<double>(pace().rows) * kLookSeconds < patience)
      validate(patience);
    if (problem_.previews() && previewSeconds_ < patience) last.previewFile = problem_.preview(records_.path(), pace());
    result_.network = records_.saveSnapshot();
    result_.state = records_.saveState();
    result_.end = finished ? TrainEnd::completed : TrainEnd::stoppedAndKept;
    result_.steps = problem_.step(), result_.seconds = since(began_), result_.loss = last.lossSmoothed;
    records_.tick(last, problem_.step() / ticks_);
    records_.events(last);
    send(last);
    if (const auto note = problem_.closingNote(last); !note.empty()) records_.note(note);
    const std::string what = (finished ? "finished" : "stopped and kept") + std::string(" at step ") + std::to_string(problem_.step());
    records_.note(what + problem_.verdict());
    records_.folder().finish(what);
    return result_;
  }

  [[noreturn]] void diverged(const Error& e) {
    problem_.goBack();
    result_.network = records_.saveSnapshot();
    result_.state = records_.saveState();
    records_.note(e.what());
    records_.folder().fail(e.what());
    throw Error(ErrorCode::diverged, e.what(),
                "The last good weights, of step " + std::to_string(problem_.step()) + ", are in " + shellQuoted(result_.network) +
                    ". Lower lr (" + formatParameter(o_.lr) + ") and go on from there.");
  }

  TrainingProblem& problem_;
  const TrainOptions& o_;
  JobContext context_;
  TrainRecords records_;
  TrainResult result_;
  Clock::time_point began_ = Clock::now();
  std::int64_t firstStep_ = 0, ticks_ = 1;
  double stepSeconds_ = 0, previewSeconds_ = 0;  ///< of the last one
};

}  // namespace

std::int64_t trainingSteps(const TrainOptions& o) {
  return std::max<std::int64_t>(1, std::llround(std::ceil(o.duration * 1e6 / static_cast<double>(o.batch))));
}

TrainResult runTraining(TrainingProblem& problem, const JobContext& context, std::optional<LifeLock> claimed) {
  return Training(problem, context, std::move(claimed)).run();
}

double secondsPerStep(TrainingProblem& problem, const JobContext& context) {
  const auto before = problem.sharedWork();
  const auto began = Clock::now();
  int steps = 0;
  for (; steps < kMostSteps && (steps < kLeastSteps || since(began) < kMeasureSeconds); ++steps) {
    context.throwIfStopped();
    problem.advance();
  }
  const double shared = problem.sharedWork().seconds - before.seconds;  // done meanwhile: it counts by its share
  return (since(began) - shared) / steps + before.seconds / static_cast<double>(before.steps);
}

}  // namespace inflaton
