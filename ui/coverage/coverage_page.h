#pragma once
// Stage "Coverage": how many points stay inside shells of known radius through the flow. core/api/coverage.h.
#include "ui/shell/stage_page.h"

namespace inflaton::ui {

class Session;

class CoveragePage : public StagePage {
  Q_OBJECT
 public:
  CoveragePage(Session*, QObject* parent);
  QWidget* inspector() const override { return inspector_; }
  QWidget* centre() const override { return centre_; }
  QString runText() const override;
  bool canRun() const override;
  void run() override;
  QString command() const override;
  Figure* currentFigure() const override;
  QString hint() const override;

 private:
  Session* session_;
  QWidget *inspector_, *centre_;
};

}  // namespace inflaton::ui
