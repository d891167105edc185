#pragma once
// The one training of the window: its curves, and what becomes of its run folder. No widgets.
#include <QObject>
#include <QPointF>
#include <QVector>
#include <memory>

#include "core/api/train.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"
#include "ui/jobs/pausable_run.h"
#include "ui/session/provenance.h"
#include "ui/session/settings.h"

namespace inflaton::ui {

class TrainingRun : public QObject {
  Q_OBJECT
 public:
  using State = PausableRun::State;

  TrainingRun(JobBridge*, JobsModel*, Settings*, QObject* parent = nullptr);
  ~TrainingRun() override;  ///< empties the trash

  State state() const { return run_->state(); }
  bool busy() const { return run_->busy(); }
  bool justStarted() const { return run_->justStarted(); }
  const ToyTrainOptions& options() const { return options_; }  ///< of the training on now or last
  const ToyTrainUpdate& latest() const { return latest_; }
  std::shared_ptr<const std::vector<float>> generated() const { return generated_; }
  int generatedDim() const { return generatedDim_; }
  std::shared_ptr<const ValidationError> validation() const { return validation_; }
  /// x: Mimg.
  const QVector<QPointF>& loss() const { return loss_; }
  const QVector<QPointF>& smoothed() const { return smoothed_; }
  const QVector<QPointF>& errors() const { return errors_; }  ///< mean weighted error against the exact denoiser
  const TrainResult& result() const { return result_; }
  Provenance provenance() const;  ///< of the curves and the generated points; empty: there are none
  QString lastSnapshot() const;   ///< newest network in the run folder; empty: none
  bool canUndoDiscard() const { return !trashed_.isEmpty(); }

 public Q_SLOTS:
  void start(const inflaton::ToyTrainOptions&);
  void pause();  ///< checkpoint and wait
  void resume();
  void stopAndKeep();  ///< from running or paused: the network is there to use
  void discard();      ///< the run folder goes to the trash, which is emptied when the program ends
  void undoDiscard();

 Q_SIGNALS:
  void stateChanged();
  void updated();
  void kept(const inflaton::TrainResult& result);  ///< completed, or stopped and kept
  void failed(const inflaton::JobError& error);
  void discarded(const QString& folder);
  void restored(const QString& folder);

 private:
  void submit(ToyTrainOptions);
  void take(const ToyTrainUpdate&);
  void ended(const Expected<ToyTrainResult>&);
  QString toTrash();  ///< the run folder; returns where it was

  JobBridge* bridge_;
  JobsModel* model_;
  Settings* settings_;
  PausableRun* run_;
  ToyTrainOptions options_;
  ToyTrainUpdate latest_;
  ToyTrainResult result_;
  std::shared_ptr<const std::vector<float>> generated_;
  int generatedDim_ = 0;
  std::shared_ptr<const ValidationError> validation_;
  QVector<QPointF> loss_, smoothed_, errors_;
  QString folder_;  ///< of the run on now or last
  QString trashed_, trashedFrom_;
};

}  // namespace inflaton::ui
