#include "ui/views/density_layer.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {
namespace {

const double kDepth = -std::log(DensityLayer::kFloor);  // e-foldings from the peak to where it fades out

/// v in 0..1 from the floor to the peak.
QColor shade(double v, const Theme& theme) {
  QColor c(onTheme(v, theme));
  c.setAlphaF(static_cast<float>(0.85 * std::clamp(4 * v, 0.0, 1.0)));
  return c;
}

QImage paintMap(const DensityMap& map, const Theme& theme) {
  QRgb table[256];
  for (int k = 0; k < 256; ++k) table[k] = qPremultiply(shade(k / 255.0, theme).rgba());
  QImage image(map.nodes, map.nodes, QImage::Format_ARGB32_Premultiplied);
  for (int row = 0; row < map.nodes; ++row) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
    for (int column = 0; column < map.nodes; ++column) {
      const double v = 1 - (map.peak - map.logDensity[static_cast<std::size_t>(row * map.nodes + column)]) / kDepth;
      line[column] = v > 0 ? table[static_cast<int>(std::min(v, 1.0) * 255)] : 0;
    }
  }
  return image;
}

bool stale(const ViewState& state) { return state.densityMap() && state.densityMap()->t != state.time(); }

}  // namespace

void DensityLayer::draw(QPainter& p, const PlotFrame& frame, const ViewState& state, Space space, int axisX, const Theme& theme) {
  const auto map = state.densityMap();
  if (!map || !std::isfinite(map->peak)) return;
  if (map != shown_ || !(theme == theme_)) {
    image_ = paintMap(*map, theme);
    shown_ = map;
    theme_ = theme;
  }
  const QTransform swap = axisX == 1 ? QTransform(0, 1, 1, 0, 0, 0) : QTransform();
  const QTransform plane(frame.scale, 0, 0, -frame.scale, frame.plot.left() - frame.visible.left() * frame.scale,
                         frame.plot.bottom() + frame.visible.top() * frame.scale);
  QTransform to = QTransform::fromTranslate(-0.5, -0.5) * map->toSpace(space) * swap * plane;  // a node is the middle of its pixel
  // A flattened direction still shows as a line.
  const double middle = map->nodes / 2.0, across = map->nodes * std::hypot(to.m11(), to.m12()),
               along = map->nodes * std::hypot(to.m21(), to.m22());
  const double wider = std::max(1.0, 1.6 / std::max(across, 1e-12)), taller = std::max(1.0, 1.6 / std::max(along, 1e-12));
  to = QTransform::fromTranslate(-middle, -middle) * QTransform::fromScale(wider, taller) * QTransform::fromTranslate(middle, middle) * to;
  p.save();
  p.setRenderHint(QPainter::SmoothPixmapTransform);
  p.setOpacity(stale(state) ? 0.4 : 1);
  p.setTransform(to, true);
  p.drawImage(QPointF(0, 0), image_);
  p.restore();
}

void DensityLayer::drawBar(QPainter& p, const PlotFrame& frame, const ViewState& state, Space space, const Theme& theme) const {
  const auto map = state.densityMap();
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  QString text = state.densityNote();
  if (map) {
    const QString what = QObject::tr("log density at t %1").arg(plotNumber(map->t, 2));
    text = text.isEmpty() ? what : stale(state) ? what + QStringLiteral("; ") + text : text + QStringLiteral("…");
  }
  if (text.isEmpty()) return;
  p.save();
  const bool bar = map && std::isfinite(map->peak);
  const double room = frame.plot.width() - 20, width = std::clamp(frame.plot.width() * 0.5, 60.0, 160.0), below = bar ? 13 + line : 0;
  const QRectF wanted = fm.boundingRect(QRectF(0, 0, room, 6 * line), Qt::AlignLeft | Qt::TextWordWrap, text);
  const QRectF box(frame.plot.left() + 4, frame.plot.bottom() - wanted.height() - below - 4,
                   std::min(room, std::max(wanted.width(), bar ? width + 10 : 0)) + 10, wanted.height() + below);
  QColor patch = theme.background;
  patch.setAlphaF(0.85f);
  p.fillRect(box, patch);
  p.setPen(theme.text);
  p.drawText(box.adjusted(5, 0, 0, -below), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, text);
  if (bar) {
    const double high = map->peak + map->logFactor(space), low = high - kDepth;
    const QRectF strip(box.left() + 10, box.bottom() - below + 2, width - 10, 8);
    QLinearGradient g(strip.topLeft(), strip.topRight());
    for (int k = 0; k <= 16; ++k) g.setColorAt(k / 16.0, shade(k / 16.0, theme));
    p.setOpacity(stale(state) ? 0.4 : 1);
    p.fillRect(strip, g);
    p.setOpacity(1);
    p.setPen(QPen(theme.axis, 1));
    const double step = niceStep(kDepth, width < 80 ? 2 : 4);
    for (double v = std::ceil(low / step) * step; v <= high; v += step) {
      const double x = strip.left() + (v - low) / kDepth * strip.width();
      p.drawLine(QPointF(x, strip.bottom()), QPointF(x, strip.bottom() + 3));
      p.drawText(QRectF(x - 30, strip.bottom() + 2, 60, line), Qt::AlignHCenter | Qt::AlignTop, plotNumber(v, decimalsOf(step)));
    }
  }
  p.restore();
}

}  // namespace inflaton::ui
