// The rows of the action table: what the program can do, with its keys and the words for it.
#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QMessageBox>
#include <QSplitter>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/analysis/compare_view.h"
#include "ui/export/figure_export.h"
#include "ui/forms/help_section.h"
#include "ui/session/session.h"
#include "ui/session/stage_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/preferences.h"
#include "ui/shell/search.h"
#include "ui/shell/status_line.h"
#include "ui/shell/views_area.h"
#include "ui/stages/draw_dialog.h"
#include "ui/stages/loss_plot.h"
#include "ui/style/color_modes.h"
#include "ui/views/flow_plots.h"

namespace inflaton::ui {

namespace {
using Keys = QList<QKeySequence>;
/// Shown, in front and with the keys, whatever the window manager thinks.
void present(QWidget* window) {
  window->show();
  window->raise();
  window->activateWindow();
}

QKeySequence key(const char* text) { return QKeySequence(QString::fromLatin1(text)); }
}  // namespace

void MainWindow::makeActions() {
  fileActions();
  editActions();
  viewActions();
  timeActions();
  stageActions();
  analysisActions();
  windowActions();
  helpActions();
  const std::pair<Menu, const char*> choices[] = {{Menu::view, "color"}, {Menu::view, "stage"},     {Menu::data, "sets"},
                                                  {Menu::flow, "lane"},  {Menu::window, "layouts"}, {Menu::window, "theme"}};
  for (const auto& [menu, section] : choices) actions_->makeExclusive(menu, section);
}

void MainWindow::fileActions() {
  actions_->add({"file.open",
                 tr("&Open\u2026"),
                 {QKeySequence::Open},
                 tr("Open points (.csv .npy .npz) or a network (.safetensors)"),
                 Menu::file,
                 "open",
                 [this] { openDialog(); }});
  actions_->add({"file.exportFigure",
                 tr("&Export figure\u2026"),
                 {key("Ctrl+E")},
                 tr("Write the view used last as PNG, SVG or PDF, with its options inside"),
                 Menu::file,
                 "export",
                 [this] { exportFigure(shownFigure()); }});
  actions_->add({"file.exportPlot",
                 tr("Export &plot\u2026"),
                 {},
                 tr("Write the plot that is shown as PNG, SVG or PDF"),
                 Menu::file,
                 "export",
                 [this] { exportFigure(shownPlot()); }});
  actions_->add({"file.exportArrays",
                 tr("Export &arrays\u2026"),
                 {key("Ctrl+Shift+E")},
                 tr("Write the trajectories as .npz files that numpy reads"),
                 Menu::file,
                 "export",
                 [this] { exportArrays(); }});
  actions_->add({"file.importNetwork",
                 tr("&Import network\u2026"),
                 {},
                 tr("A network of another program: weights (.npz) and configuration (.json)"),
                 Menu::file,
                 "networks",
                 [this] { importNetwork(); }});
  actions_->add({"file.exportNetwork",
                 tr("Export &network\u2026"),
                 {},
                 tr("Write the network of this data set and schedule as .npz and .json, for other programs"),
                 Menu::file,
                 "networks",
                 [this] { exportNetwork(); },
                 {},
                 {},
                 false,
                 [this] { return !session_->exportableNetwork().isEmpty(); }});
  actions_->add({"app.quit",
                 tr("&Quit"),
                 {QKeySequence::Quit},
                 tr("End the program; a training or chains under way are asked about first"),
                 Menu::file,
                 "quit",
                 [this] { close(); }});
}

void MainWindow::editActions() {
  QUndoStack* undo = session_->undo();
  actions_->add({"edit.undo",
                 tr("&Undo"),
                 {key("Ctrl+Z")},
                 tr("Take back the last change of parameters or selection"),
                 Menu::edit,
                 "undo",
                 [undo] { undo->undo(); },
                 [undo] { return undo->undoText(); },
                 {},
                 true,
                 [undo] { return undo->canUndo(); }});
  actions_->add({"edit.redo",
                 tr("&Redo"),
                 {key("Ctrl+Shift+Z")},
                 tr("Make the change again"),
                 Menu::edit,
                 "undo",
                 [undo] { undo->redo(); },
                 [undo] { return undo->redoText(); },
                 {},
                 true,
                 [undo] { return undo->canRedo(); }});
  ViewState* view = session_->view();
  actions_->add({"select.all",
                 tr("Select &all points"),
                 {key("Ctrl+A")},
                 tr("Select every point, in all views"),
                 Menu::edit,
                 "select",
                 [view] { view->selectAll(); },
                 [view] { return view->selectedCount() ? tr("%1 selected").arg(view->selectedCount()) : QString(); }});
  actions_->add({"select.none", tr("Select &none"), {key("Ctrl+Shift+A")}, tr("Drop the selection"), Menu::edit, "select", [view] {
                   view->clearSelection();
                 }});
  actions_->add(
      {"select.invert", tr("&Invert selection"), {key("Ctrl+I")}, tr("Select what is not selected"), Menu::edit, "select", [view] {
         view->invertSelection();
       }});
  actions_->add({"edit.copyCommand",
                 tr("Copy as &Command"),
                 {key("Ctrl+Shift+C")},
                 tr("Copy the inflaton-cli line that repeats what this stage does"),
                 Menu::edit,
                 "copy",
                 [this] { copyCommand(); }});
  actions_->add(
      {"edit.preferences", tr("&Preferences\u2026"), {key("Ctrl+,")}, tr("Theme, folders and keys"), Menu::edit, "preferences", [this] {
         auto* dialog = new Preferences(
             settings_, actions_, [this](ThemeChoice choice) { setTheme(choice); }, this);
         present(dialog);
       }});
}

void MainWindow::viewActions() {
  ViewState* view = session_->view();
  const auto toggle = [&](const char* id, const QString& text, const char* k, const QString& tip, auto get, auto set,
                          const QString& section) {
    actions_->add({id,
                   text,
                   {key(k)},
                   tip,
                   Menu::view,
                   section,
                   [view, get, set] { (view->*set)(!(view->*get)()); },
                   {},
                   [view, get] { return (view->*get)(); }});
  };
  toggle("view.points", tr("&Points"), "P", tr("Show the points"), &ViewState::points, &ViewState::setPoints, "layers");
  toggle("view.trails", tr("&Trails"), "T", tr("Show the way of some points through time"), &ViewState::trails, &ViewState::setTrails,
         "layers");
  toggle("view.density", tr("&Density"), "D", tr("Show how dense the points lie"), &ViewState::density, &ViewState::setDensity, "layers");
  toggle("view.modelDensity", tr("&Model density"), "Shift+D",
         tr("Show the exact density of the model at the cursor's time (sets of two dimensions)"), &ViewState::modelDensity,
         &ViewState::setModelDensity, "layers");
  actions_->add({"view.grid",
                 tr("&Grid"),
                 {key("G")},
                 tr("Show a square grid carried along by the flow (sets of two dimensions)"),
                 Menu::view,
                 "layers",
                 [this] { session_->setGridShown(!session_->view()->grid()); },
                 {},
                 [view] { return view->grid(); },
                 false,
                 [this] { return session_->dataDim() == 2; }});
  toggle("view.solo", tr("&Solo selection"), "S", tr("Draw the selected points only"), &ViewState::solo, &ViewState::setSolo, "selection");
  toggle("view.ghost", tr("G&host others"), "Shift+S", tr("Draw the points that are not selected faintly"), &ViewState::ghost,
         &ViewState::setGhost, "selection");
  actions_->add({"view.brush",
                 tr("&Brush"),
                 {key("B")},
                 tr("The next drags in a 2D view select points; Esc leaves"),
                 Menu::view,
                 "selection",
                 [this] {
                   const bool on = !views_->data()->brushing();
                   views_->data()->setBrushing(on);
                   views_->latent()->setBrushing(on);
                   status_->say(on ? tr("Brush: drag to select, Shift adds, Esc leaves") : QString());
                 },
                 {},
                 [this] { return views_ && views_->data()->brushing(); }});
  actions_->add({"view.escape",
                 tr("Leave mode"),
                 {key("Esc")},
                 tr("Leave the brush, or drop the selection; never ends a job"),
                 Menu::view,
                 "selection",
                 [this] {
                   const bool brushing = views_->data()->brushing();
                   views_->data()->setBrushing(false);
                   views_->latent()->setBrushing(false);
                   if (!brushing) session_->view()->clearSelection();
                 }});
  for (const ColorMode& mode : colorModes())
    actions_->add({QStringLiteral("color.%1").arg(static_cast<int>(mode.by)),
                   mode.action,
                   {},
                   tr("What the colour of a point tells"),
                   Menu::view,
                   "color",
                   [view, by = mode.by] { view->setColorBy(by); },
                   {},
                   [view, by = mode.by] { return view->colorBy() == by; }});
  actions_->add({"view.reset", tr("Reset vie&w"), {key("R")}, tr("Show everything in the view used last"), Menu::view, "camera", [this] {
                   if (ownCentre()) return page()->resetView();
                   Figure* figure = views_->currentFigure();
                   if (auto* canvas = dynamic_cast<Canvas2D*>(figure))
                     canvas->resetView();
                   else if (views_->particles())
                     views_->particles()->resetView();
                 }});
  actions_->add(
      {"view.resetAll", tr("Reset all views"), {key("Shift+R")}, tr("Show everything in every view"), Menu::view, "camera", [this] {
         if (ownCentre()) return page()->resetView();
         views_->data()->resetView();
         views_->latent()->resetView();
         if (views_->particles()) views_->particles()->resetView();
       }});
  if (QGuiApplication::platformName() == "offscreen" || QGuiApplication::platformName() == "minimal") return;  // no 3D view there
  const struct {
    const char* id;
    const char* k;
    QString text;
    Particles3D::View view;
  } cameras[] = {{"camera.front", "1", tr("3D from the front"), Particles3D::View::front},
                 {"camera.right", "3", tr("3D from the right"), Particles3D::View::right},
                 {"camera.top", "7", tr("3D from the top"), Particles3D::View::top},
                 {"camera.iso", "9", tr("3D at an angle"), Particles3D::View::iso}};
  for (const auto& camera : cameras)
    actions_->add({camera.id, camera.text, {key(camera.k)}, tr("Turn the 3D view"), Menu::view, "camera3d", [this, v = camera.view] {
                     views_->particles()->setView(v);
                   }});
  actions_->add({"camera.ortho",
                 tr("3D without perspective"),
                 {key("5")},
                 tr("Switch between parallel and perspective projection"),
                 Menu::view,
                 "camera3d",
                 [this] { views_->particles()->toggleOrthographic(); },
                 {},
                 [this] { return views_ && views_->particles()->orthographic(); }});
  actions_->add({"camera.latent",
                 tr("3D in latent axes"),
                 {},
                 tr("Show eigen-axes instead of data axes in 3D"),
                 Menu::view,
                 "camera3d",
                 [this] { views_->particles()->setLatent(!views_->particles()->latent()); },
                 {},
                 [this] { return views_ && views_->particles()->latent(); }});
  actions_->add({"camera.time",
                 tr("3D with a time axis"),
                 {},
                 tr("For sets of two dimensions: the third axis is t"),
                 Menu::view,
                 "camera3d",
                 [this] { views_->particles()->setTimeAxis(!views_->particles()->timeAxis()); },
                 {},
                 [this] { return views_ && views_->particles()->timeAxis(); }});
}

void MainWindow::timeActions() {
  Player* player = session_->player();
  ViewState* view = session_->view();
  const auto add = [&](const char* id, const QString& text, Keys keys, const QString& tip, const QString& section,
                       std::function<void()> run, bool repeats = false, std::function<QString()> value = {}) {
    actions_->add({id,
                   text,
                   std::move(keys),
                   tip,
                   Menu::flow,
                   section,
                   [this, run] {
                     usedTime();
                     run();
                   },
                   std::move(value),
                   {},
                   repeats,
                   [this] { return !ownCentre(); }});
  };
  add(
      "time.toggle", tr("&Play / pause"), {key("Space")}, tr("Run the flow, or hold it"), "play", [player] { player->toggle(); }, false,
      [player] { return player->playing() ? tr("playing") : tr("paused"); });
  add("time.back", tr("Play &backwards"), {key("J")}, tr("Again: twice as fast"), "play", [player] { player->backKey(); });
  add("time.stop", tr("&Stop"), {key("K")}, tr("Hold the flow"), "play", [player] { player->stopKey(); });
  add("time.forward", tr("Play &forwards"), {key("L")}, tr("Again: twice as fast"), "play", [player] { player->forwardKey(); });
  add(
      "time.slower", tr("Slower"), {key(",")}, tr("Half the speed"), "play", [player] { player->slower(); }, true,
      [player] { return tr("%L1x").arg(player->speed()); });
  add(
      "time.faster", tr("Faster"), {key(".")}, tr("Twice the speed"), "play", [player] { player->faster(); }, true,
      [player] { return tr("%L1x").arg(player->speed()); });
  add(
      "time.previous", tr("Frame back"), {key("Left")}, tr("One stored frame back"), "step", [player] { player->step(-1); }, true,
      [view] { return tr("t = %L1").arg(view->time(), 0, 'f', 2); });
  add(
      "time.next", tr("Frame on"), {key("Right")}, tr("One stored frame on"), "step", [player] { player->step(1); }, true);
  add(
      "time.previous10", tr("Ten frames back"), {key("Shift+Left")}, tr("Ten stored frames back"), "step", [player] { player->step(-10); },
      true);
  add(
      "time.next10", tr("Ten frames on"), {key("Shift+Right")}, tr("Ten stored frames on"), "step", [player] { player->step(10); }, true);
  add("time.start", tr("To t = 0"), {key("Home")}, tr("Go to the data"), "step", [player] { player->toStart(); });
  add("time.end", tr("To t max"), {key("End")}, tr("Go to the Gaussian"), "step", [player] { player->toEnd(); });
  add(
      "time.in", tr("Loop &in"), {key("I")}, tr("The loop begins at the cursor"), "loop", [player] { player->markIn(); }, false,
      [player] { return player->loopIn() ? QLocale().toString(*player->loopIn(), 'f', 2) : QString(); });
  add(
      "time.out", tr("Loop &out"), {key("O")}, tr("The loop ends at the cursor"), "loop", [player] { player->markOut(); }, false,
      [player] { return player->loopOut() ? QLocale().toString(*player->loopOut(), 'f', 2) : QString(); });
  add("time.clearLoop", tr("Clear loop"), {key("Shift+I")}, tr("Play the whole lane again"), "loop", [player] { player->clearLoop(); });
  add(
      "time.bookmark", tr("Bookmark"), {key("M")}, tr("Mark this time, or take its mark away"), "bookmark",
      [player] { player->toggleBookmark(); }, false, [player] { return QString::number(player->bookmarks().size()); });
  add("time.previousBookmark", tr("Previous bookmark"), {key("[")}, tr("Go to the bookmark before the cursor"), "bookmark",
      [player] { player->toBookmark(-1); });
  add("time.nextBookmark", tr("Next bookmark"), {key("]")}, tr("Go to the bookmark after the cursor"), "bookmark",
      [player] { player->toBookmark(1); });
  const struct {
    const char* id;
    QString text;
    Direction lane;
  } lanes[] = {{"lane.inflation", tr("Lane: inflation"), Direction::inflation},
               {"lane.roundTrip", tr("Lane: round trip"), Direction::roundTrip},
               {"lane.generation", tr("Lane: generation"), Direction::generation}};
  for (const auto& lane : lanes)
    actions_->add({lane.id,
                   lane.text,
                   {},
                   tr("Which way of the flow the time bar moves along"),
                   Menu::flow,
                   "lane",
                   [view, l = lane.lane] { view->setLane(l); },
                   {},
                   [view, l = lane.lane] { return view->lane() == l; },
                   false,
                   [view, l = lane.lane] { return view->simulation() && view->simulation()->lane(l); }});
}

void MainWindow::stageActions() {
  for (int s = 0; s < stages_.size(); ++s)
    actions_->add({QStringLiteral("stage.%1").arg(s + 1),
                   tr("Stage %1: %2").arg(s + 1).arg(stages_[s].title),
                   {key(qPrintable(QStringLiteral("Ctrl+%1").arg(s + 1)))},
                   tr("Show the parameters of this stage"),
                   Menu::view,
                   "stage",
                   [this, s] { showStage(s); },
                   {},
                   [this, s] { return stage_ == s; }});
  for (const ToySetInfo& set : toySets()) {
    const QString id = QString::fromStdString(set.id);
    actions_->add({"data." + id,
                   QString::fromStdString(set.title),
                   {},
                   QString::fromStdString(set.about),
                   Menu::data,
                   "sets",
                   [this, id] { session_->chooseSet(id); },
                   {},
                   [this, id] { return id == QString::fromStdString(session_->experiment().data().data_name); }});
  }
  actions_->add({"data.open",
                 tr("Open &points\u2026"),
                 {},
                 tr("Your own points: .csv, .npy or .npz with 2 to 4096 columns"),
                 Menu::data,
                 "own",
                 [this] { openDialog(); }});
  actions_->add(
      {"data.draw", tr("&Draw points\u2026"), {}, tr("Paint a data set with a brush"), Menu::data, "own", [this] { openDraw(); }});
  actions_->add({"data.seed",
                 tr("New &seed"),
                 {},
                 tr("Draw other points of the same data set"),
                 Menu::data,
                 "seed",
                 [this] { session_->rollSeed(); },
                 [this] { return QString::number(session_->experiment().flow.seed); }});

  TrainingRun* training = session_->training();
  using State = TrainingRun::State;
  actions_->add({"train.start",
                 tr("&Start training"),
                 {},
                 tr("Train a network on this data set and schedule"),
                 Menu::train,
                 "train",
                 [this] {
                   setStage(QStringLiteral("train"));
                   session_->startTraining();
                 },
                 {},
                 {},
                 false,
                 [training] { return training->state() == State::idle; }});
  actions_->add({"train.pause",
                 tr("&Pause or resume training"),
                 {},
                 tr("Write a checkpoint and wait; again: go on"),
                 Menu::train,
                 "train",
                 [training] { training->state() == State::paused ? training->resume() : training->pause(); },
                 {},
                 {},
                 false,
                 [training] { return training->state() == State::running || training->state() == State::paused; }});
  actions_->add({"train.keep",
                 tr("Stop and &keep"),
                 {key("Ctrl+.")},
                 tr("End the training with what there is and use the network"),
                 Menu::train,
                 "train",
                 [training] { training->stopAndKeep(); },
                 {},
                 {},
                 false,
                 [training] { return training->state() == State::running || training->state() == State::paused; }});
  actions_->add({"train.discard",
                 tr("&Discard training"),
                 {},
                 tr("End the training and take its run away; can be undone until the program ends"),
                 Menu::train,
                 "train",
                 [training] { training->discard(); },
                 {},
                 {},
                 false,
                 [training] { return training->state() == State::running || training->state() == State::paused; }});
  actions_->add({"train.undoDiscard",
                 tr("&Undo discard"),
                 {},
                 tr("Bring the discarded run back"),
                 Menu::train,
                 "train",
                 [training] { training->undoDiscard(); },
                 {},
                 {},
                 false,
                 [training] { return training->canUndoDiscard(); }});

  actions_->add({"stage.run",
                 tr("&Run stage"),
                 {key("Ctrl+Return"), key("Ctrl+Enter")},
                 tr("Do what this stage does, with its parameters as they are"),
                 Menu::jobs,
                 "run",
                 [this] { runStage(true); }});
  actions_->add({"jobs.cancelAll",
                 tr("&Cancel all jobs"),
                 {},
                 tr("End every job now"),
                 Menu::jobs,
                 "jobs",
                 [this] { session_->jobs()->cancelAll(); },
                 {},
                 {},
                 false,
                 [this] { return session_->jobsModel()->running() != nullptr; }});
  actions_->add(
      {"jobs.clear", tr("Clear &ended jobs"), {}, tr("Take ended jobs off the list; their folders stay"), Menu::jobs, "jobs", [this] {
         session_->jobsModel()->clearEnded();
       }});
}

void MainWindow::windowActions() {
  const struct {
    const char* id;
    QString text, tip;
  } layouts[] = {{"explore", tr("Layout: &Explore"), tr("Everything around the views")},
                 {"train", tr("Layout: &Train"), tr("Room for the training curves")},
                 {"present", tr("Layout: &Present"), tr("Views and time only")}};
  for (const auto& layout : layouts)
    actions_->add({QStringLiteral("layout.") + layout.id,
                   layout.text,
                   {},
                   layout.tip,
                   Menu::window,
                   "layouts",
                   [this, id = QString(layout.id)] { setLayoutName(id); },
                   {},
                   [this, id = QString(layout.id)] { return layout_ == id; }});
  actions_->add(
      {"layout.reset", tr("&Reset layout"), {}, tr("Put every dock of this layout where it was at first"), Menu::window, "layouts", [this] {
         makeRoom(false);
         defaultLayout(layout_);
         makeRoom(ownCentre());
       }});
  const struct {
    const char* id;
    QString text;
  } docks[] = {{"Data", tr("Data gallery")},
               {"Inspector", tr("Inspector")},
               {"Time", tr("Time")},
               {"Plots", tr("Flow plots")},
               {"Residuals", tr("Residual autocorrelation")},
               {"Training", tr("Training plots")},
               {"Jobs", tr("Jobs")},
               {"Log", tr("Log")}};
  for (const auto& d : docks)
    actions_->add({QStringLiteral("dock.") + d.id,
                   d.text,
                   {},
                   tr("Show or hide this dock"),
                   Menu::window,
                   "docks",
                   [this, id = QString(d.id)] {
                     QDockWidget* dock = dockNamed(id);
                     dock->setVisible(!dock->isVisible());
                     if (dock->isVisible()) dock->raise();
                   },
                   {},
                   [this, id = QString(d.id)] {
                     const QDockWidget* dock = dockNamed(id);
                     return dock && !dock->isHidden();
                   }});
  actions_->add({"window.docks",
                 tr("Hide &docks"),
                 {key("Ctrl+\\")},
                 tr("Hide all docks, or bring back those that were there"),
                 Menu::window,
                 "screen",
                 [this] { toggleDocks(); },
                 {},
                 [this] { return !hiddenDocks_.isEmpty(); }});
  actions_->add({"window.full",
                 tr("&Full screen"),
                 {key("F11")},
                 tr("The window over the whole screen"),
                 Menu::window,
                 "screen",
                 [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); },
                 {},
                 [this] { return isFullScreen(); }});
  const struct {
    const char* id;
    QString text;
    ThemeChoice choice;
  } themes[] = {{"theme.system", tr("Theme: as the s&ystem"), ThemeChoice::system},
                {"theme.light", tr("Theme: &light"), ThemeChoice::light},
                {"theme.dark", tr("Theme: d&ark"), ThemeChoice::dark}};
  for (const auto& theme : themes)
    actions_->add({theme.id,
                   theme.text,
                   {},
                   tr("Colours of the window; figures are exported as their dialog says"),
                   Menu::window,
                   "theme",
                   [this, c = theme.choice] { setTheme(c); },
                   {},
                   [c = theme.choice] { return currentTheme() == c; }});
}

void MainWindow::helpActions() {
  actions_->add({"help.keys",
                 tr("&Keys and current values"),
                 {key("F1"), key("?")},
                 tr("Every key with what it does and its present value"),
                 Menu::help,
                 "help",
                 [this] { present(new CheatSheet(actions_, this)); }});
  actions_->add({"help.search",
                 tr("&Search actions"),
                 {key("Ctrl+Shift+P")},
                 tr("Find an action by a few letters and do it"),
                 Menu::help,
                 "help",
                 [this] {
                   auto* search = new ActionSearch(actions_, this);
                   search->move(mapToGlobal(QPoint((width() - search->width()) / 2, 60)));
                   search->show();
                 }});
  for (const Stage& stage : stages_)
    for (const HelpPage& help : stage.help)
      actions_->add(
          {"help." + help.page, help.text, {}, tr("A short explanation"), Menu::help, "pages", [this, p = help.page] { showHelp(p); }});
  actions_->add({"app.about", tr("&About Inflaton"), {}, tr("Version and licence"), Menu::help, "about", [this] { showAbout(); }});
}

void MainWindow::setTheme(ThemeChoice choice) {
  applyTheme(choice);
  settings_->ini().setValue("window/theme", static_cast<int>(choice));
  actions_->refresh();
}

void MainWindow::openDialog() {
  auto* dialog = new QFileDialog(this, tr("Open points or a network"), settings_->ini().value("folders/open").toString(),
                                 tr("Points and networks (*.csv *.npy *.npz *.safetensors);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    settings_->ini().setValue("folders/open", QFileInfo(path).absolutePath());
    session_->openFile(path);
  });
  dialog->open();
}

void MainWindow::openDraw() {
  auto* dialog = new DrawDialog(settings_->drawingsFolder(), this);
  connect(dialog, &DrawDialog::drawn, session_, &Session::openFile);
  dialog->open();
}

void MainWindow::exportFigure(Figure* figure) {
  if (ownCentre() && !figure) return status_->say(tr("There is nothing to export yet: run the stage first"));
  if (!ownCentre() && !session_->view()->simulation()) return status_->say(tr("There is no flow to export yet"));
  auto* dialog = new ExportFigureDialog(*figure, *session_->view(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ExportFigureDialog::exported, this, [this](const QString& path) { status_->say(tr("Exported %1").arg(path)); });
  present(dialog);
}

void MainWindow::exportArrays() {
  auto* dialog =
      new QFileDialog(this, tr("Folder for the .npz files"), settings_->ini().value("folders/arrays", QDir::homePath()).toString());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
    settings_->ini().setValue("folders/arrays", folder);
    session_->exportTrajectories(folder);
  });
  dialog->open();
}

/// A key that was pressed once too often, or right after a click on Start, must not end what it started.
void MainWindow::runStage(bool byKey) {
  if (byKey && page()->justStarted()) return status_->say(tr("It has just started: press again to %1").arg(page()->runText().toLower()));
  if (page()->canRun()) page()->run();
}

QString MainWindow::currentCommand() const { return comparing() ? compare_->command() : page()->command(); }

void MainWindow::copyCommand() {
  QApplication::clipboard()->setText(currentCommand());
  status_->say(tr("Copied: %1").arg(currentCommand()));
}

void MainWindow::toggleDocks() {
  if (!hiddenDocks_.isEmpty()) {
    for (QDockWidget* d : hiddenDocks_) d->show();
    hiddenDocks_.clear();
    return;
  }
  for (QDockWidget* d : docks_)
    if (!d->isHidden()) hiddenDocks_ << d;
  for (QDockWidget* d : hiddenDocks_) d->hide();
}

void MainWindow::showHelp(const QString& page) {
  auto* dialog = new QDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Help"));
  auto* text = new QTextBrowser;
  text->setFrameShape(QFrame::NoFrame);
  text->setOpenExternalLinks(true);
  text->setMarkdown(helpText(page));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
  auto* column = new QVBoxLayout(dialog);
  column->addWidget(text);
  column->addWidget(buttons);
  dialog->resize(560, 520);
  present(dialog);
}

void MainWindow::showAbout() {
  QMessageBox box(QMessageBox::NoIcon, tr("About Inflaton"),
                  tr("<h3>Inflaton %1</h3><p>A laboratory for inflationary flows: train a denoiser, inflate data into a low-dimensional "
                     "Gaussian and back, and see what is kept.</p>"
                     "<p>After \"Inflationary Flows: Calibrated Bayesian Inference with Diffusion-Based Models\" (de Albuquerque and "
                     "Pearson, NeurIPS 2024).</p>"
                     "<p>Licence: GPL-3.0-or-later. Everything stays on this machine: the program never uses the network.</p>")
                      .arg(QApplication::applicationVersion()),
                  QMessageBox::Close, this);
  box.exec();
}

}  // namespace inflaton::ui
