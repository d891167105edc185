#include "ui/hmc/hmc_page.h"

#include <QFileDialog>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/forms/inspector_parts.h"
#include "ui/hmc/calibration/calibration_run.h"
#include "ui/hmc/calibration/calibration_view.h"
#include "ui/hmc/chains/chains_inspector.h"
#include "ui/hmc/chains/chains_view.h"
#include "ui/hmc/chains/diagnostics_table.h"
#include "ui/hmc/chains/live_strip.h"
#include "ui/hmc/stage_options.h"
#include "ui/hmc/trajectories/demonstration.h"
#include "ui/hmc/trajectories/trajectories_view.h"
#include "ui/jobs/job_button.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"

namespace inflaton::ui {

HmcPage::HmcPage(Session* session, QObject* parent) : HmcPage(session, HmcEngine{}, parent) {}

HmcPage::HmcPage(Session* session, HmcEngine engine, QObject* parent)
    : StagePage(parent),
      session_(session),
      engine_(std::make_unique<HmcEngine>(std::move(engine))),
      runner_(new ChainRunner(session->jobs(), session->jobsModel(), engine_.get(), this)),
      marginal_(new MarginalRun(session, engine_.get(), this)),
      test_(new CalibrationRun(session, engine_.get(), this)),
      demonstration_(new Demonstration(session, engine_.get(), this)),
      centre_(new QWidget),
      inspector_(new QStackedWidget),
      tabs_(new QTabBar),
      pages_(new QStackedWidget),
      strip_(new LiveStrip(runner_)),
      chains_(new ChainsView(runner_)),
      chainsBar_(new ProvenanceBar(session)),
      setup_(new ChainsInspector(session, runner_, marginal_)),
      calibrationView_(new CalibrationView(session, test_)),
      calibrationSetup_(new CalibrationInspector(session, test_)),
      trajectoriesView_(new TrajectoriesView(session, demonstration_)) {
  centre_->setObjectName("hmc");
  tabs_->setObjectName("hmcTabs");
  tabs_->setDrawBase(false);
  tabs_->setFocusPolicy(Qt::TabFocus);
  tabs_->setUsesScrollButtons(true);
  for (const QString& text : {tr("Overview"), tr("Trace"), tr("Ranks"), tr("Pairs"), tr("Energy"), tr("Posterior"), tr("Diagnostics"),
                              tr("Calibration"), tr("Trajectories")})
    tabs_->addTab(text);
  tabs_->setTabToolTip(overview, tr("All plots of the chains; a double click on one lets it fill the whole"));
  tabs_->setTabToolTip(calibration, tr("Simulation-based calibration: does the truth fall where the posterior says it may?"));
  tabs_->setTabToolTip(trajectories, tr("Single trajectories in the latent plane, leapfrog step by leapfrog step"));
  pages_->addWidget(under(chainsBar_, chains_));
  QList<QWidget*> plots{chains_->diagnostics()};
  for (int k = 0; k < ChainsView::table; ++k) plots << chains_->pane(static_cast<ChainsView::Plot>(k));
  chainsBar_->dims(plots);
  chainsBar_->setFormBack([this] {
    if (runner_->latest().iteration > 0) setup_->setOwn(runner_->options());
  });
  pages_->addWidget(calibrationView_);
  pages_->addWidget(trajectoriesView_);
  auto* column = new QVBoxLayout(centre_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tabs_);
  column->addWidget(strip_);
  column->addWidget(pages_, 1);
  inspector_->addWidget(scrolled(setup_));
  inspector_->addWidget(scrolled(calibrationSetup_));
  inspector_->addWidget(scrolled(new TrajectoriesInspector(session, demonstration_)));

  connect(tabs_, &QTabBar::currentChanged, this, &HmcPage::follow);
  connect(chains_, &ChainsView::fillRequested, this, [this](int plot) { setTab(static_cast<Tab>(plot + 1)); });
  connect(setup_, &ChainsInspector::startRequested, this, &HmcPage::startChains);
  connect(setup_, &ChainsInspector::openRequested, this, &HmcPage::openDialog);
  connect(setup_, &ChainsInspector::changed, this, &HmcPage::changed);
  connect(calibrationSetup_, &CalibrationInspector::changed, this, &HmcPage::changed);
  connect(runner_, &ChainRunner::stateChanged, this, &HmcPage::changed);
  connect(runner_, &ChainRunner::updated, this, &HmcPage::changed);
  connect(demonstration_, &Demonstration::changed, this, &HmcPage::changed);
  connect(demonstration_->player(), &DemoPlayer::playingChanged, this, &HmcPage::changed);
  connect(runner_, &ChainRunner::failed, this, [this](const JobError& error) { Q_EMIT failed(tr("Chains"), error); });
  connect(runner_, &ChainRunner::ended, this, [this] {
    if (runner_->state() == ChainRunner::State::idle && !runner_->opened() && setup_->autoMarginal() && !marginal_->result())
      setup_->computeMarginal(false);
  });
  connect(marginal_, &MarginalRun::done, this, [this] {
    if (marginal_->result()) runner_->setMarginal(marginal_->result(), marginal_->options());
  });
  connect(setup_, &ChainsInspector::changed, this, &HmcPage::followProvenance);  // also after each change of the experiment
  connect(runner_, &ChainRunner::stateChanged, this, &HmcPage::followProvenance);
  connect(runner_, &ChainRunner::pictureChanged, this, &HmcPage::followProvenance);
  connect(runner_, &ChainRunner::updated, this, &HmcPage::followProvenance);
  for (auto* source : {static_cast<QObject*>(marginal_), static_cast<QObject*>(test_), static_cast<QObject*>(demonstration_)}) {
    if (auto* m = qobject_cast<MarginalRun*>(source)) connect(m, &MarginalRun::failed, this, &StagePage::failed);
    if (auto* t = qobject_cast<CalibrationRun*>(source)) connect(t, &CalibrationRun::failed, this, &StagePage::failed);
    if (auto* d = qobject_cast<Demonstration*>(source)) connect(d, &Demonstration::failed, this, &StagePage::failed);
  }
  const auto saved = [this](const QString& path) { Q_EMIT session_->noted(tr("Saved %1").arg(path)); };
  connect(marginal_, &MarginalRun::saved, this, saved);
  connect(test_, &CalibrationRun::saved, this, saved);
  setTab(static_cast<Tab>(std::clamp(session->settings()->ini().value("hmc/tab", 0).toInt(), 0, int(trajectories))));
  follow();
}

// Both are the window's once it has taken them; before that they are ours.
HmcPage::~HmcPage() {
  delete centre_;
  delete inspector_;
}

QWidget* HmcPage::inspector() const { return inspector_; }
QWidget* HmcPage::centre() const { return centre_; }
void HmcPage::followProvenance() {
  const ToyMcmcOptions now = setup_->options();
  chainsBar_->compare(runner_->provenance(now), Provenance::of(now, session_->dataDim()));
}

bool HmcPage::justStarted() const {
  if (tab() == calibration) return calibrationSetup_->job()->justStarted();
  return tab() != trajectories && runner_->justStarted();
}

QString HmcPage::unfinished() const {
  return runner_->busy() ? tr("the chains of %1").arg(runner_->provenance(runner_->options()).set()) : QString();
}
void HmcPage::keep() { runner_->latest().iteration > 0 ? runner_->stopAndKeep() : runner_->cancel(); }  // before that there are no draws
void HmcPage::discard() { runner_->cancel(); }

HmcPage::Tab HmcPage::tab() const { return static_cast<Tab>(tabs_->currentIndex()); }
void HmcPage::setTab(Tab tab) { tabs_->setCurrentIndex(tab); }

void HmcPage::follow() {
  const int page = tab() == calibration ? 1 : tab() == trajectories ? 2 : 0;
  strip_->setVisible(page == 0);
  if (page == 0) chains_->fill(tab() - 1);
  pages_->setCurrentIndex(page);
  inspector_->setCurrentIndex(page);
  session_->settings()->ini().setValue("hmc/tab", int(tab()));
  Q_EMIT changed();
}

QString HmcPage::runText() const {
  using State = ChainRunner::State;
  if (tab() == calibration) return test_->running() ? tr("Cancel test") : tr("Test calibration");
  if (tab() == trajectories) return demonstration_->player()->playing() ? tr("Pause") : tr("Play");
  switch (runner_->state()) {
    case State::idle:
      return tr("Run chains");
    case State::paused:
      return tr("Resume chains");
    default:
      return tr("Stop and keep");
  }
}

bool HmcPage::canRun() const {
  using State = ChainRunner::State;
  if (tab() == calibration) return test_->running() || calibrationSetup_->ready();
  if (tab() == trajectories) return demonstration_->player()->demo() != nullptr;
  switch (runner_->state()) {
    case State::idle:
      return setup_->ready();
    case State::paused:
      return true;
    case State::running:
      return runner_->latest().iteration > 0;
    default:
      return false;
  }
}

void HmcPage::run() {
  if (!canRun()) return;
  if (tab() == calibration) return calibrationSetup_->run();
  if (tab() == trajectories) return demonstration_->player()->toggle();
  if (runner_->state() == ChainRunner::State::running) return runner_->stopAndKeep();
  startChains();
}

void HmcPage::startChains() {
  if (runner_->state() == ChainRunner::State::paused) return runner_->resume();
  if (!setup_->ready()) return;
  const ToyMcmcOptions o = setup_->options();
  if (const auto valid = atEdge([&] { validate(o); }); !valid) {
    Q_EMIT failed(tr("Chains"), valid.error());
    return;
  }
  marginal_->forget();
  runner_->start(o);
}

void HmcPage::openDialog() {
  auto* dialog = new QFileDialog(centre_, tr("Open a run of the chains"), session_->settings()->runsFolder());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, &HmcPage::openRun);
  dialog->open();
}

void HmcPage::openRun(const QString& folder) {
  marginal_->forget();
  runner_->open(folder);
  if (tab() == calibration || tab() == trajectories) setTab(overview);
}

QString HmcPage::command() const {
  if (tab() == calibration) return QString::fromStdString(commandLine(test_->options()));
  if (tab() == trajectories) return QString::fromStdString(commandLine(demonstration_->options()));
  if (runner_->state() == ChainRunner::State::paused) {
    ToyMcmcOptions o = runner_->options();
    o.resume = runner_->folder().toStdString();
    return QString::fromStdString(commandLine(o));
  }
  return QString::fromStdString(commandLine(setup_->options()));
}

Figure* HmcPage::currentFigure() const {
  if (tab() == calibration) return calibrationView_->currentFigure();
  if (tab() == trajectories) return trajectoriesView_->currentFigure();
  return chains_->currentFigure();
}

QString HmcPage::hint() const {
  if (tab() == trajectories)
    return tr("Click the plane, then: Space play  \u00b7  \u2190 \u2192 leapfrog step  \u00b7  Shift+\u2190 \u2192 transition");
  return tr("Ctrl+Return %1  \u00b7  double click a plot: fill  \u00b7  F1 keys").arg(runText().toLower());
}

void HmcPage::entered() { Q_EMIT changed(); }

Stage hmcStage() {
  return {QStringLiteral("hmc"),
          StagePage::tr("HMC"),
          {{QStringLiteral("hmc"), StagePage::tr("About c&hains")},
           {QStringLiteral("calibration"), StagePage::tr("About the test of cali&bration")}},
          [](Session* session, QObject* parent) { return new HmcPage(session, parent); }};
}

}  // namespace inflaton::ui
