#include "ui/hmc/calibration/sbc_plots.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/views/chart_parts.h"
#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("SbcPlots", s); }

/// "weights[1]" and "w1" as the plots write them.
QString nameOf(const SbcScalar& s, std::size_t k) {
  const QString name = QString::fromStdString(s.name);
  if (name.isEmpty() || name == QStringLiteral("w%1").arg(k) || name == QStringLiteral("weights[%1]").arg(k))
    return weightName(static_cast<int>(k));
  return name;
}

QPolygonF curveOf(const PlotBox& box, const std::vector<double>& x, const std::vector<double>& y) {
  QPolygonF points;
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i)
    if (std::isfinite(y[i])) points << box.map(x[i], y[i]);
  return points;
}

void drawBand(QPainter& p, const PlotBox& box, const std::vector<double>& x, const std::vector<double>& low,
              const std::vector<double>& high, const Theme& theme) {
  QPolygonF band = curveOf(box, x, low), back = curveOf(box, x, high);
  std::reverse(back.begin(), back.end());
  band += back;
  p.setPen(QPen(mix(theme.background, theme.text, 0.35), 1));
  p.setBrush(mix(theme.background, theme.text, 0.12));
  p.drawPolygon(band);
}

/// Inside the band: a disc; outside: a triangle. Never colour alone.
void drawState(QPainter& p, const QPointF& at, bool good, const Theme& theme) {
  p.setPen(Qt::NoPen);
  p.setBrush(classColor(good ? 2 : 1, theme));
  good ? p.drawEllipse(at, 4.5, 4.5) : drawTriangle(p, at, 5.5);
}

void paintEcdf(QPainter& p, const QRectF& area, const PaintOptions& o, const SbcResult& r) {
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  double y = area.top(), x = area.left() + 8;
  for (std::size_t k = 0; k < r.scalars.size(); ++k) {
    const SbcScalar& s = r.scalars[k];
    const QString text = tr("%1: p = %2, %3").arg(nameOf(s, k), plotNumber(s.pValue, -2), s.inside ? tr("inside") : tr("outside"));
    const double needs = 25 + fm.horizontalAdvance(text) + 32;
    if (x > area.left() + 8 && x + needs > area.right()) x = area.left() + 8, y += line + 2;
    x += drawKey(p, {x, y}, curvePen(static_cast<int>(k), theme), text, theme);
    drawState(p, {x - 4, y + line / 2}, s.inside, theme);
    x += 18;
  }
  double reach = 1e-3;
  for (const auto* v : {&r.lower, &r.upper})
    for (const double d : *v) reach = std::max(reach, std::abs(d));
  for (const auto& s : r.scalars)
    for (const double d : s.ecdfDifference)
      if (std::isfinite(d)) reach = std::max(reach, std::abs(d));
  const PlotBox box(QRectF(area.left(), y + line + 4, area.width(), area.bottom() - y - line - 4), 0, 1, -1.12 * reach, 1.12 * reach,
                    {{}, {}, tr("rank / greatest rank"), tr("ECDF \u2212 uniform")}, fm);
  p.save();
  box.clip(p);
  drawBand(p, box, r.at, r.lower, r.upper, theme);
  p.restore();
  box.drawGround(p, theme);
  p.save();
  box.clip(p);
  p.setPen(QPen(theme.axis, 1));
  p.drawLine(box.map(0, 0), box.map(1, 0));
  p.setBrush(Qt::NoBrush);
  for (std::size_t k = 0; k < r.scalars.size(); ++k) {
    p.setPen(curvePen(static_cast<int>(k), theme));
    p.drawPolyline(curveOf(box, r.at, r.scalars[k].ecdfDifference));
  }
  p.restore();
  box.drawAxes(p, theme);
}

void paintCoverage(QPainter& p, const QRectF& area, const PaintOptions& o, const SbcResult& r) {
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  double y = area.top(), x = area.left() + 8;
  const auto key = [&](const QPen& pen, const QString& text) {
    if (x > area.left() + 8 && x + 40 + fm.horizontalAdvance(text) > area.right()) x = area.left() + 8, y += line + 2;
    x += drawKey(p, {x, y}, pen, text, theme);
  };
  for (std::size_t k = 0; k < r.scalars.size(); ++k) key(curvePen(static_cast<int>(k), theme), nameOf(r.scalars[k], k));
  const QPen region(theme.text, 2.2);
  if (!r.regionCoverage.empty()) key(region, tr("joint region"));
  const PlotBox box(QRectF(area.left(), y + line + 4, area.width(), area.bottom() - y - line - 4), 0, 1, 0, 1,
                    {{}, {}, tr("nominal level"), tr("share of replicates")}, fm);
  p.save();
  box.clip(p);
  drawBand(p, box, r.levels, r.coverageLower, r.coverageUpper, theme);
  p.restore();
  box.drawGround(p, theme);
  p.save();
  box.clip(p);
  p.setPen(QPen(theme.axis, 1));
  p.drawLine(box.map(0, 0), box.map(1, 1));
  p.setBrush(Qt::NoBrush);
  p.setPen(region);
  p.drawPolyline(curveOf(box, r.levels, r.regionCoverage));
  for (std::size_t k = 0; k < r.scalars.size(); ++k) {
    p.setPen(curvePen(static_cast<int>(k), theme));
    p.drawPolyline(curveOf(box, r.levels, r.scalars[k].coverage));
  }
  p.restore();
  box.drawAxes(p, theme);
}

}  // namespace

PlotContent sbcEcdfPlot(std::shared_ptr<const SbcResult> r, const QString& command) {
  PlotContent content;
  if (!r || r->scalars.empty() || r->at.empty()) return content;
  content.command = command;
  content.summary = QString::fromStdString(r->verdict);
  content.csv = [r] {
    QString out = QStringLiteral("at,lower,upper");
    for (const auto& s : r->scalars) out += ',' + QString::fromStdString(s.name);
    out += '\n';
    for (std::size_t i = 0; i < r->at.size(); ++i) {
      out += QStringLiteral("%1,%2,%3").arg(r->at[i], 0, 'g', 8).arg(r->lower.at(i), 0, 'g', 8).arg(r->upper.at(i), 0, 'g', 8);
      for (const auto& s : r->scalars) out += ',' + QString::number(i < s.ecdfDifference.size() ? s.ecdfDifference[i] : NAN, 'g', 8);
      out += '\n';
    }
    return out;
  };
  content.paint = [r](QPainter& p, const QRectF& area, const PaintOptions& o) { paintEcdf(p, area, o, *r); };
  return content;
}

PlotContent sbcCoveragePlot(std::shared_ptr<const SbcResult> r, const QString& command) {
  PlotContent content;
  if (!r || r->scalars.empty() || r->levels.empty()) return content;
  content.command = command;
  content.summary = tr("Share of replicates whose truth lies in the credible interval of each level");
  content.csv = [r] {
    QString out = QStringLiteral("level,lower,upper");
    for (const auto& s : r->scalars) out += ',' + QString::fromStdString(s.name);
    out += QStringLiteral(",region\n");
    const auto at = [](const std::vector<double>& v, std::size_t i) { return QString::number(i < v.size() ? v[i] : NAN, 'g', 8); };
    for (std::size_t i = 0; i < r->levels.size(); ++i) {
      out += at(r->levels, i) + ',' + at(r->coverageLower, i) + ',' + at(r->coverageUpper, i);
      for (const auto& s : r->scalars) out += ',' + at(s.coverage, i);
      out += ',' + at(r->regionCoverage, i) + '\n';
    }
    return out;
  };
  content.paint = [r](QPainter& p, const QRectF& area, const PaintOptions& o) { paintCoverage(p, area, o, *r); };
  return content;
}

}  // namespace inflaton::ui
