#pragma once
// The jobs as a table with what can be done to each; beside it the log of one job. While the table is in sight, run folders are watched.
#include <QPlainTextEdit>
#include <QTableView>
#include <QWidget>
#include <functional>

#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"
#include "ui/jobs/run_scanner.h"

class QToolButton;

namespace inflaton::ui {

class JobsPanel : public QWidget {
  Q_OBJECT
 public:
  JobsPanel(JobBridge*, JobsModel*, std::function<QString()> runsFolder, QWidget* parent = nullptr);
  QTableView* table() const { return table_; }

 Q_SIGNALS:
  void logRequested(quint64 id);
  void said(const QString& message);  ///< for the status bar: "Command copied"
  void copying(quint64 id);           ///< the command of this job is about to be copied

 protected:
  void showEvent(QShowEvent*) override;
  void hideEvent(QHideEvent*) override;

 private:
  const JobStatus* current() const;
  void updateButtons();
  void openFolder();
  void copyCommand();
  QToolButton* button(const QString& text, const QString& tip, const std::function<void()>& act);

  JobBridge* bridge_;
  JobsModel* model_;
  RunScanner* scanner_;
  QTableView* table_;
  QToolButton *cancel_, *keep_, *folder_, *log_, *copy_, *clear_;
};

/// The last lines of one job: of the newest long job, until the user picks another.
class LogPanel : public QPlainTextEdit {
  Q_OBJECT
 public:
  LogPanel(JobBridge*, JobsModel*, QWidget* parent = nullptr);
  void show(std::uint64_t id);

 private:
  void refresh();
  JobBridge* bridge_;
  JobsModel* model_;
  std::uint64_t id_ = 0, shown_ = 0;  ///< shown_: how many of the job's lines, counted from its first
};

}  // namespace inflaton::ui
