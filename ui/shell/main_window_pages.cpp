// The stages in the window, which knows them as StagePage only.
#include <QDockWidget>
#include <QStackedWidget>
#include <algorithm>

#include "ui/forms/inspector_parts.h"
#include "ui/session/session.h"
#include "ui/session/stage_page.h"
#include "ui/shell/banner.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_line.h"

namespace inflaton::ui {

namespace {
constexpr int kJobsHeight = 110;  // below a scene: two or three rows
}

void MainWindow::makePages() {
  for (const Stage& stage : stages_) {
    StagePage* p = stage.make(session_, this);
    pages_ << p;
    inspector_->addWidget(scrolled(p->inspector()));
    if (p->centre()) centre_->addWidget(p->centre());
    connect(p, &StagePage::changed, this, [this, p] {
      if (p != page()) return;
      followRunButton();
      actions_->refresh();
    });
    connect(p, &StagePage::failed, this, [this](const QString& what, const JobError& error) { banner_->showError(what, error); });
    connect(p, &StagePage::stageRequested, this, &MainWindow::setStage);
  }
}

StagePage* MainWindow::page() const { return pages_.value(stage_); }
bool MainWindow::ownCentre() const { return page() && page()->centre(); }

int MainWindow::stageIndex(const QString& id) const {
  for (int s = 0; s < stages_.size(); ++s)
    if (stages_[s].id == id) return s;
  return -1;
}

void MainWindow::setStage(const QString& id) {
  if (const int index = stageIndex(id); index >= 0) showStage(index);
}

QString MainWindow::storedStage() const {
  const QString stored = settings_->ini().value("window/stage").toString();
  // Settings of older versions hold the number of one of these.
  static const QStringList numbered{"data", "train", "flow", "coverage", "hmc"};
  bool number = false;
  const int index = stored.toInt(&number);
  return number ? numbered.value(std::clamp<int>(index, 0, static_cast<int>(numbered.size()) - 1)) : stored;
}

void MainWindow::showStage(int index) {
  const bool another = index != stage_;
  stage_ = index;
  if (stage() != QStringLiteral("flow") && !ownCentre() && viewTabs_->currentIndex() == viewTabs_->count() - 1)
    viewTabs_->setCurrentIndex(0);  // the comparison of solvers is the flow's
  stageBar_->setStage(index);
  showPage();
  makeRoom(ownCentre());
  if (another) page()->entered();
  inspector_->setCurrentIndex(index);
  dockNamed("Inspector")->setWindowTitle(tr("Inspector: %1").arg(stages_[index].title));
  const auto [front, other] = page()->dockInFront();
  if (!front.isEmpty() && dockNamed(other)->isVisible()) dockNamed(front)->raise();
  status_->setHint(page()->hint());
  followTraining();
  followRunButton();
  actions_->refresh();
}

void MainWindow::showPage() {
  if (ownCentre()) session_->player()->pause();  // nobody would see it
  viewRow_->setVisible(!ownCentre());
  captions_->setVisible(!ownCentre());
  centre_->setCurrentIndex(ownCentre() ? centre_->indexOf(page()->centre()) : comparing() ? 1 : 0);
}

// The docks below tell of the flow; a scene needs their room. Jobs and their log are of every stage.
void MainWindow::makeRoom(bool on) {
  if (on == !flowLayout_.isEmpty()) return;
  if (!on) {
    if (!hiddenDocks_.isEmpty()) toggleDocks();
    restoreState(flowLayout_, kDocksVersion);
    flowLayout_.clear();
    return;
  }
  flowLayout_ = saveState(kDocksVersion);
  QDockWidget* const jobs = dockNamed(QStringLiteral("Jobs"));
  for (QDockWidget* d : docks_)
    if (dockWidgetArea(d) == Qt::BottomDockWidgetArea && !d->isFloating() && d != jobs && d->objectName() != QStringLiteral("Log"))
      d->hide();
  if (jobs->isHidden() || jobs->isFloating() || dockWidgetArea(jobs) != Qt::BottomDockWidgetArea) return;
  jobs->raise();
  resizeDocks({jobs}, {kJobsHeight}, Qt::Vertical);
  QTimer::singleShot(0, this, [this, jobs] {  // a window that opens on this stage has no sizes before
    if (!flowLayout_.isEmpty()) resizeDocks({jobs}, {kJobsHeight}, Qt::Vertical);
  });
}

QByteArray MainWindow::dockLayout() const { return flowLayout_.isEmpty() ? saveState(kDocksVersion) : flowLayout_; }

}  // namespace inflaton::ui
