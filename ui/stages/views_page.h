#pragma once
// What data and flow have in common as stages: the views stay, and the button runs the flow anew.
#include "ui/session/session.h"
#include "ui/session/stage_page.h"

namespace inflaton::ui {

class ViewsPage : public StagePage {
  Q_OBJECT
 public:
  /// The inspector becomes the window's.
  ViewsPage(Session* session, QWidget* inspector, QObject* parent) : StagePage(parent), session_(session), inspector_(inspector) {}
  QWidget* inspector() const override { return inspector_; }
  QWidget* centre() const override { return nullptr; }
  QString runText() const override { return tr("Run flow"); }
  bool canRun() const override { return true; }
  void run() override { session_->reflow(); }
  QString command() const override { return session_->flowCommand(); }
  Figure* currentFigure() const override { return nullptr; }
  QString hint() const override { return tr("Space play  \u00b7  \u2190 \u2192 frame  \u00b7  B brush  \u00b7  F1 keys"); }

 protected:
  Session* session() const { return session_; }

 private:
  Session* session_;
  QWidget* inspector_;
};

}  // namespace inflaton::ui
