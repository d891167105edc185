#include "ui/shell/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QScreen>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/api/simulate.h"
#include "core/api/train.h"
#include "ui/analysis/compare_view.h"
#include "ui/analysis/residual_panel.h"
#include "ui/jobs/jobs_dock.h"
#include "ui/session/provenance_bar.h"
#include "ui/shell/banner.h"
#include "ui/shell/status_line.h"
#include "ui/shell/views_area.h"
#include "ui/stages/gallery.h"
#include "ui/stages/loss_plot.h"
#include "ui/style/color_modes.h"
#include "ui/time/time_dock.h"
#include "ui/views/flow_plots.h"

namespace inflaton::ui {

MainWindow::MainWindow(Settings* settings, QWidget* parent)
    : QMainWindow(parent), settings_(settings), session_(new Session(settings, this)), actions_(new ActionTable(this)) {
  setObjectName("mainWindow");
  setWindowTitle(tr("Inflaton"));
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
  setDockNestingEnabled(true);
  setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);

  makeActions();
  setCentralWidget(makeCentre());
  makeDocks();
  actions_->fill(menuBar());
  saveSoon_.setSingleShot(true);
  saveSoon_.setInterval(2000);
  status_ = new StatusLine(session_);
  setStatusBar(status_);
  wire();
  restoreHabits();
  showStage(std::max(0, stageIndex(storedStage())));
  followTraining();
}

// What listens goes before what speaks: actions, then everything that shows the session, then (with the children) the session.
MainWindow::~MainWindow() {
  session_->jobs()->cancelAll();
  delete actions_;
  qDeleteAll(std::exchange(pages_, {}));
  for (QDockWidget* d : docks_) delete d;
  delete takeCentralWidget();
  delete status_;
}

QWidget* MainWindow::makeCentre() {
  auto* centre = new QWidget;
  stageBar_ = new StageBar(stages_, actions_);
  banner_ = new Banner;
  flowBar_ = new ProvenanceBar(session_);
  // Qt 3D needs a screen that can do OpenGL; the offscreen and minimal platforms cannot.
  const QString platform = QGuiApplication::platformName();
  views_ = new ViewsArea(session_->view(), platform != "offscreen" && platform != "minimal");

  viewTabs_ = new QTabBar;
  viewTabs_->setObjectName("viewTabs");
  viewTabs_->setDrawBase(false);
  viewTabs_->setFocusPolicy(Qt::TabFocus);
  viewTabs_->addTab(tr("Side by side"));
  viewTabs_->addTab(tr("2D data"));
  viewTabs_->addTab(tr("2D latent"));
  if (views_->particles()) viewTabs_->addTab(tr("3D"));
  compare_ = new CompareView(session_, compareSolvers,
                             [](const ToySimulateOptions& o, const JobContext& context) { return simulateToy(o, context); });
  centre_ = new QStackedWidget;
  centre_->addWidget(under(flowBar_, views_));
  centre_->addWidget(compare_);
  viewTabs_->addTab(tr("Solvers"));
  viewTabs_->setTabToolTip(viewTabs_->count() - 1, tr("Compare solvers: work and precision, and a race of two on the time cursor"));
  connect(viewTabs_, &QTabBar::currentChanged, views_, [this](int tab) {
    if (ownCentre()) return;
    if (tab == viewTabs_->count() - 1 && stage() != QStringLiteral("flow"))
      return setStage(QStringLiteral("flow"));  // solvers are the flow's
    showPage();
    if (!comparing()) views_->maximise(tab - 1);
    actions_->refresh();
  });
  connect(views_, &ViewsArea::layoutChanged, viewTabs_, [this] { viewTabs_->setCurrentIndex(views_->maximised() + 1); });

  colorBy_ = new QComboBox;
  colorBy_->setObjectName("colorBy");
  for (const ColorMode& mode : colorModes()) colorBy_->addItem(mode.label);
  colorBy_->setToolTip(tr("What the colour of a point tells"));
  colorBy_->setFocusPolicy(Qt::TabFocus);
  colorBy_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  colorBy_->setMinimumContentsLength(8);
  connect(colorBy_, &QComboBox::activated, this, [this](int i) { session_->view()->setColorBy(colorModeNumbered(i).by); });
  connect(session_->view(), &ViewState::appearanceChanged, colorBy_, [this] {
    colorBy_->setCurrentIndex(static_cast<int>(session_->view()->colorBy()));
    actions_->refresh();
  });

  hint_ = new QLabel(tr("Drag the time bar, or press Space."));
  hint_->setObjectName("hint");
  QFont italic = hint_->font();
  italic.setItalic(true);
  hint_->setFont(italic);
  hint_->hide();

  // Never in doubt: which score moved the points that are shown.
  source_ = new QLabel;
  source_->setObjectName("scoreSource");
  source_->setForegroundRole(QPalette::PlaceholderText);
  connect(session_->view(), &ViewState::simulationChanged, source_, [this] {
    const auto shown = session_->view()->simulation();
    source_->setText(!shown                   ? QString()
                     : shown->source == "net" ? tr("Score of a trained network")
                                              : tr("Exact score of this batch, no training"));
  });

  viewRow_ = new QWidget;
  auto* row = new QHBoxLayout(viewRow_);
  row->setContentsMargins(4, 0, 6, 0);
  row->setSpacing(2);
  row->addWidget(viewTabs_);
  row->addStretch();
  actions_->action("view.modelDensity")->setIconText(tr("Model"));  // what the button says: a narrow window needs the room for its tabs
  for (const char* id : {"view.points", "view.trails", "view.density", "view.modelDensity", "view.grid"}) {
    auto* b = new QToolButton;
    b->setDefaultAction(actions_->action(id));
    b->setAutoRaise(true);
    b->setFocusPolicy(Qt::TabFocus);
    row->addWidget(b);
  }
  row->addSpacing(8);
  row->addWidget(new QLabel(tr("Colour by")));
  row->addWidget(colorBy_);

  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(banner_);
  column->addWidget(viewRow_);
  column->addWidget(centre_, 1);
  captions_ = new QWidget;
  auto* captions = new QHBoxLayout(captions_);
  captions->setContentsMargins(8, 0, 8, 0);
  captions->addWidget(source_);
  captions->addStretch();
  captions->addWidget(hint_);
  column->addWidget(captions_);

  auto* top = new QToolBar(tr("Stages"));
  top->setObjectName("stages");
  top->setMovable(false);
  top->setContextMenuPolicy(Qt::PreventContextMenu);
  stageBar_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  top->addWidget(stageBar_);
  addToolBar(Qt::TopToolBarArea, top);
  return centre;
}

QDockWidget* MainWindow::dock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
  auto* d = new QDockWidget(title, this);
  d->setObjectName(id);
  d->setWidget(content);
  if (area == Qt::BottomDockWidgetArea)  // a strip at the left costs less height, and the tabs say the title already
    d->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable |
                   QDockWidget::DockWidgetVerticalTitleBar);
  addDockWidget(area, d);
  docks_ << d;
  return d;
}

QDockWidget* MainWindow::dockNamed(const QString& id) const {
  for (QDockWidget* d : docks_)
    if (d->objectName() == id) return d;
  return nullptr;
}

void MainWindow::makeDocks() {
  gallery_ = new Gallery(session_);
  inspector_ = new QStackedWidget;
  inspector_->setObjectName("inspectorPages");
  inspector_->setMinimumWidth(270);
  makePages();
  time_ = new TimeDock(session_->view(), session_->player());
  time_->setMaximumHeight(112);
  plots_ = new FlowPlots(session_->view());
  residuals_ = new ResidualPanel(session_, residualCorrelations);
  loss_ = new LossPlot(session_->training(), settings_);
  trainingBar_ = new ProvenanceBar(session_);
  trainingBar_->dims({loss_});
  flowBar_->dims({views_->data(), views_->latent(), plots_});
  jobs_ = new JobsPanel(session_->jobs(), session_->jobsModel(), [settings = settings_] { return settings->runsFolder(); });
  log_ = new LogPanel(session_->jobs(), session_->jobsModel());

  dock("Data", tr("Data"), gallery_, Qt::LeftDockWidgetArea);
  dock("Inspector", tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
  dock("Time", tr("Time"), time_, Qt::BottomDockWidgetArea);
  dock("Plots", tr("Flow plots"), plots_, Qt::BottomDockWidgetArea);
  dock("Residuals", tr("Residuals"), residuals_, Qt::BottomDockWidgetArea);
  dock("Training", tr("Training"), under(trainingBar_, loss_), Qt::BottomDockWidgetArea);
  dock("Jobs", tr("Jobs"), jobs_, Qt::BottomDockWidgetArea);
  dock("Log", tr("Log"), log_, Qt::BottomDockWidgetArea);
  connect(jobs_, &JobsPanel::logRequested, this, [this](quint64 id) {
    log_->show(id);
    dockNamed("Log")->show();
    dockNamed("Log")->raise();
  });
  connect(jobs_, &JobsPanel::copying, session_, &Session::writeFilesOf);
  connect(jobs_, &JobsPanel::said, this, [this](const QString& message) { status_->say(message); });
}

void MainWindow::defaultLayout(const QString& name) {
  const QSize before = size();
  for (QDockWidget* d : docks_) {  // arranged while hidden: side by side for a moment, they would widen the window
    d->setFloating(false);
    d->hide();
  }
  addDockWidget(Qt::LeftDockWidgetArea, dockNamed("Data"));
  addDockWidget(Qt::RightDockWidgetArea, dockNamed("Inspector"));
  addDockWidget(Qt::BottomDockWidgetArea, dockNamed("Time"));
  addDockWidget(Qt::BottomDockWidgetArea, dockNamed("Plots"));
  splitDockWidget(dockNamed("Time"), dockNamed("Plots"), Qt::Vertical);
  for (const char* id : {"Residuals", "Training", "Jobs", "Log"}) tabifyDockWidget(dockNamed("Plots"), dockNamed(id));
  for (QDockWidget* d : docks_) d->setVisible(name != "present" || d->objectName() == "Time");
  dockNamed(name == "train" ? "Training" : "Plots")->raise();
  if (isVisible()) resize(before);
  if (name == "present") return;
  resizeDocks({dockNamed("Data"), dockNamed("Inspector")}, {196, 300}, Qt::Horizontal);
  resizeDocks({dockNamed("Time"), dockNamed("Plots")}, {100, name == "train" ? 260 : 215}, Qt::Vertical);
}

void MainWindow::setLayoutName(const QString& name) {
  settings_->ini().setValue("layouts/" + layout_, dockLayout());
  makeRoom(false);
  layout_ = name;
  hiddenDocks_.clear();
  if (!restoreState(settings_->ini().value("layouts/" + name).toByteArray(), kDocksVersion)) defaultLayout(name);
  if (name == "train") setStage(QStringLiteral("train"));
  makeRoom(ownCentre());
  actions_->refresh();
}

void MainWindow::restoreHabits() {
  QSettings& ini = settings_->ini();
  const QSize room = screen() ? screen()->availableGeometry().size() : QSize(1366, 768);
  if (!restoreGeometry(ini.value("window/geometry").toByteArray())) resize(room.boundedTo({1600, 1000}));
  layout_ = ini.value("window/layout", "explore").toString();
  if (!restoreState(ini.value("layouts/" + layout_).toByteArray(), kDocksVersion)) defaultLayout(layout_);
  views_->restoreState(ini.value("window/views").toByteArray());
  viewTabs_->setCurrentIndex(std::clamp(ini.value("window/viewTab", 0).toInt(), 0, viewTabs_->count() - 1));
  plots_->setCurrentPlot(ini.value("window/plot", 0).toInt());
  session_->view()->setModelDensity(ini.value("view/modelDensity", false).toBool());
  timeUsed_ = ini.value("window/timeUsed", false).toBool();
  for (const ActionRow& row : actions_->rows())
    if (ini.contains("keys/" + row.id)) actions_->setKeys(row.id, QKeySequence::listFromString(ini.value("keys/" + row.id).toString()));
}

void MainWindow::saveHabits() {
  QSettings& ini = settings_->ini();
  ini.setValue("window/geometry", saveGeometry());
  ini.setValue("window/layout", layout_);
  ini.setValue("layouts/" + layout_, dockLayout());
  ini.setValue("window/views", views_->saveState());
  ini.setValue("window/viewTab", viewTabs_->currentIndex());
  ini.setValue("window/stage", stage());
  ini.setValue("window/plot", plots_->currentPlot());
  ini.setValue("view/modelDensity", session_->view()->modelDensity());
  ini.setValue("window/timeUsed", timeUsed_);
  session_->saveTo(ini);
  ini.sync();
}

void MainWindow::wire() {
  makeAnalysis();
  connect(stageBar_, &StageBar::stageChosen, this, &MainWindow::showStage);
  connect(gallery_, &Gallery::openRequested, this, &MainWindow::openDialog);
  connect(gallery_, &Gallery::drawRequested, this, &MainWindow::openDraw);
  connect(session_, &Session::failed, this, [this](const QString& what, const JobError& error) { banner_->showError(what, error); });
  connect(session_, &Session::noted, status_, &StatusLine::say);
  connect(session_, &Session::longTraining, this, [this] { setStage(QStringLiteral("train")); });  // where the question stands
  connect(session_, &Session::experimentChanged, this, [this] {
    setWindowTitle(tr("%1, %2 \u2013 Inflaton").arg(session_->dataTitle(), session_->scheduleName()));
    followRunButton();
    followTraining();
    followProvenance();
    saveSoon();
    banner_->dismissError();  // of a setting that is no more
  });
  connect(session_->training(), &TrainingRun::stateChanged, this, &MainWindow::followTraining);
  connect(session_->training(), &TrainingRun::updated, this, &MainWindow::followTraining);
  connect(session_, &Session::worseNetwork, this, [this](const QString& path, const QString& message) {
    banner_->showOffer(message, tr("Use the new one"), [this, path] { session_->useNetwork(path); });
  });
  connect(session_->training(), &TrainingRun::kept, this, &MainWindow::saveSoon);
  connect(session_->training(), &TrainingRun::failed, this, [this](const JobError& error) {
    const QString snapshot = session_->training()->lastSnapshot();
    banner_->showError(tr("Training"), error);
    if (!snapshot.isEmpty()) banner_->addOffer(tr("Use the last good network"), [this, snapshot] { session_->addNetwork(snapshot, true); });
  });
  connect(session_->training(), &TrainingRun::discarded, this, [this] {
    if (session_->training()->canUndoDiscard())
      banner_->showOffer(tr("The training run was discarded."), tr("Undo"), [this] { session_->training()->undoDiscard(); });
  });
  connect(session_->training(), &TrainingRun::restored, this,
          [this](const QString& folder) { status_->say(tr("The run is back in %1").arg(folder)); });
  connect(time_, &TimeDock::scrubbing, this, [this](bool on) {
    if (on) usedTime();
  });
  connect(session_, &Session::flowFinished, this, [this] {
    if (!timeUsed_) hint_->show();
    followTraining();  // it is drawn over data of its own only
    followProvenance();
    actions_->refresh();
  });
  connect(session_, &Session::flowStarted, this, &MainWindow::followProvenance);
  for (QDockWidget* d : docks_) {
    connect(d, &QDockWidget::visibilityChanged, this, &MainWindow::saveSoon);
    connect(d, &QDockWidget::dockLocationChanged, this, &MainWindow::saveSoon);
  }
  connect(viewTabs_, &QTabBar::currentChanged, this, &MainWindow::saveSoon);
  connect(plots_, &FlowPlots::currentPlotChanged, this, &MainWindow::saveSoon);
  connect(session_->view(), &ViewState::appearanceChanged, this, &MainWindow::saveSoon);
  connect(session_->view(), &ViewState::laneChanged, this, &MainWindow::saveSoon);
  connect(time_, &TimeDock::scrubbing, this, &MainWindow::saveSoon);
  connect(&saveSoon_, &QTimer::timeout, this, &MainWindow::saveHabits);
  connect(stageBar_, &StageBar::runClicked, this, [this] { runStage(false); });
  connect(session_->player(), &Player::changed, actions_, &ActionTable::refresh);
  connect(session_->undo(), &QUndoStack::indexChanged, actions_, &ActionTable::refresh);
  views_->data()->installEventFilter(this);
}

void MainWindow::begin(const QString& file) {
  if (!session_->restoreFrom(settings_->ini())) session_->begin();
  colorBy_->setCurrentIndex(static_cast<int>(session_->view()->colorBy()));
  if (!file.isEmpty()) session_->openFile(file);
  saveSoon();
}

void MainWindow::followTraining() {
  const TrainingRun* training = session_->training();
  const Provenance of = training->provenance();
  const bool live = stage() == QStringLiteral("train") && training->state() != TrainingRun::State::idle && training->generated() &&
                    of.sameData(session_->shownFlow());
  trainingBar_->compare(of, session_->presentTraining());
  views_->data()->setOverlay(live ? training->generated() : nullptr, training->generatedDim(), tr("Generated so far, over the data"));
}

void MainWindow::followProvenance() {
  flowBar_->compare(session_->view()->simulation() ? session_->shownFlow() : Provenance(), session_->presentFlow(),
                    session_->flowPending());
}

void MainWindow::followRunButton() { stageBar_->setRunText(page()->runText(), page()->canRun()); }

void MainWindow::usedTime() {
  timeUsed_ = true;
  hint_->hide();
}

bool MainWindow::eventFilter(QObject* target, QEvent* event) {
  if (!painted_ && event->type() == QEvent::Paint && target == views_->data() && session_->view()->simulation()) {
    painted_ = true;
    QTimer::singleShot(0, this, &MainWindow::firstFrame);
  }
  return QMainWindow::eventFilter(target, event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (closing_ != Closing::sure && !unfinished().isEmpty()) {
    event->ignore();
    if (closing_ == Closing::no) askBeforeClosing();
    return;
  }
  closing_ = Closing::sure;
  saveHabits();
  session_->player()->pause();
  session_->jobs()->cancelAll();  // they end while the window goes; the session joins them
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (urls.size() == 1 && urls.first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  session_->openFile(event->mimeData()->urls().first().toLocalFile());
}

}  // namespace inflaton::ui
