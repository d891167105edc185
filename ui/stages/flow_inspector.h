#pragma once
// Flow stage: which schedule, which score, how exactly; and what came of it.
#include <QFrame>
#include "ui/forms/parameter_form.h"

#include "ui/forms/choice.h"
#include "ui/forms/inspector_parts.h"
#include "ui/session/session.h"

namespace inflaton::ui {

/// The numbers of the flow that is shown.
class ResultsCard : public QFrame {
  Q_OBJECT
 public:
  explicit ResultsCard(Session*, QWidget* parent = nullptr);
  QString text() const { return rows_->text(); }

 private:
  void follow();
  Session* session_;
  QLabel* rows_;
};

class FlowInspector : public QWidget {
  Q_OBJECT
 public:
  explicit FlowInspector(Session*, QWidget* parent = nullptr);
  ParameterForm* form() const { return form_; }
  Choice* source() const { return source_; }

 Q_SIGNALS:
  void trainRequested();

 private:
  void follow();
  Session* session_;
  QLabel *data_, *sourceAbout_;
  Choice* source_;
  QPushButton* train_;
  ParameterForm* form_;
};

}  // namespace inflaton::ui
