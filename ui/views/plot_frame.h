#pragma once
// Axes of a plane: where the plot lies, what it shows at equal aspect, ticks at round numbers, labels, grid.
#include <QPainter>
#include <QRectF>
#include <QString>
#include <vector>

#include "ui/views/figure.h"

namespace inflaton::ui {

/// A round step (1, 2 or 5 times a power of ten) that cuts `span` into at most `most` parts.
double niceStep(double span, int most);
/// A number as a person writes it, with a real minus sign and the decimal mark of the user's locale; `decimals` < 0: as short as that many
/// significant digits allow.
QString number(double value, int decimals = -4);
/// The same for what is painted into a figure: with a point, since a figure is a file and must be the same everywhere.
QString plotNumber(double value, int decimals = -4);
/// Decimals needed to tell multiples of `step` apart.
int decimalsOf(double step);

struct PlotFrame {
  QRectF plot;       ///< in painter units
  QRectF visible;    ///< in data units, y upwards: top() is the lower edge
  double scale = 1;  ///< painter units per data unit, the same for both axes

  /// Leaves room for title, ticks and labels inside `size` and fits `wanted` at equal aspect.
  static PlotFrame fit(const QSizeF& size, const QRectF& wanted, const QFontMetricsF&);
  QPointF map(double x, double y) const {
    return {plot.left() + (x - visible.left()) * scale, plot.bottom() - (y - visible.top()) * scale};
  }
  QPointF unmap(const QPointF& p) const {
    return {visible.left() + (p.x() - plot.left()) / scale, visible.top() + (plot.bottom() - p.y()) / scale};
  }

  void drawGrid(QPainter&, const Theme&) const;
  /// Border, ticks, tick labels and axis labels; over the points, so that none hides a label.
  void drawAxes(QPainter&, const Theme&, const QString& xLabel, const QString& yLabel) const;

 private:
  double step() const;
};

}  // namespace inflaton::ui
