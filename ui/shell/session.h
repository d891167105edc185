#pragma once
// What the window is about, without the window: the experiment with its undo, the flow that follows every edit, the training,
// and the networks that came out of it.
#include <QImage>
#include <QObject>
#include <QTimer>
#include <QUndoStack>
#include <functional>
#include <map>
#include <memory>

#include "core/api/jobs.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"
#include "ui/model/player.h"
#include "ui/model/view_state.h"
#include "ui/shell/experiment.h"
#include "ui/shell/settings.h"
#include "ui/shell/trainer.h"

namespace inflaton::ui {

class Session : public QObject {
  Q_OBJECT
 public:
  explicit Session(Settings*, QObject* parent = nullptr);
  ~Session() override;

  Settings* settings() const { return settings_; }
  ViewState* view() const { return view_; }
  Player* player() const { return player_; }
  JobBridge* jobs() const { return jobs_.get(); }
  JobsModel* jobsModel() const { return model_; }
  Trainer* trainer() const { return trainer_; }
  QUndoStack* undo() const { return undo_; }

  const Experiment& experiment() const { return experiment_; }
  /// One undoable step; edits of the same `what` in a row become one. The flow follows.
  void edit(const QString& what, const std::function<void(Experiment&)>& change);

  /// The first simulation: of the last session, or the demo.
  void begin();
  void saveTo(QSettings&) const;
  bool restoreFrom(QSettings&);  ///< false: nothing there, or not readable any more

  // Data
  void chooseSet(const QString& id);
  void rollSeed();
  /// .csv .npy .npz as points, .safetensors as network; anything else, or a bad file, ends in failed() and changes nothing.
  void openFile(const QString& path);
  int dataDim() const;      ///< of the chosen data; 0 until a file has been read
  QString dataTitle() const;
  QString scheduleName() const;  ///< "PRP" or "PRRto1D"

  // Flow
  void reflow();            ///< now; edits do this by themselves
  bool flowing() const { return flowing_; }
  QString networkFor(const Experiment&) const;  ///< of this data set, dimension and schedule; empty: none yet
  void addNetwork(const QString& path, bool use);
  QString flowCommand() const;
  QString trainCommand() const;
  /// The deformed grid of 2D sets: shows it, and carries a square grid along by the same flow when none is there yet.
  void setGridShown(bool);
  void exportTrajectories(const QString& folder);  ///< a job: the flow again with all outputs, as the reference's npz files
  void startTraining();

 Q_SIGNALS:
  void experimentChanged();
  void flowStarted();
  void flowFinished();
  void failed(const QString& what, const inflaton::JobError& error);
  void noted(const QString& message);

 private:
  void apply(const Experiment&);
  void settleSource(Experiment&);  ///< a network of another data set or schedule gives way
  bool restartsPlay() const;
  void openPoints(const QString& path);
  void openNetwork(const QString& path);
  void flowDone(const Expected<std::shared_ptr<const Simulation>>&);
  void selectionEdited();
  void startGridFlow();  ///< session_grid.cpp

  Settings* settings_;
  ViewState* view_;
  Player* player_;
  JobsModel* model_;
  std::unique_ptr<JobBridge> jobs_;
  Trainer* trainer_;
  QUndoStack* undo_;
  Experiment experiment_;
  QTimer reflowSoon_;
  std::uint64_t flowTicket_ = 0, flowJob_ = 0;
  bool flowing_ = false, playNext_ = false, quiet_ = false;
  std::map<QString, NetworkInfo> networks_;  ///< by path
  int fileDim_ = 0;
  QVector<bool> lastSelection_;
};

}  // namespace inflaton::ui
