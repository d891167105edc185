#include "ui/jobs/jobs_model.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

namespace {
QString tr(const char* text) { return QCoreApplication::translate("Jobs", text); }
}  // namespace

bool isActive(const JobStatus& job) { return job.state == JobState::queued || job.state == JobState::running; }

QString stateName(JobState state) {
  switch (state) {
    case JobState::queued:
      return tr("queued");
    case JobState::running:
      return tr("running");
    case JobState::finished:
      return tr("finished");
    case JobState::failed:
      return tr("failed");
    case JobState::cancelled:
      return tr("cancelled");
  }
  return {};
}

QString durationText(double seconds) {
  if (seconds < 0) return {};
  if (seconds < 10) return tr("%1 s").arg(seconds, 0, 'f', seconds < 1 ? 2 : 1);
  if (seconds < 60) return tr("%1 s").arg(std::lround(seconds));
  const long whole = std::lround(seconds);
  if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QChar('0'));
  return QStringLiteral("%1:%2 h").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QChar('0'));
}

QString etaText(double seconds) {
  if (seconds < 0) return {};
  return seconds < 60 ? tr("%1 s left").arg(std::max(1L, std::lround(seconds))) : tr("%1 left").arg(durationText(seconds));
}

int JobsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(jobs_.size()); }
int JobsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns; }

QVariant JobsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
  const JobStatus& job = jobs_[static_cast<std::size_t>(index.row())];
  const double fraction = job.state == JobState::finished ? 1.0 : job.progress.total > 0 ? job.progress.fraction() : -1.0;
  if (role == idRole) return QVariant::fromValue<qulonglong>(job.id);
  if (role == fractionRole) return fraction;
  if (role == activeRole) return isActive(job);
  if (role == Qt::ToolTipRole) {
    if (job.state == JobState::failed)
      return QString::fromStdString(job.error.message + (job.error.hint.empty() ? "" : "\n" + job.error.hint));
    return job.folder.empty() ? QVariant() : QString::fromStdString(job.folder);
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case title:
      return QString::fromStdString(job.title);
    case state:
      return stateName(job.state);
    case progress:
      return fraction < 0 ? QString() : tr("%1 %").arg(static_cast<int>(100 * fraction));
    case eta:
      return isActive(job) ? etaText(job.progress.etaSeconds) : durationText(job.seconds);
    case message:
      return QString::fromStdString(job.state == JobState::failed ? job.error.message : job.progress.message);
  }
  return {};
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return QAbstractTableModel::headerData(section, orientation, role);
  switch (section) {
    case title:
      return tr("Job");
    case state:
      return tr("State");
    case progress:
      return tr("Progress");
    case eta:
      return tr("Time");
    case message:
      return tr("Message");
  }
  return {};
}

int JobsModel::rowOf(std::uint64_t id) const {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [id](const JobStatus& job) { return job.id == id; });
  return found == jobs_.end() ? -1 : static_cast<int>(found - jobs_.begin());
}

void JobsModel::update(const JobStatus& status) {
  const int row = rowOf(status.id);
  if (row < 0) {
    beginInsertRows({}, 0, 0);
    jobs_.insert(jobs_.begin(), status);
    endInsertRows();
    return;
  }
  JobStatus& job = jobs_[static_cast<std::size_t>(row)];
  const std::string folder = job.folder;
  job = status;
  if (job.folder.empty()) job.folder = folder;
  Q_EMIT dataChanged(index(row, 0), index(row, columns - 1));
}

void JobsModel::setFolder(std::uint64_t id, const std::string& folder) {
  const int row = rowOf(id);
  if (row < 0 || jobs_[static_cast<std::size_t>(row)].folder == folder) return;
  jobs_[static_cast<std::size_t>(row)].folder = folder;
  Q_EMIT dataChanged(index(row, 0), index(row, columns - 1));
}

void JobsModel::remove(std::uint64_t id) {
  const int row = rowOf(id);
  if (row < 0) return;
  beginRemoveRows({}, row, row);
  jobs_.erase(jobs_.begin() + row);
  endRemoveRows();
}

void JobsModel::clearEnded() {
  for (int row = rowCount() - 1; row >= 0; --row)
    if (!isActive(jobs_[static_cast<std::size_t>(row)])) remove(jobs_[static_cast<std::size_t>(row)].id);
}

const JobStatus* JobsModel::job(int row) const { return row >= 0 && row < rowCount() ? &jobs_[static_cast<std::size_t>(row)] : nullptr; }

const JobStatus* JobsModel::find(std::uint64_t id) const { return job(rowOf(id)); }

const JobStatus* JobsModel::running() const {
  const JobStatus* oldest = nullptr;
  for (const JobStatus& job : jobs_)
    if (job.state == JobState::running) oldest = &job;  // newest first, so the last seen is the oldest: the long one
  return oldest;
}

}  // namespace inflaton::ui
