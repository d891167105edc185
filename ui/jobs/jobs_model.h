#pragma once
// The jobs of this session as a table, newest first.
#include <QAbstractTableModel>
#include <vector>

#include "core/api/job.h"

namespace inflaton::ui {

class JobsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { title, state, progress, eta, message, columns };
  enum Role { idRole = Qt::UserRole + 1, fractionRole, activeRole };  ///< fractionRole: 0..1, or -1 while nothing is known

  using QAbstractTableModel::QAbstractTableModel;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;

  /// Adds or updates the job's row.
  void update(const JobStatus&);
  /// The folder that a job made for itself, known only while it runs.
  void setFolder(std::uint64_t id, const std::string& folder);
  /// Drops ended jobs: superseded previews clutter.
  void remove(std::uint64_t id);
  void clearEnded();
  const JobStatus* job(int row) const;
  const JobStatus* find(std::uint64_t id) const;
  /// The running job that started first on the batch lane, else any; nullptr: all quiet.
  const JobStatus* running() const;

 private:
  int rowOf(std::uint64_t id) const;
  std::vector<JobStatus> jobs_;
};

bool isActive(const JobStatus&);
QString stateName(JobState);
/// "1:10 left", "8 s left"; empty when unknown.
QString etaText(double seconds);
/// "0.42 s", "12 s", "3:05".
QString durationText(double seconds);

}  // namespace inflaton::ui
