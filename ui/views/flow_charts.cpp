#include "ui/views/flow_charts.h"

#include <QAreaSeries>
#include <QLegend>
#include <QLineSeries>
#include <QLogValueAxis>
#include <QScatterSeries>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

#include "ui/views/chart_parts.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("FlowCharts", s); }

QValueAxis* timeAxis(const FlowCurves& c, const Theme& theme, const QFont& font) {
  auto* x = new QValueAxis;
  const double end = c.t.empty() ? 1 : c.t.back(), step = niceStep(end, 8);
  x->setRange(c.t.empty() ? 0 : std::min(0.0, c.t.front()), end);
  x->setTickType(QValueAxis::TicksDynamic);
  x->setTickAnchor(0);
  x->setTickInterval(step);
  x->setLabelFormat(QStringLiteral("%.%1f").arg(decimalsOf(step)));
  dressAxis(x, tr("t"), theme, font);
  return x;
}

/// Stored frames can be many; a marker every twelve pixels or so reads better than a caterpillar.
QScatterSeries* markers(const std::vector<double>& t, const std::vector<double>& y, const QColor& color, int shape) {
  auto* s = new QScatterSeries;
  static constexpr QScatterSeries::MarkerShape shapes[] = {QScatterSeries::MarkerShapeCircle, QScatterSeries::MarkerShapeRectangle,
                                                           QScatterSeries::MarkerShapeTriangle,
                                                           QScatterSeries::MarkerShapeRotatedRectangle};
  s->setMarkerShape(shapes[shape % 4]);
  s->setMarkerSize(6.5);
  s->setColor(color);
  s->setBorderColor(Qt::transparent);
  QList<QPointF> points;
  const std::size_t every = std::max<std::size_t>(1, t.size() / 32);
  for (std::size_t k = 0; k < t.size(); ++k)
    if ((k % every == 0 || k + 1 == t.size()) && std::isfinite(y[k]) && y[k] > 0) points << QPointF(t[k], y[k]);
  s->replace(points);
  return s;
}

QLineSeries* line(const std::vector<double>& t, const std::vector<double>& y, const QColor& color, Qt::PenStyle style = Qt::SolidLine) {
  auto* s = new QLineSeries;
  s->setPen(QPen(color, 1.8, style));
  QList<QPointF> points;
  for (std::size_t k = 0; k < t.size(); ++k)
    if (std::isfinite(y[k]) && y[k] > 0) points << QPointF(t[k], y[k]);
  s->replace(points);
  return s;
}

void ratio(QChart& chart, const FlowCurves& c, const Theme& theme, const QFont& font, bool compact) {
  auto* x = timeAxis(c, theme, font);
  auto* y = new QValueAxis;
  dressAxis(y, tr("participation ratio"), theme, font);
  chart.addAxis(x, Qt::AlignBottom);
  chart.addAxis(y, Qt::AlignLeft);
  addCurve(chart, line(c.t, c.ratioTheory, theme.accent), tr("closed form"), theme);
  addCurve(chart, markers(c.t, c.ratioSample, theme.text, 0), tr("these points"), theme);
  double high = 1;
  for (const double v : c.ratioTheory) high = std::max(high, v);
  for (const double v : c.ratioSample) high = std::max(high, v);
  const double step = niceStep(std::ceil(high * 4) / 4 + 0.25, compact ? 3 : 5);
  y->setRange(0, std::ceil((high + 0.1) / step) * step);
  y->setTickType(QValueAxis::TicksDynamic);
  y->setTickInterval(step);
  y->setLabelFormat(QStringLiteral("%.%1f").arg(decimalsOf(step)));
}

void variances(QChart& chart, const FlowCurves& c, const Theme& theme, const QFont& font) {
  auto* x = timeAxis(c, theme, font);
  auto* y = new QLogValueAxis;
  y->setBase(10);
  y->setLabelFormat(QStringLiteral("%g"));
  dressAxis(y, tr("scaled variance"), theme, font);
  chart.addAxis(x, Qt::AlignBottom);
  chart.addAxis(y, Qt::AlignLeft);
  double low = 1, high = 1;
  const auto D = c.varianceTheory.size();
  for (std::size_t j = 0; j < D; ++j) {
    const QColor color = classColor(static_cast<int>(j), theme);
    const bool all = c.kept >= static_cast<int>(D);
    const QString name = tr("axis %1").arg(j + 1) + (all ? QString() : static_cast<int>(j) < c.kept ? tr(" (kept)") : tr(" (compressed)"));
    addCurve(chart, line(c.t, c.varianceTheory[j], color, j == 0 ? Qt::SolidLine : j == 1 ? Qt::DashLine : Qt::DotLine), {}, theme);
    addCurve(chart, markers(c.t, c.varianceSample[j], color, static_cast<int>(j)), name, theme);
    for (const auto* v : {&c.varianceTheory[j], &c.varianceSample[j]})
      for (const double w : *v)
        if (std::isfinite(w) && w > 0) low = std::min(low, w), high = std::max(high, w);
  }
  y->setRange(std::pow(10, std::floor(std::log10(low) - 0.02)), std::pow(10, std::ceil(std::log10(high) + 0.02)));
}

void errors(QChart& chart, const FlowCurves& c, const Simulation& sim, const Theme& theme, const QFont& font, bool compact) {
  if (c.errorCounts.empty()) {
    chart.setTitle(tr("This flow has no round trip"));
    return;
  }
  auto* x = new QLogValueAxis;
  x->setBase(10);
  x->setLabelFormat(QStringLiteral("%g"));
  // Whole decades, so that the axis has labels.
  x->setRange(std::pow(10, std::floor(std::log10(c.errorEdges.front()) + 1e-9)),
              std::pow(10, std::ceil(std::log10(c.errorEdges.back()) - 1e-9)));
  dressAxis(x, tr("round-trip error (data units)"), theme, font);
  auto* y = new QValueAxis;
  dressAxis(y, tr("points"), theme, font);
  chart.addAxis(x, Qt::AlignBottom);
  chart.addAxis(y, Qt::AlignLeft);
  auto* top = new QLineSeries(&chart);
  auto* bottom = new QLineSeries(&chart);
  QList<QPointF> steps;
  int most = 1;
  for (std::size_t b = 0; b < c.errorCounts.size(); ++b) {
    steps << QPointF(c.errorEdges[b], c.errorCounts[b]) << QPointF(c.errorEdges[b + 1], c.errorCounts[b]);
    most = std::max(most, c.errorCounts[b]);
  }
  top->replace(steps);
  bottom->replace({QPointF(c.errorEdges.front(), 0), QPointF(c.errorEdges.back(), 0)});
  auto* area = new QAreaSeries(top, bottom);
  QColor fill = theme.accent;
  fill.setAlphaF(0.35f);
  area->setBrush(fill);
  area->setPen(QPen(theme.accent, 1.4));
  chart.addSeries(area);
  area->attachAxis(x);
  area->attachAxis(y);
  QString title = tr("RMSE %1").arg(plotNumber(sim.roundTripRmse, -3));
  if (!sim.schedule.preserving())
    title += tr(" (kept axes %1, compressed %2)").arg(plotNumber(sim.roundTripRmseKept, -3), plotNumber(sim.roundTripRmseCompressed, -3));
  chart.setTitle(title);
  chart.legend()->hide();
  const double step = std::max(1.0, niceStep(most, compact ? 2 : 4));
  y->setRange(0, std::ceil(most / step) * step);
  y->setTickType(QValueAxis::TicksDynamic);
  y->setTickInterval(step);
  y->setLabelFormat(QStringLiteral("%.0f"));
}

}  // namespace

QString flowChartTitle(FlowChart c) {
  return c == FlowChart::ratio ? tr("Participation ratio") : c == FlowChart::variances ? tr("Variances") : tr("Round-trip error");
}

std::unique_ptr<QChart> makeFlowChart(FlowChart kind, const FlowCurves& c, const Simulation& sim, const Theme& theme, const QFont& font,
                                      bool compact) {
  auto chart = emptyChart(theme, font, compact);
  if (kind == FlowChart::ratio)
    ratio(*chart, c, theme, font, compact);
  else if (kind == FlowChart::variances)
    variances(*chart, c, theme, font);
  else
    errors(*chart, c, sim, theme, font, compact);
  if (compact)
    for (auto* a : chart->axes(Qt::Vertical)) a->setTitleVisible(false);
  return chart;
}

}  // namespace inflaton::ui
