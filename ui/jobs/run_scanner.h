#pragma once
// Looks at the run folders every two seconds while somebody watches, off the GUI thread, and tells the table of jobs.
#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>

#include "core/api/runs.h"

namespace inflaton::ui {

class JobsModel;

class RunScanner : public QObject {
  Q_OBJECT
 public:
  /// `runsFolder` is asked before every look: the user may choose another.
  RunScanner(std::function<QString()> runsFolder, JobsModel*, QObject* parent = nullptr);
  void setWatching(bool on);

 private:
  void look();
  std::function<QString()> runsFolder_;
  JobsModel* model_;
  std::shared_ptr<RunWatch> watch_;
  QTimer timer_;
  bool looking_ = false;
};

}  // namespace inflaton::ui
