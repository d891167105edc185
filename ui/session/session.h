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
#include <optional>
#include <set>

#include "core/api/networks.h"
#include "core/api/trajectory.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"
#include "ui/model/player.h"
#include "ui/model/view_state.h"
#include "ui/session/cost_meter.h"
#include "ui/session/experiment.h"
#include "ui/session/provenance.h"
#include "ui/session/settings.h"
#include "ui/session/training_run.h"

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
  TrainingRun* training() const { return training_; }
  QUndoStack* undo() const { return undo_; }

  const Experiment& experiment() const { return experiment_; }
  /// One undoable step; edits of the same `what` in a row become one. The flow follows.
  void edit(const QString& what, const std::function<void(Experiment&)>& change);
  /// The same; what the change returns is said to the user, beside what else must change for it.
  void editSaying(const QString& what, const std::function<QStringList(Experiment&)>& change);

  /// The first simulation: of the last session, or the demo.
  void begin();
  void saveTo(QSettings&) const;
  /// All that still can be, of sessions of older versions too; noted() says what was left out. False: nothing is there, it cannot be read,
  /// or its points are gone.
  bool restoreFrom(QSettings&);

  // Data
  void chooseSet(const QString& id);
  void rollSeed();
  /// The points embedded in so many dimensions (0: not), with noise there.
  void setEmbedding(std::int64_t dimensions, double noise);
  /// .csv .npy .npz as points, .safetensors as network; anything else, or a bad file, ends in failed() and changes nothing.
  void openFile(const QString& path);
  int dataDim() const;  ///< of the chosen data; 0 until a file has been read
  QString dataTitle() const;
  QString scheduleName() const;  ///< "PRP" or "PRRto1D"

  // Flow
  void reflow();  ///< now; edits do this by themselves
  bool flowing() const { return flowing_; }
  bool flowPending() const { return flowing_ || reflowSoon_.isActive(); }  ///< or about to, after an edit
  const Provenance& shownFlow() const { return shownFlow_; }               ///< of the simulation that is shown
  Provenance presentFlow() const { return Provenance::of(experiment_.flow, dataDim()); }
  Provenance presentTraining() const { return Provenance::of(experiment_.train, dataDim()); }
  /// The proportional inflation of the paper, or the reference's; with what else must change for it, as one step.
  void setProportional(bool);
  QString flowCommand() const;
  QString trainCommand() const;
  /// The deformed grid of 2D sets: shows it, and carries a square grid along by the same flow when none is there yet.
  void setGridShown(bool);
  /// Before the command of a job is copied: writes the files that it names, if the job had its points from memory.
  void writeFilesOf(quint64 job);
  void exportTrajectories(const QString& folder);  ///< a job: the flow again with all outputs, as the reference's npz files

  // Networks: session_networks.cpp
  /// Of this data set, dimension and schedule: the newest of the user's own, else the best of those that come with the program; empty:
  /// none.
  QString networkFor(const Experiment&) const;
  void addNetwork(const QString& path, bool use);
  void useNetwork(const QString& path);                        ///< where it fits; asked for, so also one that is worse than another
  const NetworkInfo* networkNamed(const QString& path) const;  ///< nullptr: not known (yet)
  bool isPretrained(const QString& path) const;
  std::vector<NetworkInfo> pretrained() const;  ///< for the chosen data
  void usePretrained(const QString& path);      ///< with its schedule and t max
  /// A job: the weights and configuration of another program become a network of this one, which is then used.
  void importNetwork(const QString& weights, const QString& configuration);
  QString exportableNetwork() const;           ///< the one the flow uses or could use; empty: none
  void exportNetwork(const QString& weights);  ///< a job: npz there, JSON beside it

  // Training
  CostMeter* cost() const { return cost_; }
  /// What would take long here is asked about first: longTraining(). `sure`: it has been.
  void startTraining(bool sure = false);

 Q_SIGNALS:
  void experimentChanged();
  void flowStarted();
  void flowFinished();
  void failed(const QString& what, const inflaton::JobError& error);
  void longTraining();  ///< startTraining(true) starts it all the same
  void noted(const QString& message);
  /// A training has ended with a network that is worse than the one in use, which stays: useNetwork(path) takes it all the same.
  void worseNetwork(const QString& path, const QString& message);

 private:
  void apply(const Experiment&);
  QStringList settleSource(Experiment&);    ///< a network of another data set or schedule gives way; says so
  QStringList fitTo(Experiment&, int dim);  ///< fitDimensions, and back to as many axes as were kept before it had to change
  void takeTrained(const TrainResult&);
  bool restartsPlay() const;
  void openPoints(const QString& path);
  bool fits(const NetworkInfo&, const Experiment&) const;
  void adopt(Experiment&, const NetworkInfo&) const;  ///< its data set, schedule and t max; the flow uses it
  void offerPretrained();
  void flowDone(const Expected<std::shared_ptr<const Simulation>>&, const ToySimulateOptions&, const Provenance&);
  void selectionEdited();
  void startGridFlow();  ///< session_grid.cpp

  Settings* settings_;
  ViewState* view_;
  Player* player_;
  JobsModel* model_;
  std::unique_ptr<JobBridge> jobs_;
  TrainingRun* training_;
  QUndoStack* undo_;
  Experiment experiment_;
  QTimer reflowSoon_;
  std::uint64_t flowTicket_ = 0, flowJob_ = 0;
  bool flowing_ = false, playNext_ = false, quiet_ = false;
  std::map<QString, NetworkInfo> networks_;  ///< the user's, by path
  std::vector<NetworkInfo> pretrained_;      ///< the program's
  CostMeter* cost_;
  std::optional<std::pair<ScheduleOptions, ScheduleOptions>>
      softened_;                                                   ///< before and after the proportional inflation had its gap softened
  std::optional<std::pair<std::int64_t, std::int64_t>> squeezed_;  ///< axes to keep as the user chose, and as few as a set has left
  Provenance shownFlow_;
  ToySimulateOptions shownOptions_;                                     ///< of the simulation that is shown
  QString lastUsed_;                                                    ///< network of the flow before it went back to the exact score
  std::set<QString> declined_;                                          ///< worse than the one that was in use when they came
  std::map<std::uint64_t, std::function<Expected<void>()>> gridFiles_;  ///< written when the command of that job is copied
  int fileDim_ = 0;
  QVector<bool> lastSelection_;
};

}  // namespace inflaton::ui
