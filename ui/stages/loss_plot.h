#pragma once
// Live curves of the training: loss (raw and smoothed) and the error against the exact denoiser. Log axes are remembered.
#include <QTimer>
#include <QWidget>

#include "ui/session/training_run.h"
#include "ui/views/figure.h"

class QCheckBox;
class QChart;
class QChartView;
class QLineSeries;

namespace inflaton::ui {

class LossPlot : public QWidget, public Figure {
  Q_OBJECT
 public:
  LossPlot(TrainingRun*, Settings*, QWidget* parent = nullptr);

  QString figureTitle() const override { return tr("Training"); }
  QString figureName() const override { return "training"; }
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QString figureCsv() const override;
  QString figureCommand() const override { return QString::fromStdString(commandLine(training_->options())); }
  QString summary() const;  ///< "loss 1.91, falling; error 0.041"
  bool logarithmic() const;

 protected:
  void changeEvent(QEvent*) override;
  void showEvent(QShowEvent*) override;

 private:
  struct Panel {
    QChart* chart;
    QChartView* view;
    QVector<QLineSeries*> lines;
  };
  Panel makePanel(const QString& title, const QStringList& names);
  void setLogarithmic(bool);
  void refresh();
  void fit(Panel&, const QVector<QVector<QPointF>>& data);
  void color(const Theme&);

  TrainingRun* training_;
  Settings* settings_;
  Panel loss_, error_;
  QCheckBox* log_;
  QTimer soon_;
};

/// At most `most` points, the first and last among them, keeping each bucket's extremes.
QVector<QPointF> thinned(const QVector<QPointF>&, int most);

}  // namespace inflaton::ui
