#pragma once
// Simulation-based calibration: its form for the inspector, its two plots and its verdict for the centre.
#include <QWidget>

#include "ui/hmc/calibration/calibration_run.h"
#include "ui/views/plot_pane.h"

class QLabel;
class QPushButton;
class QSplitter;

namespace inflaton::ui {

class JobButton;
class ParameterForm;
class ProvenanceBar;
class StateMark;

class CalibrationInspector : public QWidget {
  Q_OBJECT
 public:
  CalibrationInspector(Session*, CalibrationRun*, QWidget* parent = nullptr);
  bool ready() const;
  JobButton* job() const { return job_; }
  ParameterForm* form() const { return form_; }
  void run();  ///< or cancel what runs

 Q_SIGNALS:
  void changed();

 private:
  void follow();
  void save();
  Session* session_;
  CalibrationRun* test_;
  QLabel *subject_, *needs_;
  ParameterForm* form_;
  JobButton* job_;
  QPushButton *circles_, *save_;
};

class CalibrationView : public QWidget {
  Q_OBJECT
 public:
  CalibrationView(Session*, CalibrationRun*, QWidget* parent = nullptr);
  PlotPane* ecdf() const { return ecdf_; }
  PlotPane* coverage() const { return coverage_; }
  Figure* currentFigure() const;
  QString verdict() const;
  ProvenanceBar* bar() const { return bar_; }

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  void follow();
  void fill(PlotPane*);
  Session* session_;
  CalibrationRun* test_;
  StateMark* mark_;
  QLabel *verdict_, *detail_;
  PlotPane *ecdf_, *coverage_;
  ProvenanceBar* bar_;
  bool second_ = false;
};

}  // namespace inflaton::ui
