#pragma once
// Compare solvers: the work-precision diagram of the present data, schedule and score, and beside it the race of any two.
#include <QWidget>

#include "core/api/compare.h"
#include "ui/analysis/race_view.h"
#include "ui/views/chart_pane.h"

class QLineEdit;

namespace inflaton::ui {

class JobButton;
class ProvenanceBar;
class Session;

using CompareFunction = std::function<Expected<WorkPrecision>(const CompareSolversOptions&, const JobContext&)>;

class CompareView : public QWidget {
  Q_OBJECT
 public:
  CompareView(Session*, CompareFunction, SimulateFunction, QWidget* parent = nullptr);

  CompareSolversOptions options() const;  ///< what Run would do now
  QString command() const;
  Figure* currentFigure() const;  ///< the part used last
  ChartPane* diagram() const { return diagram_; }
  RaceView* race() const { return race_; }
  JobButton* job() const { return job_; }
  ProvenanceBar* bar() const { return bar_; }          ///< of the diagram
  ProvenanceBar* raceBar() const { return raceBar_; }  ///< of the race

 public Q_SLOTS:
  void run();

 Q_SIGNALS:
  void failed(const QString& what, const inflaton::JobError& error);

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  void start();
  void follow();
  QString subject() const;  ///< "circles, PRP, exact score, inflation"
  Session* session_;
  CompareFunction compare_;
  QComboBox* direction_;
  QLineEdit* budgets_;
  JobButton* job_;
  ChartPane* diagram_;
  QLabel* caption_;
  RaceView* race_;
  ProvenanceBar *bar_, *raceBar_;
  CompareSolversOptions shown_;  ///< of the diagram
  QString shownSubject_, shownSummary_;
  bool there_ = false;
  int current_ = 0, dimOfShown_ = 0;
};

}  // namespace inflaton::ui
