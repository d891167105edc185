#pragma once
// The chains of the stage: the newest snapshot, and what its plots need, worked out off the GUI thread. No widgets.
#include <QObject>
#include <QTimer>
#include <memory>

#include "ui/hmc/chains/chain_plots.h"
#include "ui/hmc/hmc_engine.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"
#include "ui/jobs/pausable_run.h"
#include "ui/session/provenance.h"

namespace inflaton::ui {

class ChainRunner : public QObject {
  Q_OBJECT
 public:
  using State = PausableRun::State;

  ChainRunner(JobBridge*, JobsModel*, const HmcEngine*, QObject* parent = nullptr);

  State state() const { return run_->state(); }
  bool busy() const { return run_->busy(); }
  bool justStarted() const { return run_->justStarted(); }
  const ToyMcmcOptions& options() const { return options_; }  ///< of the run on now or last
  const McmcUpdate& latest() const { return latest_; }
  const McmcResult& result() const { return result_; }    ///< of the run that ended last; run_folder empty: none
  const Progress& progress() const { return progress_; }  ///< before the first draw: what is being prepared
  QString folder() const { return folder_; }
  bool opened() const { return opened_; }                      ///< looked at again, not run here
  const ChainPicturePtr& picture() const { return picture_; }  ///< nullptr: nothing to see yet
  const std::shared_ptr<const MarginalPosterior>& marginal() const { return marginal_; }
  /// Of what the plots show; empty: they show nothing. A marginal posterior without chains is of the `form` but for its own experiment.
  Provenance provenance(const ToyMcmcOptions& form) const;

  void start(const ToyMcmcOptions&);
  void pause();  ///< stop and keep, then wait: resume() goes on from the run folder
  void resume();
  bool canResume() const { return state() == State::paused; }
  void stopAndKeep();
  void cancel();
  /// Looks at a finished or interrupted run again; one that was stopped early can be resumed.
  void open(const QString& runFolder);
  void setMarginal(std::shared_ptr<const MarginalPosterior>, const MarginalOptions& of);

 Q_SIGNALS:
  void stateChanged();
  void updated();  ///< latest(), progress()
  void pictureChanged();
  void ended();  ///< result() is there
  void failed(const inflaton::JobError& error);

 private:
  void submit(const ToyMcmcOptions&);
  void take(const McmcUpdate&);
  void took(const Expected<McmcResult>&);
  void redraw();
  void compose(std::shared_ptr<const ChainSummary>, const McmcUpdate&);

  JobBridge* bridge_;
  JobsModel* model_;
  const HmcEngine* engine_;
  PausableRun* run_;
  std::uint64_t ticket_ = 0;
  ToyMcmcOptions options_;
  McmcUpdate latest_;
  McmcResult result_;
  Progress progress_;
  QString folder_;
  std::vector<double> truth_;
  std::shared_ptr<const MarginalPosterior> marginal_;
  MarginalOptions marginalOf_;
  ChainPicturePtr picture_;
  QTimer soon_;
  bool opened_ = false, summarising_ = false, due_ = false;
};

/// The options that a run folder was made with. Errors name the file.
Expected<ToyMcmcOptions> optionsOfRun(const std::string& runFolder);

}  // namespace inflaton::ui
