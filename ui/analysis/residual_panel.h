#pragma once
// Residual autocorrelation of the current network, run from the window. Specification 4.1.
#include <QWidget>

#include "core/api/residuals.h"
#include "ui/session/provenance.h"
#include "ui/views/chart_pane.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace inflaton::ui {

class JobButton;
class ProvenanceBar;
class Session;

using ResidualFunction =
    std::function<Expected<std::shared_ptr<const ResidualCorrelations>>(const ResidualsExtractOptions&, const JobContext&)>;

class ResidualPanel : public QWidget {
  Q_OBJECT
 public:
  ResidualPanel(Session*, ResidualFunction, QWidget* parent = nullptr);

  ResidualsExtractOptions options() const;  ///< what Run would do now
  QString command() const;
  bool hasNetwork() const;
  ChartPane* plot() const { return plot_; }
  JobButton* job() const { return job_; }
  ProvenanceBar* bar() const { return bar_; }

 public Q_SLOTS:
  void run();

 Q_SIGNALS:
  void trainRequested();
  void failed(const QString& what, const inflaton::JobError& error);

 private:
  QString network() const;
  void start();
  void follow();
  void show();
  Session* session_;
  ResidualFunction residuals_;
  QStackedWidget* pages_;
  QSpinBox *samples_, *times_;
  QComboBox* along_;
  QCheckBox* outputs_;
  JobButton* job_;
  ChartPane* plot_;
  QLabel* caption_;
  std::shared_ptr<const ResidualCorrelations> result_;
  ProvenanceBar* bar_;
  ResidualsExtractOptions shown_;
  Provenance shownOf_;
};

}  // namespace inflaton::ui
