#include "ui/views/box_axes.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {

struct Edge {
  QVector3D a, b;
  double merit = -1e9;
};

/// Ticks and name of one axis along `best`, outwards from the box and square to the edge.
void labelEdge(QPainter& p, const QSizeF& size, const Edge& best, int axis, float low, float high, const BoxAxis& values,
               const Projection& to, const QPointF& centre, const Theme& theme) {
  const QFontMetricsF fm(p.font());
  const QPointF pa = to.at(best.a), pb = to.at(best.b), mid = (pa + pb) / 2, along = pb - pa;
  const double length = std::hypot(along.x(), along.y());
  if (length < 30) return;
  QPointF out(-along.y() / length, along.x() / length);
  const QPointF away = mid - centre;
  if (out.x() * away.x() + out.y() * away.y() < 0) out = -out;
  const double step = niceStep(values.to - values.from, std::max(2, static_cast<int>(length / 38)));
  p.save();
  p.setPen(theme.axis);
  for (auto k = static_cast<long long>(std::ceil(values.from / step - 1e-6)); static_cast<double>(k) * step <= values.to + 1e-9; ++k) {
    const double value = static_cast<double>(k) * step;
    QVector3D q = best.a;
    q[axis] = static_cast<float>(low + (value - values.from) / (values.to - values.from) * (high - low));
    const QPointF c = to.at(q);
    p.drawLine(c, c + out * 4);
    const QString text = plotNumber(value, decimalsOf(step));
    const QSizeF box(fm.horizontalAdvance(text), fm.height());
    const QPointF m = c + out * (7 + (std::abs(out.x()) * box.width() + std::abs(out.y()) * box.height()) / 2);
    p.drawText(QRectF(m.x() - 40, m.y() - 10, 80, 20), Qt::AlignCenter, text);
  }
  p.setPen(theme.text);
  const QSizeF box(fm.horizontalAdvance(values.name), fm.height());
  const double tick = fm.horizontalAdvance(QStringLiteral("\u22120.0")) * std::abs(out.x()) + fm.height() * std::abs(out.y());
  QPointF m = mid + out * (12 + tick + (std::abs(out.x()) * box.width() + std::abs(out.y()) * box.height()) / 2);
  m.setX(std::clamp(m.x(), box.width() / 2 + 4, std::max(box.width() / 2 + 4, size.width() - box.width() / 2 - 4)));
  m.setY(std::clamp(m.y(), box.height() / 2 + 2, std::max(box.height() / 2 + 2, size.height() - box.height() / 2 - 2)));
  p.drawText(QRectF(m.x() - 80, m.y() - 10, 160, 20), Qt::AlignCenter, values.name);
  p.restore();
}

}  // namespace

void drawBoxAxes(QPainter& p, const QSizeF& size, const QVector3D& low, const QVector3D& high, const std::array<BoxAxis, 3>& axes,
                 const OrbitCamera& camera, const Theme& theme) {
  const Projection to(camera, size);
  const QVector3D corner[2] = {low, high};
  const auto at = [&](int x, int y, int z) { return QVector3D(corner[x].x(), corner[y].y(), corner[z].z()); };
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(QPen(mix(theme.background, theme.axis, 0.35), 1));
  const QPointF centre = to.at((low + high) / 2);
  for (int axis = 0; axis < 3; ++axis) {
    if (low[axis] == high[axis]) continue;
    Edge best;
    for (int u = 0; u < 2; ++u)
      for (int v = 0; v < 2; ++v) {
        int lo[3] = {u, v, 0};
        if (axis == 0)
          lo[0] = 0, lo[1] = u, lo[2] = v;
        else if (axis == 1)
          lo[0] = u, lo[1] = 0, lo[2] = v;
        int hi[3] = {lo[0], lo[1], lo[2]};
        hi[axis] = 1;
        const auto a = at(lo[0], lo[1], lo[2]), b = at(hi[0], hi[1], hi[2]);
        const QPointF pa = to.at(a), pb = to.at(b), mid = (pa + pb) / 2;
        p.drawLine(pa, pb);
        // Labels go along the lowest edges of the floor and the leftmost upright one.
        const double merit = axis == 2 ? -mid.x() : mid.y() - 0.01 * mid.x() - (v == 1 && axis < 2 ? 1e-3 : 0);
        if (merit > best.merit) best = {a, b, merit};
      }
    labelEdge(p, size, best, axis, low[axis], high[axis], axes[static_cast<std::size_t>(axis)], to, centre, theme);
  }
}

}  // namespace inflaton::ui
