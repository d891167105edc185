#pragma once
// The end of the window when nobody can be asked any more: the system goes down, the session ends, somebody sent SIGTERM.
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace inflaton::ui {

class MainWindow;

class KeepAndClose : public QObject {
 public:
  explicit KeepAndClose(MainWindow*);
  /// First: every job is asked to stop and keep what it has, and the window closes without a question when training and chains have done so
  /// (other jobs get a few seconds). Again: everything is cancelled, which leaves what was last saved, and the window closes.
  void ask();

 private:
  void look();
  MainWindow* window_;
  QTimer look_;
  QElapsedTimer asked_;
  bool cancelled_ = false;
};

}  // namespace inflaton::ui
