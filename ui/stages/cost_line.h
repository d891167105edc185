#pragma once
// Under the Start button: what the training would cost here; and, for a long one, the question in place whether it is meant.
#include <QWidget>

#include "ui/session/session.h"

class QLabel;
class QPushButton;

namespace inflaton::ui {

class CostLine : public QWidget {
  Q_OBJECT
 public:
  explicit CostLine(Session*, QWidget* parent = nullptr);
  bool asking() const { return asking_; }

 Q_SIGNALS:
  void askingChanged();  ///< while it asks, the Start button waits

 private:
  void follow();
  void ask(bool);
  Session* session_;
  QLabel *cost_, *question_;
  QPushButton *copy_, *start_, *back_;
  bool asking_ = false;
};

}  // namespace inflaton::ui
