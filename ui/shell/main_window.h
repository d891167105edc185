#pragma once
// The window: stage bar, views, docks, status line. It only wires; what happens is in Session, what is shown in the views.
#include <QMainWindow>
#include <QTimer>

#include "ui/session/session.h"
#include "ui/shell/actions.h"
#include "ui/shell/stage_bar.h"
#include "ui/shell/stages.h"
#include "ui/style/theme.h"

class QComboBox;
class QDockWidget;
class QLabel;
class QStackedWidget;
class QTabBar;

namespace inflaton::ui {

constexpr int kDocksVersion = 1;  ///< of the set of docks: layouts kept for another one start over

class Banner;
class CompareView;
class Figure;
class FlowPlots;
class Gallery;
class JobsPanel;
class LogPanel;
class LossPlot;
class ProvenanceBar;
class ResidualPanel;
class StatusLine;
class TimeDock;
class ViewsArea;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(Settings*, QWidget* parent = nullptr);
  ~MainWindow() override;

  /// The last session, or the demo; then `file` when one is given.
  void begin(const QString& file = {});

  Session* session() const { return session_; }
  ActionTable* actions() const { return actions_; }
  ViewsArea* views() const { return views_; }
  Banner* banner() const { return banner_; }
  ProvenanceBar* flowBar() const { return flowBar_; }          ///< over the views
  ProvenanceBar* trainingBar() const { return trainingBar_; }  ///< over the training plots
  QString stage() const { return stages_[stage_].id; }
  void setStage(const QString& id);  ///< one of pointsStages(); others are ignored
  StagePage* page() const;           ///< of the stage in front
  QString layoutName() const { return layout_; }
  void setLayoutName(const QString&);  ///< "explore", "train", "present": each comes back as it was left
  QStringList unfinished() const;      ///< work that would end with the window, in words
  void closeUnasked();                 ///< dialogs and the window, also while work is unfinished

 Q_SIGNALS:
  void firstFrame();  ///< the first flow has been painted

 protected:
  void closeEvent(QCloseEvent*) override;
  bool focusNextPrevChild(bool next) override;
  void resizeEvent(QResizeEvent*) override;
  void moveEvent(QMoveEvent*) override;
  void dragEnterEvent(QDragEnterEvent*) override;
  void dropEvent(QDropEvent*) override;
  bool eventFilter(QObject*, QEvent*) override;

 private:
  // main_window_actions.cpp: the rows of the one action table.
  void makeActions();
  void fileActions();
  void editActions();
  void viewActions();
  void timeActions();
  void stageActions();
  void windowActions();
  void helpActions();
  // main_window_analysis.cpp: solvers, densities, residuals.
  void analysisActions();
  void makeAnalysis();
  void showCompare();
  bool comparing() const;  ///< the compare view is in front
  Figure* shownFigure() const;
  Figure* shownPlot() const;
  // main_window_pages.cpp: the stages.
  void makePages();
  bool ownCentre() const;  ///< the stage in front shows a centre of its own, not the views
  void showStage(int index);
  int stageIndex(const QString& id) const;  ///< -1: there is none
  QString storedStage() const;              ///< the id that the settings hold
  void showPage();                          ///< the centre of the stage in front, or the views
  void makeRoom(bool on);                   ///< docks that tell of the flow give way to a page, and come back as they were
  QByteArray dockLayout() const;            ///< as it is without a page
  // main_window_closing.cpp: nothing is lost.
  void askBeforeClosing();
  void endUnfinished(bool keep);  ///< and close, once it has ended
  void closeWhenEnded();
  void saveSoon();  ///< habits and session, in a moment
  // main_window_focus.cpp
  bool takesTab(const QWidget*) const;  ///< the Tab key may stop there: it can be seen
  // main_window.cpp
  void makeDocks();
  QWidget* makeCentre();
  QDockWidget* dock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea);
  QDockWidget* dockNamed(const QString& id) const;
  void defaultLayout(const QString& name);
  void restoreHabits();
  void saveHabits();
  void wire();
  void followTraining();
  void followProvenance();  ///< of flow and training
  void followRunButton();
  void runStage(bool byKey);
  void setTheme(ThemeChoice);
  void openDialog();
  void openDraw();
  void exportFigure(Figure*);
  void exportArrays();
  void importNetwork();  // main_window_networks.cpp
  void exportNetwork();
  void copyCommand();
  QString currentCommand() const;
  void toggleDocks();
  void showHelp(const QString& page);
  void showAbout();
  void usedTime();  ///< the hint has done its work

  Settings* settings_;
  Session* session_;
  ActionTable* actions_;
  StageBar* stageBar_ = nullptr;
  Banner* banner_ = nullptr;
  ProvenanceBar *flowBar_ = nullptr, *trainingBar_ = nullptr;
  ViewsArea* views_ = nullptr;
  QTabBar* viewTabs_ = nullptr;
  QComboBox* colorBy_ = nullptr;
  QLabel *hint_ = nullptr, *source_ = nullptr;
  Gallery* gallery_ = nullptr;
  QStackedWidget* inspector_ = nullptr;
  const QList<Stage> stages_ = pointsStages();
  QList<StagePage*> pages_;  ///< of stages_, in their order
  TimeDock* time_ = nullptr;
  FlowPlots* plots_ = nullptr;
  LossPlot* loss_ = nullptr;
  QStackedWidget* centre_ = nullptr;                  ///< the views, the comparison of solvers, then centres of stages
  QWidget *viewRow_ = nullptr, *captions_ = nullptr;  ///< above and below the views
  QByteArray flowLayout_;                             ///< of the docks, while a page is in front
  CompareView* compare_ = nullptr;
  ResidualPanel* residuals_ = nullptr;
  JobsPanel* jobs_ = nullptr;
  LogPanel* log_ = nullptr;
  StatusLine* status_ = nullptr;
  QList<QDockWidget*> docks_, hiddenDocks_;
  int stage_ = 0;  ///< of stages_
  QString layout_ = "explore";
  bool painted_ = false, timeUsed_ = false;
  enum class Closing { no, waiting, sure } closing_ = Closing::no;
  QTimer saveSoon_;
};

}  // namespace inflaton::ui
