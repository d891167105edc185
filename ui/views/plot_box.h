#pragma once
// One pair of axes with scales of their own inside a larger painting: many of them make trace, rank and pair plots.
#include <QPainter>
#include <QRectF>
#include <QString>

#include "ui/style/colors.h"

namespace inflaton::ui {

struct BoxStyle {
  QString title, note;  ///< over the box: bold at the left, dimmed at the right
  QString x, y;         ///< axis labels; empty: none, and no room for one
  bool xNumbers = true, yNumbers = true;
  bool grid = true;
};

class PlotBox {
 public:
  /// Fits title, numbers and labels into `outer`; what is left shows [x0, x1] by [y0, y1].
  PlotBox(const QRectF& outer, double x0, double x1, double y0, double y1, const BoxStyle&, const QFontMetricsF&);
  const QRectF& area() const { return area_; }
  QPointF map(double x, double y) const { return {mapX(x), mapY(y)}; }
  double mapX(double x) const { return area_.left() + (x - x0_) / (x1_ - x0_) * area_.width(); }
  double mapY(double y) const { return area_.bottom() - (y - y0_) / (y1_ - y0_) * area_.height(); }
  double x0() const { return x0_; }
  double x1() const { return x1_; }
  double y0() const { return y0_; }
  double y1() const { return y1_; }

  void drawGround(QPainter&, const Theme&) const;  ///< grid, under the data
  void drawAxes(QPainter&, const Theme&) const;    ///< frame, ticks, numbers, labels, title; over the data
  void clip(QPainter& p) const { p.setClipRect(area_.adjusted(0, 0, 1, 1)); }

 private:
  double stepX(const QFontMetricsF&) const;
  double stepY(const QFontMetricsF&) const;
  QRectF outer_, area_;
  double x0_, x1_, y0_, y1_;
  BoxStyle style_;
};

/// "w" with the index as a subscript, counted from 0 as the files do.
QString weightName(int component);
/// A legend entry: sample line and text; returns the width used.
double drawKey(QPainter&, const QPointF& at, const QPen&, const QString& text, const Theme&, double sample = 20);

/// Shapes that do not lean on colour.
void drawDiamond(QPainter&, const QPointF&, double radius);  ///< with the painter's pen and brush
void drawStar(QPainter&, const QPointF&, double radius);
void drawCross(QPainter&, const QPointF&, double radius);
void drawTriangle(QPainter&, const QPointF&, double radius);

}  // namespace inflaton::ui
