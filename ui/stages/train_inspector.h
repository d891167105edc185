#pragma once
// Train stage: preset, what it costs, networks that are there already, parameters, and the controls of the training on now.
#include "ui/forms/inspector_parts.h"
#include "ui/forms/parameter_form.h"
#include "ui/session/session.h"

class QComboBox;
class QProgressBar;

namespace inflaton::ui {

class CostLine;

class TrainInspector : public QWidget {
  Q_OBJECT
 public:
  explicit TrainInspector(Session*, QWidget* parent = nullptr);
  ParameterForm* form() const { return form_; }

 protected:
  void showEvent(QShowEvent*) override;
  void hideEvent(QHideEvent*) override;

 private:
  void follow();     ///< the experiment
  void followRun();  ///< the training
  void choosePreset(const QString& name);

  Session* session_;
  QComboBox* presets_;
  QLabel *presetAbout_, *data_, *pending_, *numbers_;
  ParameterForm* form_;
  QProgressBar* bar_;
  CostLine* cost_;
  QPushButton *start_, *pause_, *keep_, *discard_;
};

}  // namespace inflaton::ui
