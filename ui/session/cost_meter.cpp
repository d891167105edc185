#include "ui/session/cost_meter.h"

#include <utility>

#include "core/api/train_cost.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

namespace {

/// What is on record or in view changes no cost.
ToyTrainOptions costly(ToyTrainOptions o) {
  const ToyTrainOptions plain;
  o.seed = plain.seed, o.outdir = plain.outdir, o.desc = plain.desc, o.preset = plain.preset, o.nosubdir = plain.nosubdir;
  return o;
}

QString grouped(std::int64_t n) {
  QString digits = QString::number(n);
  for (qsizetype i = digits.size() - 3; i > 0; i -= 3) digits.insert(i, QChar(0x202f));  // narrow, and no line breaks there
  return digits;
}

}  // namespace

QString costText(const TrainCost& cost, std::int64_t batch) {
  const CostWords words = costWords(cost);
  const auto text = [](const std::string& word) { return localeNumber(QString::fromStdString(word)); };
  const QString targets = words.targets.empty() ? QString() : CostMeter::tr(", %1 % of it for the targets").arg(text(words.targets));
  return CostMeter::tr("About %1 here (%2 steps of %3, %4 each%5, %6).")
      .arg(text(words.time), grouped(cost.steps), QString::number(batch), text(words.each), targets, text(words.memory));
}

CostMeter::CostMeter(JobBridge* bridge, TrainingRun* training, Measure work, QObject* parent)
    : QObject(parent), bridge_(bridge), training_(training), work_(std::move(work)) {
  soon_.setSingleShot(true);
  soon_.setInterval(300);
  connect(&soon_, &QTimer::timeout, this, &CostMeter::measure);
  connect(bridge, &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.id == job_) {
      if (status.state != JobState::cancelled) return;  // its end comes by itself
      job_ = 0;                                         // superseded by a flow: again when that is done
    }
    if ((watched_ || startPending_) && asked_ && !cost_ && problem_.isEmpty() && !job_ && !soon_.isActive() && quiet()) soon_.start();
  });
  connect(training, &TrainingRun::stateChanged, this, [this] {
    if (training_->busy()) stop();
  });
}

bool CostMeter::quiet() const {
  const auto active = bridge_->active();
  return std::all_of(active.begin(), active.end(), [this](std::uint64_t job) { return owns(job); });
}

void CostMeter::ask(const ToyTrainOptions& options) {
  if (asked_ && costly(*asked_) == costly(options)) return;
  stop();
  asked_ = options;
  cost_.reset();
  problem_.clear();
  startPending_ = false;
  if (watched_) soon_.start();
  Q_EMIT changed();
}

void CostMeter::setWatched(bool on) {
  watched_ = on;
  if (!on) return stop();
  if (asked_ && !cost_ && problem_.isEmpty() && !job_) soon_.start();
}

void CostMeter::stop() {
  soon_.stop();
  ++ticket_;
  if (job_ != 0) bridge_->cancel(std::exchange(job_, 0));
}

void CostMeter::measure() {
  if (!asked_ || training_->busy() || !quiet()) return;  // the end of what computes now starts the timer again
  JobQueue::Request request;
  request.title = "Estimate the training";
  request.command = commandLine(*asked_);
  request.lane = Lane::interactive();
  request.processors = static_cast<int>(asked_->threads);
  const std::uint64_t ticket = ++ticket_;
  job_ = bridge_->run<TrainCost>(
      std::move(request), [work = work_, options = *asked_](const JobContext& context) { return work(options, context); }, this,
      [this, ticket](const Expected<TrainCost>& cost) {
        if (ticket == ticket_) took(cost);
      });
  mine_.insert(job_);
  if (mine_.size() > JobQueue::kEndedKept) mine_.erase(mine_.begin());  // of one long ended
  Q_EMIT changed();
}

void CostMeter::took(const Expected<TrainCost>& cost) {
  if (!cost && cost.error().cancelled()) return;  // changed() follows
  job_ = 0;
  if (cost)
    cost_ = *cost;
  else
    problem_ = QString::fromStdString(cost.error().message);
  Q_EMIT changed();
  if (std::exchange(startPending_, false)) Q_EMIT wantedStart();
}

bool CostMeter::startWhenKnown() {
  if (cost_ || !problem_.isEmpty() || !asked_ || surelyWithin(*asked_, kLong) || training_->busy()) return false;
  startPending_ = true;
  if (!measuring()) soon_.start();
  Q_EMIT changed();
  return true;
}

}  // namespace inflaton::ui
