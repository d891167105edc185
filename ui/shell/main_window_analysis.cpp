// What looks at the flow from outside: the comparison of solvers, the model's density and stretch, the residuals of its network.
#include <QDockWidget>
#include <QStackedWidget>
#include <QTabBar>

#include "core/api/density.h"
#include "ui/analysis/compare_view.h"
#include "ui/analysis/density_keeper.h"
#include "ui/analysis/point_values_keeper.h"
#include "ui/analysis/residual_panel.h"
#include "ui/jobs/job_button.h"
#include "ui/session/stage_page.h"
#include "ui/shell/banner.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_line.h"
#include "ui/shell/views_area.h"
#include "ui/stages/loss_plot.h"
#include "ui/views/flow_plots.h"

namespace inflaton::ui {

void MainWindow::analysisActions() {
  actions_->add({"flow.compare",
                 tr("&Compare solvers"),
                 {QKeySequence(QStringLiteral("Shift+C"))},
                 tr("Work and precision of every solver, and a race of two on the time cursor"),
                 Menu::flow,
                 "analysis",
                 [this] { showCompare(); },
                 {},
                 [this] { return comparing(); }});
  actions_->add({"flow.compareRun",
                 tr("Measure all sol&vers"),
                 {},
                 tr("Run compare-solvers on this data set, schedule and score; again: cancel it"),
                 Menu::flow,
                 "analysis",
                 [this] {
                   showCompare();
                   compare_->run();
                 },
                 [this] { return compare_ && compare_->job()->running() ? tr("running") : QString(); }});
  actions_->add({"flow.residuals",
                 tr("&Residual autocorrelation"),
                 {},
                 tr("How long the errors of the network stay correlated along the flow"),
                 Menu::flow,
                 "analysis",
                 [this] {
                   QDockWidget* d = dockNamed("Residuals");
                   d->show();
                   d->raise();
                 }});
  actions_->add({"flow.residualsRun",
                 tr("Correlate resi&duals"),
                 {},
                 tr("Run it for the present network; again: cancel it"),
                 Menu::flow,
                 "analysis",
                 [this] {
                   QDockWidget* d = dockNamed("Residuals");
                   d->show();
                   d->raise();
                   residuals_->run();
                 },
                 [this] { return residuals_ && residuals_->job()->running() ? tr("running") : QString(); },
                 {},
                 false,
                 [this] { return residuals_ && residuals_->hasNetwork(); }});
}

void MainWindow::makeAnalysis() {
  const auto tell = [this](const QString& what) { return [this, what](const JobError& error) { banner_->showError(what, error); }; };
  auto* maps = new DensityKeeper(session_->view(), session_->jobs(), density, session_);
  connect(maps, &DensityKeeper::failed, this, tell(tr("Model density")));
  auto* values = new PointValuesKeeper(session_->view(), session_->jobs(), density, session_);
  connect(values, &PointValuesKeeper::failed, this, tell(tr("Stretch and density of the points")));
  connect(values, &PointValuesKeeper::noted, status_, &StatusLine::say);
  const auto failed = [this](const QString& what, const JobError& error) { banner_->showError(what, error); };
  connect(compare_, &CompareView::failed, this, failed);
  connect(residuals_, &ResidualPanel::failed, this, failed);
  connect(residuals_, &ResidualPanel::trainRequested, this, [this] { setStage(QStringLiteral("train")); });
  // Maps follow the cursor: one row each would bury the jobs that somebody asked for.
  connect(session_->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    const bool ended = status.state == JobState::finished || status.state == JobState::cancelled;
    if (ended && (status.title == "Model density" || status.title.starts_with("Race: "))) session_->jobsModel()->remove(status.id);
  });
}

bool MainWindow::comparing() const { return !ownCentre() && viewTabs_ && compare_ && viewTabs_->currentIndex() == viewTabs_->count() - 1; }
void MainWindow::showCompare() {
  setStage(QStringLiteral("flow"));
  viewTabs_->setCurrentIndex(viewTabs_->count() - 1);
}

Figure* MainWindow::shownFigure() const {
  if (ownCentre()) return page()->currentFigure();
  return comparing() ? compare_->currentFigure() : views_->currentFigure();
}

Figure* MainWindow::shownPlot() const {
  if (ownCentre()) return page()->currentFigure();
  const auto inSight = [](const QWidget* w) { return w->isVisible() && !w->visibleRegion().isEmpty(); };
  if (inSight(loss_)) return loss_;
  return inSight(residuals_) ? static_cast<Figure*>(residuals_->plot()) : plots_;
}

}  // namespace inflaton::ui
