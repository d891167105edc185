#include "ui/views/residual_plot.h"

#include <algorithm>
#include <cmath>

#include "ui/views/chart_parts.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("ResidualPlot", s); }

QLineSeries* curve(const std::vector<double>& t, const std::vector<double>& v, const QPen& pen) {
  auto* s = new QLineSeries;
  s->setPen(pen);
  QList<QPointF> points;
  for (std::size_t k = 0; k < t.size() && k < v.size(); ++k)
    if (std::isfinite(v[k])) points << QPointF(t[k] - t.front(), v[k]);
  s->replace(points);
  return s;
}

/// The lag at which it first falls below a half, between grid times; < 0: never.
double halfLag(const std::vector<double>& t, const std::vector<double>& v) {
  for (std::size_t k = 1; k < v.size(); ++k)
    if (v[k] < 0.5) return t[k - 1] - t.front() + (t[k] - t[k - 1]) * (v[k - 1] - 0.5) / std::max(1e-12, v[k - 1] - v[k]);
  return -1;
}

}  // namespace

std::vector<double> meanDiagonal(const std::vector<double>& c, int dim) {
  const auto D = static_cast<std::size_t>(std::max(1, dim));
  std::vector<double> mean(c.size() / (D * D), 0.0);
  for (std::size_t k = 0; k < mean.size(); ++k)
    for (std::size_t j = 0; j < D; ++j) mean[k] += c[k * D * D + j * D + j] / static_cast<double>(D);
  return mean;
}

ChartPane::Content residualChart(std::shared_ptr<const ResidualCorrelations> r, bool outputs, const QString& command) {
  const std::vector<double> ofOutputs = meanDiagonal(r->outputs, r->dim);
  ChartPane::Content content;
  content.command = command;
  const double half = halfLag(r->t, r->diagonalMean);
  content.summary = half < 0 ? tr("Residuals stay correlated by more than a half over all lags")
                             : tr("Residuals lose half their correlation within a lag of %1").arg(number(half, 2));
  content.csv = QStringLiteral("lag,t,residuals,outputs\n");
  for (std::size_t k = 0; k < r->t.size() && k < ofOutputs.size(); ++k)
    content.csv += QStringLiteral("%1,%2,%3,%4\n")
                       .arg(r->t[k] - r->t.front(), 0, 'g', 9)
                       .arg(r->t[k], 0, 'g', 9)
                       .arg(r->diagonalMean[k], 0, 'g', 9)
                       .arg(ofOutputs[k], 0, 'g', 9);
  content.make = [r, outputs, ofOutputs](const Theme& theme, const QFont& font, bool compact) {
    auto chart = emptyChart(theme, font, compact);
    double low = 0, high = 1;
    for (const auto* v : {&r->diagonalMean, &ofOutputs})
      for (const double c : *v)
        if ((v != &ofOutputs || outputs) && std::isfinite(c)) low = std::min(low, c), high = std::max(high, c);
    const double step = niceStep(high - low, compact ? 3 : 6);
    auto* x = plainAxis(0, std::max(1e-6, r->t.back() - r->t.front()), 8, tr("lag t"), theme, font);
    auto* y = plainAxis(std::floor(low / step - 1e-9) * step, std::ceil(high / step - 1e-9) * step, compact ? 3 : 6,
                        tr("mean correlation with t = 0"), theme, font);
    if (compact) y->setTitleVisible(false);
    chart->addAxis(x, Qt::AlignBottom);
    chart->addAxis(y, Qt::AlignLeft);
    addCurve(*chart, curve(r->t, r->diagonalMean, curvePen(0, theme)), tr("residuals"), theme);
    if (outputs) addCurve(*chart, curve(r->t, ofOutputs, curvePen(1, theme)), tr("outputs"), theme);
    return chart;
  };
  return content;
}

}  // namespace inflaton::ui
