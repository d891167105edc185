#pragma once
// Curves of the flow under the shared time cursor: participation ratio, variance of each eigen-axis, round-trip errors.
#include <QTabWidget>
#include <QWidget>
#include <memory>

#include "ui/views/figure.h"

namespace inflaton::ui {

class FlowPlots : public QWidget, public Figure {
  Q_OBJECT
 public:
  explicit FlowPlots(ViewState*, QWidget* parent = nullptr);
  ~FlowPlots() override;

  QString figureTitle() const override;  ///< of the current tab
  QString figureName() const override;
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QString figureCsv() const override;
  QString summary() const;  ///< "Participation ratio 1.98 at t 3.2, from 2.00 to 2.00"
  int currentPlot() const;
  QSize sizeHint() const override { return {480, 260}; }

 public Q_SLOTS:
  void setCurrentPlot(int);  ///< 0 participation ratio, 1 variances, 2 round-trip errors, 3 table

 Q_SIGNALS:
  void currentPlotChanged(int);

 protected:
  void showEvent(QShowEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton::ui
