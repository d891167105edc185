#include "ui/session/training_run.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace inflaton::ui {

TrainingRun::TrainingRun(JobBridge* bridge, JobsModel* model, Settings* settings, QObject* parent)
    : QObject(parent), bridge_(bridge), model_(model), settings_(settings) {
  // A job cancelled while it still waits in the queue never reaches its own end.
  connect(bridge, &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.id != id_ || status.state != JobState::cancelled || status.seconds > 0) return;
    if (state_ == State::running || state_ == State::discarding) setState(State::idle);
  });
}

TrainingRun::~TrainingRun() { QDir(settings_->trashFolder()).removeRecursively(); }

void TrainingRun::setState(State state) {
  state_ = state;
  Q_EMIT stateChanged();
}

void TrainingRun::start(const ToyTrainOptions& options) {
  if (busy()) return;
  options_ = options;
  if (options_.outdir == ToyTrainOptions{}.outdir) options_.outdir = settings_->runsFolder().toStdString();
  latest_ = {};
  result_ = {};
  generated_.reset();
  validation_.reset();
  loss_.clear();
  smoothed_.clear();
  errors_.clear();
  folder_.clear();
  submit(options_);
  Q_EMIT updated();
}

void TrainingRun::submit(ToyTrainOptions options) {
  JobQueue::Request request;
  request.title = "Train: " + options.data_name + (options.resume.empty() ? "" : " (resumed)");
  request.command = commandLine(options);
  request.lane = Lane::batch;
  // Each update is a point of the loss curve: none may be left out.
  id_ = bridge_->run<ToyTrainResult, ToyTrainUpdate>(
      std::move(request), [options](const JobContext& context, const auto& publish) { return trainToy(options, context, publish); }, this,
      [this](const ToyTrainUpdate& update) { take(update); }, [this](const Expected<ToyTrainResult>& result) { ended(result); },
      SideLane::none, Delivery::each);
  setState(State::running);
}

void TrainingRun::take(const ToyTrainUpdate& update) {
  latest_ = update;
  if (!update.run_folder.empty()) {
    folder_ = QString::fromStdString(update.run_folder);
    model_->setFolder(id_, update.run_folder);
  }
  if (update.step > 0) {
    loss_.push_back({update.mimg, update.loss});
    smoothed_.push_back({update.mimg, update.lossSmoothed});
  }
  if (update.validation) {
    validation_ = update.validation;
    errors_.push_back({update.mimg, update.validation->mean});
  }
  if (update.generated) {
    generated_ = update.generated;
    generatedDim_ = update.dim;
  }
  Q_EMIT updated();
}

void TrainingRun::ended(const Expected<ToyTrainResult>& result) {
  const State was = state_;
  if (was == State::discarding) {
    if (result) folder_ = QString::fromStdString(result->run_folder);
    return trash();
  }
  if (!result) {
    setState(State::idle);
    if (!result.error().cancelled()) Q_EMIT failed(result.error());  // the last good snapshot is still in the folder
    return;
  }
  result_ = *result;
  folder_ = QString::fromStdString(result->run_folder);
  model_->setFolder(id_, result->run_folder);
  if (was == State::pausing && result->end == TrainEnd::stoppedAndKept) return setState(State::paused);
  setState(State::idle);
  Q_EMIT kept(result_);
}

void TrainingRun::pause() {
  if (state_ != State::running) return;
  setState(State::pausing);
  bridge_->finish(id_);
}

void TrainingRun::resume() {
  if (state_ != State::paused) return;
  ToyTrainOptions options = options_;
  options.resume = result_.state;
  submit(options);
}

void TrainingRun::stopAndKeep() {
  if (state_ == State::paused) {
    setState(State::idle);
    Q_EMIT kept(result_);
  } else if (state_ == State::running || state_ == State::pausing) {
    const bool ending = state_ == State::pausing;
    setState(State::keeping);
    if (!ending) bridge_->finish(id_);
  }
}

void TrainingRun::discard() {
  if (state_ == State::paused) return trash();
  if (state_ == State::idle || state_ == State::discarding) return;
  setState(State::discarding);
  bridge_->cancel(id_);
}

void TrainingRun::trash() {
  trashed_.clear();
  const QString from = folder_;
  if (!from.isEmpty() && QFileInfo::exists(from)) {
    QDir().mkpath(settings_->trashFolder());
    const QString to =
        settings_->trashFolder() + "/" + QFileInfo(from).fileName() + "-" + QDateTime::currentDateTime().toString("HHmmsszzz");
    if (QDir().rename(from, to)) {  // a run folder kept on another disk stays where it is: nothing is lost
      trashed_ = to;
      trashedFrom_ = from;
    }
  }
  generated_.reset();
  setState(State::idle);
  Q_EMIT updated();
  Q_EMIT discarded(from);
}

QString TrainingRun::lastSnapshot() const {
  const QStringList found = QDir(folder_).entryList({"network-snapshot-*.safetensors"}, QDir::Files, QDir::Name);
  return folder_.isEmpty() || found.isEmpty() ? QString() : folder_ + "/" + found.last();
}

void TrainingRun::undoDiscard() {
  if (trashed_.isEmpty() || !QDir().rename(trashed_, trashedFrom_)) return;
  trashed_.clear();
  Q_EMIT restored(trashedFrom_);
}

}  // namespace inflaton::ui
