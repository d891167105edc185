#pragma once
// One job at a time behind one button: Run, then Cancel, with a progress bar and a word on what it does.
#include <QElapsedTimer>
#include <QWidget>

#include "ui/jobs/job_bridge.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace inflaton::ui {

class JobButton : public QWidget {
  Q_OBJECT
 public:
  JobButton(JobBridge*, const QString& run, const QString& tip, QWidget* parent = nullptr);
  void started(std::uint64_t job);
  bool running() const { return job_ != 0; }
  bool justStarted() const { return running() && since_.elapsed() < 1000; }  ///< the key that started it does not end it
  void say(const QString&);
  QString text() const;
  QPushButton* button() const { return button_; }

 public Q_SLOTS:
  void press();  ///< as a click: run, or cancel what runs

 Q_SIGNALS:
  void runRequested();
  void ended();

 private:
  void show(const JobStatus&);
  JobBridge* jobs_;
  QString run_;
  QPushButton* button_;
  QProgressBar* bar_;
  QLabel* text_;
  std::uint64_t job_ = 0;
  QElapsedTimer since_;
};

}  // namespace inflaton::ui
