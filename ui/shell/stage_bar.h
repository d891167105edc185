#pragma once
// The stages in a row (Data > Train > Flow > ...), and the two things one does in any stage: run it, and copy it as a command. Navigation,
// not a wizard.
#include <QWidget>

#include "ui/session/stage_page.h"
#include "ui/shell/actions.h"

class QPushButton;

namespace inflaton::ui {

class StageBar : public QWidget {
  Q_OBJECT
 public:
  /// The table has an action "stage.N" for each.
  StageBar(const QList<Stage>&, ActionTable*, QWidget* parent = nullptr);
  void setStage(int index);
  void setRunText(const QString& text, bool enabled);
  QPushButton* runButton() const { return run_; }

 Q_SIGNALS:
  void stageChosen(int index);
  void runClicked();

 private:
  QList<QPushButton*> stages_;
  QPushButton* run_;
};

}  // namespace inflaton::ui
