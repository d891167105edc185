#include "ui/session/cost_meter.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <utility>

namespace inflaton::ui {

namespace {

/// What is on record or in view changes no cost.
ToyTrainOptions costly(ToyTrainOptions o) {
  const ToyTrainOptions plain;
  o.seed = plain.seed, o.outdir = plain.outdir, o.desc = plain.desc, o.preset = plain.preset, o.nosubdir = plain.nosubdir;
  return o;
}

/// Too small to take half an hour on anything: such a start does not wait for the answer.
bool surelyShort(const ToyTrainOptions& o) {
  return o.arch == "Mlp" && o.width <= 256 && o.depth <= 8 && o.batch >= 256 && o.duration <= (o.targets == "sample" ? 30 : 5);
}

QString grouped(std::int64_t n) {
  QString digits = QString::number(n);
  for (qsizetype i = digits.size() - 3; i > 0; i -= 3) digits.insert(i, QChar(0x202f));  // narrow, and no line breaks there
  return digits;
}

}  // namespace

QString roughTime(double seconds) {
  const auto two = [](double x) { return QString::number(x, 'f', x < 9.95 && std::abs(x - std::round(x)) >= 0.05 ? 1 : 0); };
  if (seconds < 90) return CostMeter::tr("%1 s").arg(std::max(1L, std::lround(seconds)));
  if (seconds < 90 * 60) return CostMeter::tr("%1 min").arg(std::lround(seconds / 60));
  if (seconds < 36 * 3600) return CostMeter::tr("%1 h").arg(two(seconds / 3600));
  return CostMeter::tr("%1 days").arg(two(seconds / 86400));
}

QString costText(const TrainCost& cost, std::int64_t batch) {
  const double s = cost.secondsPerStep;
  const QString each = s < 0.001 ? CostMeter::tr("%1 ms").arg(1000 * s, 0, 'f', 2)
                       : s < 0.1 ? CostMeter::tr("%1 ms").arg(1000 * s, 0, 'g', 2)
                                 : CostMeter::tr("%1 s").arg(s, 0, 'g', 2);
  const QString memory = cost.memory < 1e9 ? CostMeter::tr("%1 MB").arg(std::max(1L, std::lround(cost.memory / 1e6)))
                                           : CostMeter::tr("%1 GB").arg(cost.memory / 1e9, 0, 'f', 1);
  const QString targets =
      cost.targetShare > 0 ? CostMeter::tr(", %1 % of it for the targets").arg(100 * cost.targetShare, 0, 'f', 0) : QString();
  return CostMeter::tr("About %1 here (%2 steps of %3, %4 each%5, %6).")
      .arg(roughTime(cost.seconds), grouped(cost.steps), QString::number(batch), each, targets, memory);
}

CostMeter::CostMeter(JobBridge* bridge, TrainingRun* trainer, Measure work, QObject* parent)
    : QObject(parent), bridge_(bridge), trainer_(trainer), work_(std::move(work)) {
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
  connect(trainer, &TrainingRun::stateChanged, this, [this] {
    if (trainer_->busy()) stop();
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
  if (!asked_ || trainer_->busy() || !quiet()) return;  // the end of what computes now starts the timer again
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
  if (cost_ || !problem_.isEmpty() || !asked_ || surelyShort(*asked_) || trainer_->busy()) return false;
  startPending_ = true;
  if (!measuring()) soon_.start();
  Q_EMIT changed();
  return true;
}

}  // namespace inflaton::ui
