#include "ui/session/training_run.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace inflaton::ui {

TrainingRun::TrainingRun(JobBridge* bridge, JobsModel* model, Settings* settings, QObject* parent)
    : QObject(parent), bridge_(bridge), model_(model), settings_(settings), run_(new PausableRun(bridge, this)) {
  connect(run_, &PausableRun::stateChanged, this, &TrainingRun::stateChanged);
}

TrainingRun::~TrainingRun() { QDir(settings_->trashFolder()).removeRecursively(); }

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
  request.lane = Lane::batch();
  request.processors = static_cast<int>(options.threads);
  // Each update is a point of the loss curve: none may be left out.
  run_->started(bridge_->run<ToyTrainResult, ToyTrainUpdate>(
      std::move(request), [options](const JobContext& context, const auto& publish) { return trainToy(options, context, publish); }, this,
      [this](const ToyTrainUpdate& update) { take(update); }, [this](const Expected<ToyTrainResult>& result) { ended(result); },
      Delivery::each));
}

void TrainingRun::take(const ToyTrainUpdate& update) {
  latest_ = update;
  if (!update.run_folder.empty()) {
    folder_ = QString::fromStdString(update.run_folder);
    model_->setFolder(run_->job(), update.run_folder);
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
  if (state() == State::cancelling) {
    if (result) folder_ = QString::fromStdString(result->run_folder);
    const QString from = toTrash();
    run_->ended(false);
    Q_EMIT updated();
    return Q_EMIT discarded(from);
  }
  if (!result) {
    run_->ended(false);
    if (!result.error().cancelled()) Q_EMIT failed(result.error());  // the last good snapshot is still in the folder
    return;
  }
  result_ = *result;
  folder_ = QString::fromStdString(result->run_folder);
  model_->setFolder(run_->job(), result->run_folder);
  const bool stopped = result->end == TrainEnd::stoppedAndKept;
  const bool idle = run_->ended(stopped) == State::idle;
  if (stopped) model_->setRest(run_->job(), idle ? JobsModel::Rest::stopped : JobsModel::Rest::paused);
  if (idle) Q_EMIT kept(result_);
}

void TrainingRun::pause() { run_->pause(); }

void TrainingRun::resume() {
  if (state() != State::paused) return;
  ToyTrainOptions options = options_;
  options.resume = result_.state;
  model_->setRest(run_->job(), JobsModel::Rest::resumed);
  submit(options);
}

void TrainingRun::stopAndKeep() {
  if (!run_->stopAndKeep()) return;
  model_->setRest(run_->job(), JobsModel::Rest::stopped);
  Q_EMIT kept(result_);
}

Provenance TrainingRun::provenance() const {
  if (state() == State::idle && loss_.isEmpty()) return {};
  const ToySetInfo* set = setInfo(options_.data_name);
  const int dim = options_.augment_to > 0 ? static_cast<int>(options_.augment_to) : set ? set->dim : generatedDim_;
  return Provenance::of(options_, dim);
}

void TrainingRun::discard() {
  const QString from = state() == State::paused ? toTrash() : QString();
  if (!run_->cancel()) return;  // the job's end comes
  Q_EMIT updated();
  Q_EMIT discarded(from);
}

QString TrainingRun::toTrash() {
  trashed_.clear();
  generated_.reset();
  const QString from = folder_;
  if (from.isEmpty() || !QFileInfo::exists(from)) return from;
  QDir().mkpath(settings_->trashFolder());
  const QString to = settings_->trashFolder() + "/" + QFileInfo(from).fileName() + "-" + QDateTime::currentDateTime().toString("HHmmsszzz");
  if (QDir().rename(from, to)) {  // a run folder kept on another disk stays where it is: nothing is lost
    trashed_ = to;
    trashedFrom_ = from;
  }
  return from;
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
