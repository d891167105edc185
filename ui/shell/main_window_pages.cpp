// Stages with a centre and an inspector of their own. The window knows them as StagePage only.
#include <QDockWidget>
#include <QStackedWidget>

#include "ui/coverage/coverage_page.h"
#include "ui/forms/inspector_parts.h"
#include "ui/hmc/hmc_page.h"
#include "ui/session/session.h"
#include "ui/session/stage_page.h"
#include "ui/shell/banner.h"
#include "ui/shell/main_window.h"

namespace inflaton::ui {

void MainWindow::makePages() {
  pages_ = {
      new CoveragePage(session_, this),
      new HmcPage(session_, this),
  };
  for (StagePage* p : pages_) {
    inspector_->addWidget(scrolled(p->inspector()));
    centre_->addWidget(p->centre());
    connect(p, &StagePage::changed, this, [this, p] {
      if (p != page()) return;
      followRunButton();
      actions_->refresh();
    });
    connect(p, &StagePage::failed, this, [this](const QString& what, const JobError& error) { banner_->showError(what, error); });
  }
  for (int s = 0; s < kStages; ++s) stageBar_->stageButton(static_cast<Stage>(s))->setEnabled(hasStage(static_cast<Stage>(s)));
}

StagePage* MainWindow::pageOf(Stage stage) const { return pages_.value(static_cast<int>(stage) - static_cast<int>(kFirstPage)); }
StagePage* MainWindow::page() const { return pageOf(stage_); }

void MainWindow::showPage() {
  StagePage* p = page();
  if (p) session_->player()->pause();  // nobody would see it
  viewRow_->setVisible(!p);
  captions_->setVisible(!p);
  centre_->setCurrentIndex(p ? centre_->indexOf(p->centre()) : comparing() ? 1 : 0);
}

// The docks below tell of the flow; a scene needs their room.
void MainWindow::makeRoom(bool on) {
  if (on == !flowLayout_.isEmpty()) return;
  if (!on) {
    if (!hiddenDocks_.isEmpty()) toggleDocks();
    restoreState(flowLayout_, kDocksVersion);
    flowLayout_.clear();
    return;
  }
  flowLayout_ = saveState(kDocksVersion);
  for (QDockWidget* d : docks_)
    if (dockWidgetArea(d) == Qt::BottomDockWidgetArea && !d->isFloating()) d->hide();
}

QByteArray MainWindow::dockLayout() const { return flowLayout_.isEmpty() ? saveState(kDocksVersion) : flowLayout_; }

}  // namespace inflaton::ui
