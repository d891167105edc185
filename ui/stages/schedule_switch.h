#pragma once
#include <QSpinBox>
#include <QWidget>

#include "ui/forms/choice.h"
#include "ui/session/session.h"

class QLabel;

namespace inflaton::ui {

/// PRP <-> PRR with the number of axes kept, reference <-> proportional inflation, and what that does to this data set.
class ScheduleSwitch : public QWidget {
  Q_OBJECT
 public:
  explicit ScheduleSwitch(Session*, QWidget* parent = nullptr);
  Choice* choice() const { return choice_; }
  Choice* inflation() const { return inflation_; }

 private:
  void follow();
  void set(std::int64_t keep);
  Session* session_;
  Choice *choice_, *inflation_;
  QWidget* keepRow_;
  QSpinBox* keep_;
  QLabel* about_;
};

}  // namespace inflaton::ui
