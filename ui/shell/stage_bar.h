#pragma once
// Data > Train > Flow > Coverage > HMC, and the two things one does in any stage: run it, and copy it as a command. Navigation, not a
// wizard.
#include <QWidget>

#include "ui/shell/actions.h"

class QPushButton;

namespace inflaton::ui {

enum class Stage { data, train, flow, coverage, hmc };
constexpr int kStages = 5;
/// The first with a centre of its own (StagePage); those before share the views.
constexpr Stage kFirstPage = Stage::coverage;
QString stageTitle(Stage);

class StageBar : public QWidget {
  Q_OBJECT
 public:
  StageBar(ActionTable*, QWidget* parent = nullptr);
  void setStage(Stage);
  void setRunText(const QString& text, bool enabled);
  QPushButton* runButton() const { return run_; }
  QPushButton* stageButton(Stage) const;

 Q_SIGNALS:
  void stageChosen(inflaton::ui::Stage);

 private:
  QList<QPushButton*> stages_;
  QPushButton* run_;
};

}  // namespace inflaton::ui
