// Weights against each other, and on the triangle that they live on; divergences marked by shape.
#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/hmc/chains/chain_plots.h"
#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("PairPlot", s); }

QPen marginalPen(const Theme& theme) {
  QPen pen(classColor(1, theme), 1.6);
  pen.setDashPattern({5, 2.5});
  return pen;
}

void drawTruth(QPainter& p, const QPointF& at, const Theme& theme) {
  p.setPen(QPen(theme.background, 1));
  p.setBrush(theme.text);
  drawStar(p, at, 7);
}

void drawDivergent(QPainter& p, const QPointF& at, const Theme& theme) {
  p.setPen(QPen(theme.text, 1));
  p.setBrush(classColor(1, theme));
  drawDiamond(p, at, 4.5);
}

void drawDraws(QPainter& p, const ChainSummary& s, const PaintOptions& o, double size,
               const std::function<QPointF(const ChainSummary::Point&)>& map) {
  for (int c = 0; c < s.chains; ++c) {
    QColor color = chainPen(c, o.theme).color();
    color.setAlphaF(0.5f);
    if (o.vector) {
      p.setPen(Qt::NoPen);
      p.setBrush(color);
      for (const auto& point : s.points)
        if (point.chain == c && !point.divergent) p.drawEllipse(map(point), size / 2, size / 2);
    } else {
      QPolygonF points;
      for (const auto& point : s.points)
        if (point.chain == c && !point.divergent) points << map(point);
      QPen pen(color, size);
      pen.setCapStyle(Qt::RoundCap);
      p.setPen(pen);
      p.drawPoints(points);
    }
  }
  for (const auto& point : s.points)
    if (point.divergent) drawDivergent(p, map(point), o.theme);
}

/// Where a bivariate normal with these moments holds 95 %.
void drawEllipse(QPainter& p, const PlotBox& box, double mx, double my, double xx, double xy, double yy, const Theme& theme) {
  const double l = std::sqrt(std::max(0.0, xx)), m = l > 0 ? xy / l : 0, n = std::sqrt(std::max(0.0, yy - m * m)), reach = std::sqrt(5.991);
  QPolygonF ring;
  for (int k = 0; k <= 96; ++k) {
    const double a = 2 * M_PI * k / 96, u = reach * std::cos(a), v = reach * std::sin(a);
    ring << box.map(mx + l * u, my + m * u + n * v);
  }
  p.setPen(marginalPen(theme));
  p.setBrush(Qt::NoBrush);
  p.drawPolyline(ring);
}

void paintPair(QPainter& p, const QRectF& cell, const PaintOptions& o, const ChainPicture& picture, int i, int j, bool bottom, bool left) {
  const ChainSummary& s = *picture.summary;
  const QFontMetricsF fm(p.font());
  double range[2][2] = {{INFINITY, -INFINITY}, {INFINITY, -INFINITY}};
  const int of[2] = {i, j};
  for (const auto& point : s.points)
    for (int a = 0; a < 2; ++a)
      range[a][0] = std::min<double>(range[a][0], point.w[of[a]]), range[a][1] = std::max<double>(range[a][1], point.w[of[a]]);
  for (int a = 0; a < 2; ++a) {
    if (!picture.truth.empty())
      range[a][0] = std::min(range[a][0], picture.truth[static_cast<std::size_t>(of[a])]),
      range[a][1] = std::max(range[a][1], picture.truth[static_cast<std::size_t>(of[a])]);
    const double room = std::max(1e-3, 0.06 * (range[a][1] - range[a][0]));
    range[a][0] -= room, range[a][1] += room;
  }
  const PlotBox box(cell, range[0][0], range[0][1], range[1][0], range[1][1],
                    {{}, {}, bottom ? weightName(i) : QString(), left ? weightName(j) : QString(), bottom, true}, fm);
  box.drawGround(p, o.theme);
  p.save();
  box.clip(p);
  drawDraws(p, s, o, 2.2, [&](const ChainSummary::Point& point) { return box.map(point.w[i], point.w[j]); });
  if (const auto& m = picture.marginal; m && m->mean.size() >= 3 && m->covariance.size() >= 9) {
    const auto at = [&](int a, int b) { return m->covariance[static_cast<std::size_t>(3 * a + b)]; };
    drawEllipse(p, box, m->mean[static_cast<std::size_t>(i)], m->mean[static_cast<std::size_t>(j)], at(i, i), at(i, j), at(j, j), o.theme);
  }
  if (!picture.truth.empty())
    drawTruth(p, box.map(picture.truth[static_cast<std::size_t>(i)], picture.truth[static_cast<std::size_t>(j)]), o.theme);
  p.restore();
  box.drawAxes(p, o.theme);
}

void paintSimplex(QPainter& p, const QRectF& cell, const PaintOptions& o, const ChainPicture& picture) {
  const QFontMetricsF fm(p.font());
  const double line = fm.height(), label = fm.horizontalAdvance(weightName(0)) + 6;
  const QRectF room = cell.adjusted(label + 6, line + 4, -label - 6, -line - 4);
  const double side = std::max(10.0, std::min(room.width(), room.height() / (std::sqrt(3.0) / 2)));
  const QPointF top(room.center().x(), room.center().y() - side * std::sqrt(3.0) / 4),
      left(top.x() - side / 2, top.y() + side * std::sqrt(3.0) / 2), right(top.x() + side / 2, left.y());
  const auto map = [&](double w0, double w1, double w2) { return w0 * top + w1 * left + w2 * right; };
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(o.theme.grid, 1));
  for (int k = 1; k < 4; ++k) {
    const double a = k / 4.0;
    p.drawLine(map(a, 1 - a, 0), map(a, 0, 1 - a));
    p.drawLine(map(1 - a, a, 0), map(0, a, 1 - a));
    p.drawLine(map(1 - a, 0, a), map(0, 1 - a, a));
  }
  p.setPen(QPen(o.theme.axis, 1.2));
  p.drawPolygon(QPolygonF{top, left, right});
  p.setPen(o.theme.text);
  p.drawText(QRectF(top.x() - 60, top.y() - line - 2, 120, line), Qt::AlignCenter, tr("%1 = 1").arg(weightName(0)));
  p.drawText(QRectF(left.x() - 70, left.y() + 2, 120, line), Qt::AlignCenter, tr("%1 = 1").arg(weightName(1)));
  p.drawText(QRectF(right.x() - 50, right.y() + 2, 120, line), Qt::AlignCenter, tr("%1 = 1").arg(weightName(2)));
  drawDraws(p, *picture.summary, o, 1.8, [&](const ChainSummary::Point& w) { return map(w.w[0], w.w[1], w.w[2]); });
  if (picture.truth.size() >= 3) drawTruth(p, map(picture.truth[0], picture.truth[1], picture.truth[2]), o.theme);
}

void paintPairs(QPainter& p, const QRectF& area, const PaintOptions& o, const ChainPicture& picture) {
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  double x = area.left() + 8;
  const auto key = [&](const QString& text, const std::function<void(const QPointF&)>& draw) {
    if (x + fm.horizontalAdvance(text) + 16 > area.right()) return;
    draw({x + 6, area.top() + line / 2});
    p.setPen(theme.text);
    p.drawText(QRectF(x + 16, area.top(), fm.horizontalAdvance(text) + 4, line), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += 16 + fm.horizontalAdvance(text) + 14;
  };
  if (!picture.truth.empty()) key(tr("truth"), [&](const QPointF& at) { drawTruth(p, at, theme); });
  key(tr("divergent: %1").arg(picture.summary->divergences), [&](const QPointF& at) { drawDivergent(p, at, theme); });
  if (picture.marginal && x + 230 < area.right()) drawKey(p, {x, area.top()}, marginalPen(theme), tr("marginal posterior, 95 %"), theme);
  const QRectF room = area.adjusted(0, line + 4, 0, 0);
  const double axis = 2 * line + 7, upper = (room.height() - axis) / 2, half = room.width() / 2;
  paintPair(p, QRectF(room.left(), room.top(), half, upper), o, picture, 0, 1, false, true);
  paintPair(p, QRectF(room.left(), room.top() + upper, half, upper + axis), o, picture, 0, 2, true, true);
  paintPair(p, QRectF(room.left() + half, room.top() + upper, half, upper + axis), o, picture, 1, 2, true, false);
  paintSimplex(p, QRectF(room.left() + half, room.top(), half, upper), o, picture);
}

}  // namespace

PlotContent pairPlot(ChainPicturePtr picture) {
  PlotContent content;
  if (!picture || picture->summary->components != 3 || picture->summary->points.size() < 2) return content;
  content.command = picture->command;
  content.summary = tr("Weights against each other; %1 divergent transitions").arg(picture->summary->divergences);
  content.csv = [picture] {
    QString out = QStringLiteral("chain,w0,w1,w2,diverging\n");
    for (const auto& point : picture->summary->points)
      out += QStringLiteral("%1,%2,%3,%4,%5\n")
                 .arg(point.chain)
                 .arg(point.w[0], 0, 'g', 8)
                 .arg(point.w[1], 0, 'g', 8)
                 .arg(point.w[2], 0, 'g', 8)
                 .arg(point.divergent ? 1 : 0);
    return out;
  };
  content.paint = [picture](QPainter& p, const QRectF& area, const PaintOptions& o) { paintPairs(p, area, o, *picture); };
  return content;
}

}  // namespace inflaton::ui
