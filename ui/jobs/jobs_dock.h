#pragma once
// The jobs as a table with what can be done to each; beside it the log of one job.
#include <QPlainTextEdit>
#include <QTableView>
#include <QWidget>

#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"

class QToolButton;

namespace inflaton::ui {

class JobsPanel : public QWidget {
  Q_OBJECT
 public:
  JobsPanel(JobBridge*, JobsModel*, QWidget* parent = nullptr);
  QTableView* table() const { return table_; }

 Q_SIGNALS:
  void logRequested(quint64 id);
  void said(const QString& message);  ///< for the status bar: "Command copied"
  void copying(quint64 id);           ///< the command of this job is about to be copied

 private:
  const JobStatus* current() const;
  void updateButtons();
  void openFolder();
  void copyCommand();
  QToolButton* button(const QString& text, const QString& tip, const std::function<void()>& act);

  JobBridge* bridge_;
  JobsModel* model_;
  QTableView* table_;
  QToolButton *cancel_, *keep_, *folder_, *log_, *copy_, *clear_;
};

/// The last lines of one job: of the newest long job, until the user picks another.
class LogPanel : public QPlainTextEdit {
  Q_OBJECT
 public:
  LogPanel(JobsModel*, QWidget* parent = nullptr);
  void show(std::uint64_t id);

 private:
  void refresh();
  JobsModel* model_;
  std::uint64_t id_ = 0;
  std::size_t shownLines_ = 0;
  std::string shownLast_;
};

}  // namespace inflaton::ui
