#include "ui/jobs/jobs_model.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

namespace {
QString tr(const char* text) { return QCoreApplication::translate("Jobs", text); }

constexpr std::uint64_t kFirstRunId = std::uint64_t{1} << 63;  // jobs are counted from 1

/// What can be done about a run that is not a job of this program.
QString runAdvice(const JobStatus& run) {
  if (run.state != JobState::lost) return tr("Started outside this window; end it where it was started");
  return run.command.empty() ? tr("Its program is gone, and it left nothing to go on from")
                             : tr("Its program is gone. Copy as Command gives the command that resumes it");
}
}  // namespace

QString stateName(JobState state) { return tr(jobStateName(state)); }

QString durationText(double seconds) {
  if (seconds < 0) return {};
  if (seconds < 10) return tr("%L1 s").arg(seconds, 0, 'f', seconds < 1 ? 2 : 1);
  if (seconds < 60) return tr("%1 s").arg(std::lround(seconds));
  const long whole = std::lround(seconds);
  if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QChar('0'));
  return QStringLiteral("%1:%2 h").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QChar('0'));
}

QString etaText(double seconds) {
  if (seconds < 0) return {};
  return seconds < 60 ? tr("%1 s left").arg(std::max(1L, std::lround(seconds))) : tr("%1 left").arg(durationText(seconds));
}

int JobsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(jobs_.size() + runs_.size()); }
int JobsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns; }

QVariant JobsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
  const JobStatus& job = *this->job(index.row());
  const Rest rest = restOf(job);
  const bool whole = job.state == JobState::finished && rest == Rest::none;
  const double fraction = whole ? 1.0 : job.progress.total > 0 ? job.progress.fraction() : -1.0;
  if (role == idRole) return QVariant::fromValue<qulonglong>(job.id);
  if (role == fractionRole) return fraction;
  if (role == activeRole) return isActive(job);
  if (role == Qt::ToolTipRole) {
    if (job.state == JobState::failed)
      return QString::fromStdString(job.error.message + (job.error.hint.empty() ? "" : "\n" + job.error.hint));
    if (isRun(index.row())) return QString::fromStdString(job.folder) + '\n' + runAdvice(job);
    return job.folder.empty() ? QVariant() : QString::fromStdString(job.folder);
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case title:
      return QString::fromStdString(job.title);
    case state:
      switch (rest) {
        case Rest::paused:
          return tr("paused");
        case Rest::stopped:
          return tr("stopped, kept");
        case Rest::resumed:
          return tr("paused, resumed");
        case Rest::none:
          return stateName(job.state);
      }
      return {};
    case progress:
      return fraction < 0 ? QString() : tr("%1 %").arg(static_cast<int>(100 * fraction));
    case eta:
      return isActive(job) ? etaText(job.progress.etaSeconds) : durationText(job.seconds);
    case message:
      if (job.state == JobState::failed) return QString::fromStdString(job.error.message);
      if (isRun(index.row()) && (job.state == JobState::lost || job.progress.message.empty())) return runAdvice(job);
      return QString::fromStdString(job.progress.message);
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
  for (int row = 0; row < rowCount(); ++row)
    if (job(row)->id == id) return row;
  return -1;
}

void JobsModel::update(const JobStatus& status) {
  const int row = rowOf(status.id);
  if (row < 0) {
    beginInsertRows({}, 0, 0);
    jobs_.insert(jobs_.begin(), status);
    endInsertRows();
    return forgetOldest();
  }
  JobStatus& job = jobs_[static_cast<std::size_t>(row)];
  const std::string folder = job.folder;
  job = status;
  if (job.folder.empty()) job.folder = folder;
  changed(row);
}

void JobsModel::forgetOldest() {
  std::size_t ended = 0;
  for (const JobStatus& job : jobs_) ended += !isActive(job);
  for (int row = jobRows() - 1; row >= 0 && ended > JobQueue::kEndedKept; --row) {
    if (isActive(jobs_[static_cast<std::size_t>(row)])) continue;
    remove(jobs_[static_cast<std::size_t>(row)].id);
    --ended;
  }
}

JobStatus JobsModel::asRow(const RunSighting& run) {
  JobStatus row;
  row.id = runIds_.try_emplace(run.folder, kFirstRunId + runIds_.size()).first->second;
  row.title = "Run: " + run.folder.substr(run.folder.rfind('/') + 1);
  row.folder = run.folder;
  row.command = run.command;
  row.state = run.state;
  row.progress = run.progress;
  row.seconds = -1;  // nobody here has measured it
  return row;
}

void JobsModel::setRuns(const std::vector<RunSighting>& sightings) {
  std::vector<JobStatus> rows;
  for (const RunSighting& run : sightings) {
    if (run.state != JobState::lost) dismissed_.erase(run.folder);
    if (rows.size() == kMostRuns || !(run.foreign() || run.state == JobState::lost) || dismissed_.contains(run.folder)) continue;
    rows.push_back(asRow(run));
  }
  const auto among = [](const std::vector<JobStatus>& all, std::uint64_t id) {
    return std::any_of(all.begin(), all.end(), [id](const JobStatus& row) { return row.id == id; });
  };
  for (std::size_t i = runs_.size(); i-- > 0;)
    if (!among(rows, runs_[i].id)) removeRun(i);
  for (std::size_t i = 0; i < rows.size(); ++i) {  // what stays is in the same order as before
    const int row = jobRows() + static_cast<int>(i);
    if (i < runs_.size() && runs_[i].id == rows[i].id) {
      runs_[i] = rows[i];
      changed(row);
    } else {
      beginInsertRows({}, row, row);
      runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(i), rows[i]);
      endInsertRows();
    }
  }
}

void JobsModel::removeRun(std::size_t i) {
  const int row = jobRows() + static_cast<int>(i);
  beginRemoveRows({}, row, row);
  runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(i));
  endRemoveRows();
}

void JobsModel::setFolder(std::uint64_t id, const std::string& folder) {
  const int row = rowOf(id);
  if (row < 0 || row >= jobRows() || jobs_[static_cast<std::size_t>(row)].folder == folder) return;
  jobs_[static_cast<std::size_t>(row)].folder = folder;
  changed(row);
}

JobsModel::Rest JobsModel::restOf(const JobStatus& job) const {
  const auto found = rests_.find(job.id);
  return found == rests_.end() || job.state != JobState::finished ? Rest::none : found->second;
}

void JobsModel::setRest(std::uint64_t id, Rest rest) {
  if (id == 0) return;
  rests_[id] = rest;  // the row may come to its end only after this
  if (const int row = rowOf(id); row >= 0) changed(row);
}

void JobsModel::remove(std::uint64_t id) {
  const int row = rowOf(id);
  if (row < 0 || row >= jobRows()) return;
  rests_.erase(id);
  beginRemoveRows({}, row, row);
  jobs_.erase(jobs_.begin() + row);
  endRemoveRows();
}

void JobsModel::clearEnded() {
  for (int row = jobRows() - 1; row >= 0; --row)
    if (!isActive(jobs_[static_cast<std::size_t>(row)])) remove(jobs_[static_cast<std::size_t>(row)].id);
  for (std::size_t i = runs_.size(); i-- > 0;)
    if (runs_[i].state == JobState::lost) {
      dismissed_.insert(runs_[i].folder);
      removeRun(i);
    }
}

bool JobsModel::hasEnded() const {
  for (int row = 0; row < rowCount(); ++row)
    if (!isActive(*job(row))) return true;
  return false;
}

const JobStatus* JobsModel::job(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  return isRun(row) ? &runs_[static_cast<std::size_t>(row - jobRows())] : &jobs_[static_cast<std::size_t>(row)];
}

const JobStatus* JobsModel::find(std::uint64_t id) const { return job(rowOf(id)); }

const JobStatus* JobsModel::running() const {
  const JobStatus* oldest = nullptr;
  for (const JobStatus& job : jobs_)
    if (job.state == JobState::running) oldest = &job;  // newest first, so the last seen is the oldest: the long one
  return oldest;
}

}  // namespace inflaton::ui
