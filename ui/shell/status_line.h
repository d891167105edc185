#pragma once
// The status bar: what keys do here, the last message, the running job with its X, the machine, the seed.
#include <QElapsedTimer>
#include <QStatusBar>
#include <QTimer>

#include "ui/session/session.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace inflaton::ui {

class StatusLine : public QStatusBar {
  Q_OBJECT
 public:
  explicit StatusLine(Session*, QWidget* parent = nullptr);
  void setHint(const QString& keys);
  void say(const QString& message);  ///< for ten seconds
  QString message() const;

 private:
  void followJob();
  void showMachine();
  Session* session_;
  QLabel *hint_, *message_, *job_, *machine_, *seed_;
  QProgressBar* bar_;
  QToolButton* stop_;
  QTimer forget_, machineTimer_, late_;
  std::uint64_t shownJob_ = 0;
  QString hardware_;
};

}  // namespace inflaton::ui
