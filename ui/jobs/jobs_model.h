#pragma once
// The jobs of this session as a table, newest first; below them the runs on disk that other programs write, and lost ones.
#include <QAbstractTableModel>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/runs.h"

namespace inflaton::ui {

class JobsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { title, state, progress, eta, message, columns };
  /// Where a job that could be paused has come to rest, which its state in the queue does not tell: that says finished.
  enum class Rest { none, paused, stopped, resumed };
  enum Role { idRole = Qt::UserRole + 1, fractionRole, activeRole };  ///< fractionRole: 0..1, or -1 while nothing is known

  using QAbstractTableModel::QAbstractTableModel;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;

  /// Adds or updates the job's row. Of ended jobs the newest JobQueue::kEndedKept keep one.
  void update(const JobStatus&);
  /// What is to be seen of the run folders now: foreign and lost runs get a row each (kMostRuns at most), all others none.
  void setRuns(const std::vector<RunSighting>&);
  /// The folder that a job made for itself, known only while it runs.
  void setFolder(std::uint64_t id, const std::string& folder);
  /// For a job of this program. It shows as paused, stopped and kept, or gone on with, and as far as it has come.
  void setRest(std::uint64_t id, Rest);
  /// Drops ended jobs: superseded previews clutter.
  void remove(std::uint64_t id);
  void clearEnded();  ///< lost runs, too, until somebody goes on with them
  /// A run looks like a job here, with an id of its own: the queue knows nothing of it.
  const JobStatus* job(int row) const;
  bool isRun(int row) const { return row >= jobRows() && row < rowCount(); }
  bool hasEnded() const;  ///< there is something to clear
  const JobStatus* find(std::uint64_t id) const;
  /// The running job that started first on the batch lane, else any; nullptr: all quiet.
  const JobStatus* running() const;

  static constexpr std::size_t kMostRuns = 100;

 private:
  int rowOf(std::uint64_t id) const;
  int jobRows() const { return static_cast<int>(jobs_.size()); }
  void changed(int row) { Q_EMIT dataChanged(index(row, 0), index(row, columns - 1)); }
  void forgetOldest();
  void removeRun(std::size_t i);
  JobStatus asRow(const RunSighting&);
  Rest restOf(const JobStatus&) const;
  std::vector<JobStatus> jobs_, runs_;
  std::map<std::uint64_t, Rest> rests_;
  std::map<std::string, std::uint64_t> runIds_;  ///< by folder
  std::set<std::string> dismissed_;              ///< lost runs that were cleared away
};

QString stateName(JobState);
/// "1:10 left", "8 s left"; empty when unknown.
QString etaText(double seconds);
/// "0.42 s", "12 s", "3:05".
QString durationText(double seconds);

}  // namespace inflaton::ui
