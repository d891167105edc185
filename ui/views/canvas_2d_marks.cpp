// What is drawn around the points: the latent Gaussian, the deformed grid, the brush.
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/views/canvas_2d.h"

namespace inflaton::ui {

/// One and two standard deviations of the Gaussian that inflation ends in and generation starts from.
void Canvas2D::drawLatent(QPainter& p, const PlotFrame& frame, const Theme& theme) const {
  const auto& sim = *state_->simulation();
  const auto variance = [&](int j) {
    const auto k = static_cast<std::size_t>(j);
    return k < sim.latentVariance.size()
               ? sim.latentVariance[k]
               : sim.schedule.scaledVariance(j, sim.schedule.tMax(), sim.basis.eigenvalues[k], sim.basis.eigenvalues.front());
  };
  const double sx = std::sqrt(variance(axisX_)), sy = std::sqrt(variance(axisY_));
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  p.setBrush(Qt::NoBrush);
  const QFontMetricsF fm(p.font());
  for (int k = 1; k <= 2; ++k) {
    QPen pen(theme.axis, 1.2);
    pen.setDashPattern(k == 1 ? QVector<qreal>{5, 3} : QVector<qreal>{2, 3});
    p.setPen(pen);
    const QPointF c = frame.map(0, 0);
    p.drawEllipse(c, k * sx * frame.scale, k * sy * frame.scale);
  }
  for (int k = 1; k <= 2; ++k) {
    // At the right end, where a flattened ellipse keeps its labels apart; on a patch of background, readable over points.
    const QString label = tr("%1 sd").arg(k);
    QRectF box(frame.map(0, 0).x() + k * sx * frame.scale + 4, frame.map(0, 0).y() - fm.height() / 2, fm.horizontalAdvance(label) + 4,
               fm.height());
    if (box.right() > frame.plot.right() && box.left() < frame.plot.right()) box.moveRight(frame.plot.right() - 1);
    QColor patch = theme.background;
    patch.setAlphaF(0.8f);
    p.fillRect(box, patch);
    p.setPen(theme.axis);
    p.drawText(box, Qt::AlignCenter, label);
  }
  p.restore();
}

void Canvas2D::drawGridFlow(QPainter& p, const PlotFrame& frame, const Theme& theme) const {
  const auto& x = state_->gridPositions(space());
  const int rows = state_->gridRows(), columns = state_->gridColumns();
  const auto D = static_cast<std::size_t>(state_->trajectory()->dim);
  if (x.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * D) return;
  const auto at = [&](int r, int c) {
    const auto i = (static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)) * D;
    return frame.map(x[i + static_cast<std::size_t>(axisX_)], x[i + static_cast<std::size_t>(axisY_)]);
  };
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  QColor c = theme.accent;
  c.setAlphaF(0.55f);
  p.setPen(QPen(c, 1));
  QPolygonF line;
  for (int r = 0; r < rows; ++r) {
    line.clear();
    for (int k = 0; k < columns; ++k) line << at(r, k);
    p.drawPolyline(line);
  }
  for (int k = 0; k < columns; ++k) {
    line.clear();
    for (int r = 0; r < rows; ++r) line << at(r, k);
    p.drawPolyline(line);
  }
  p.restore();
}

void Canvas2D::drawRings(QPainter& p, const PlotFrame& frame, const Theme& theme) const {
  const auto* lane = rings_->trajectory();
  if (!lane || lane->dim <= std::max(axisX_, axisY_)) return;
  const auto& x = rings_->positions(space());
  const auto D = static_cast<std::size_t>(lane->dim), n = static_cast<std::size_t>(lane->n);
  const bool soloed = state_->solo() && state_->selectedCount() > 0 && static_cast<std::size_t>(state_->selection().size()) == n;
  const std::size_t stride = std::max<std::size_t>(1, n / 3000);  // more rings than that are a carpet
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(theme.text, 0.9));
  const double r = state_->pointSize() / 2 + 1.4;
  for (std::size_t i = 0; i < n; i += stride) {
    if (soloed && !state_->selection()[static_cast<qsizetype>(i)]) continue;
    p.drawEllipse(frame.map(x[i * D + static_cast<std::size_t>(axisX_)], x[i * D + static_cast<std::size_t>(axisY_)]), r, r);
  }
  p.restore();
}

void Canvas2D::drawBrush(QPainter& p, const Theme& theme) const {
  if (!selecting_ || area_.size() < 2) return;
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  QColor fill = theme.accent;
  fill.setAlphaF(0.15f);
  p.setBrush(fill);
  QPen pen(theme.accent, 1.2);
  pen.setDashPattern({4, 3});
  p.setPen(pen);
  p.drawPolygon(area_);
  p.restore();
}

}  // namespace inflaton::ui
