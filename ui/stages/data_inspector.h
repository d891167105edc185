#pragma once
// Data stage: how many points, which seed, and what the data look like to the flow.
#include "ui/forms/inspector_parts.h"
#include "ui/forms/parameter_form.h"
#include "ui/session/session.h"

namespace inflaton::ui {

class DataInspector : public QWidget {
  Q_OBJECT
 public:
  explicit DataInspector(Session*, QWidget* parent = nullptr);
  ParameterForm* form() const { return form_; }

 protected:
  void changeEvent(QEvent*) override;

 private:
  void follow();
  Session* session_;
  QLabel *title_, *about_, *eigenvalues_;
  ParameterForm* form_;
  QToolButton* dice_;
};

}  // namespace inflaton::ui
