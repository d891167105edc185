#include "ui/views/chart_parts.h"

#include <QGraphicsLayout>
#include <QLegend>
#include <QLegendMarker>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_frame.h"

namespace inflaton::ui {

void dressAxis(QAbstractAxis* axis, const QString& title, const Theme& theme, const QFont& font) {
  axis->setTitleText(title);
  axis->setTitleFont(font);
  axis->setTitleBrush(theme.text);
  axis->setLabelsFont(font);
  axis->setLabelsColor(theme.axis);
  axis->setLinePenColor(theme.axis);
  axis->setGridLinePen(QPen(theme.grid, 1));
  axis->setMinorGridLineVisible(false);
}

std::unique_ptr<QChart> emptyChart(const Theme& theme, const QFont& font, bool compact) {
  auto chart = std::make_unique<QChart>();
  chart->setAnimationOptions(QChart::NoAnimation);
  chart->setBackgroundBrush(theme.background);
  chart->setBackgroundRoundness(0);
  chart->setBackgroundPen(Qt::NoPen);
  chart->setMargins(compact ? QMargins(2, 0, 4, 0) : QMargins(4, 2, 10, 2));
  chart->layout()->setContentsMargins(0, 0, 0, 0);
  chart->legend()->setFont(font);
  chart->legend()->setAlignment(compact ? Qt::AlignRight : Qt::AlignTop);
  chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
  chart->setTitleBrush(theme.text);
  chart->setTitleFont(font);
  return chart;
}

QValueAxis* plainAxis(double low, double high, int ticks, const QString& title, const Theme& theme, const QFont& font) {
  auto* axis = new QValueAxis;
  const double step = niceStep(high - low, ticks);
  axis->setRange(low, high);
  axis->setTickType(QValueAxis::TicksDynamic);
  axis->setTickAnchor(0);
  axis->setTickInterval(step);
  axis->setLabelFormat(QStringLiteral("%.%1f").arg(decimalsOf(step)));
  dressAxis(axis, title, theme, font);
  return axis;
}

QLogValueAxis* decadeAxis(double low, double high, const QString& title, const Theme& theme, const QFont& font) {
  auto* axis = new QLogValueAxis;
  axis->setBase(10);
  axis->setLabelFormat(QStringLiteral("%g"));
  axis->setRange(std::pow(10, std::floor(std::log10(low) + 1e-9)), std::pow(10, std::ceil(std::log10(high) - 1e-9)));
  axis->setMinorTickCount(8);
  dressAxis(axis, title, theme, font);
  return axis;
}

QPen curvePen(int k, const Theme& theme) {
  static const QVector<qreal> dashes[] = {{}, {6, 3}, {2, 2}, {8, 3, 2, 3}, {4, 4}};
  QPen pen(classColor(k, theme), 1.8);
  if (const auto& d = dashes[k % 5]; !d.isEmpty()) pen.setDashPattern(d);
  return pen;
}

QScatterSeries::MarkerShape curveMarker(int k) {
  static constexpr QScatterSeries::MarkerShape shapes[] = {QScatterSeries::MarkerShapeCircle,   QScatterSeries::MarkerShapeRectangle,
                                                           QScatterSeries::MarkerShapeTriangle, QScatterSeries::MarkerShapeRotatedRectangle,
                                                           QScatterSeries::MarkerShapeStar,     QScatterSeries::MarkerShapePentagon};
  return shapes[k % 6];
}

void addCurve(QChart& chart, QXYSeries* series, const QString& name, const Theme& theme) {
  chart.addSeries(series);
  for (auto* axis : chart.axes()) series->attachAxis(axis);
  series->setName(name);
  for (auto* marker : chart.legend()->markers(series)) {
    marker->setVisible(!name.isEmpty());
    marker->setLabelBrush(theme.text);
  }
}

void drawCursor(QPainter& p, QChart& chart, double t, const Theme& theme) {
  const QRectF r = chart.plotArea();
  const double x = chart.mapToPosition(QPointF(t, 1)).x();
  if (!(x >= r.left() - 1 && x <= r.right() + 1)) return;
  p.setPen(QPen(theme.text, 1.4));
  p.drawLine(QPointF(x, r.top()), QPointF(x, r.bottom()));
}

}  // namespace inflaton::ui
