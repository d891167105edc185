#include "ui/views/legend.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_frame.h"
#include "ui/views/splat.h"

namespace inflaton::ui {

namespace {

/// Round steps along the bar, of the logarithm where that is the scale; the ends are written beside it.
void drawTicks(QPainter& p, const QRectF& bar, const PointColors& colors, const Theme& theme) {
  if (bar.width() < 40) return;
  const auto place = [&](double v) { return colors.logarithmic ? std::log10(v) : v; };
  const double low = place(colors.low), high = place(colors.high);
  if (!(high > low) || !std::isfinite(low + high)) return;
  const double step = niceStep(high - low, 4);
  p.save();
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(QPen(theme.text, 1));
  for (double v = std::ceil(low / step) * step; v <= high + 1e-9 * step; v += step) {
    const double x = std::floor(bar.left() + (v - low) / (high - low) * bar.width()) + 0.5;
    p.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3));
  }
  p.restore();
}

}  // namespace

double drawLegend(QPainter& p, const QRectF& strip, const PointColors& colors, const Theme& theme) {
  if (colors.rgb.empty()) return 0;
  const QFontMetricsF fm(p.font());
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  double x = strip.right();
  const double y = strip.center().y();
  const auto title = [&](const QString& s, auto&& draw) {
    if (x - fm.horizontalAdvance(s) >= strip.left()) draw(s);
  };
  const auto text = [&](const QString& s) {
    const double w = fm.horizontalAdvance(s);
    x -= w;
    p.setPen(theme.text);
    p.drawText(QRectF(x, strip.top(), w + 2, strip.height()), Qt::AlignLeft | Qt::AlignVCenter, s);
  };
  if (colors.classes) {
    const int count = static_cast<int>(colors.labels.size());
    for (int k = count - 1; k >= 0; --k) {
      text(QString::number(colors.labels[static_cast<std::size_t>(k)]));
      x -= 11;
      p.save();
      p.translate(x + 4, y);
      p.scale(8, 8);
      p.fillPath(markerPath(classMarker(k)), classColor(k, theme));
      p.restore();
      x -= k > 0 ? 8 : 4;
    }
    title(colors.title + (count > 0 ? QStringLiteral(" ") : QString()), text);
  } else {
    const QString low = plotNumber(colors.low, -3), high = plotNumber(colors.high, -3);
    // In a narrow view the bar gives way before the view's title does.
    const double width = std::clamp(strip.width() - fm.horizontalAdvance(low + high) - 10, 16.0, 72.0);
    text(high);
    x -= 5 + width;
    const QRectF bar(x, y - 4, width, 8);
    QLinearGradient g(bar.topLeft(), bar.topRight());
    for (int k = 0; k <= 16; ++k) g.setColorAt(k / 16.0, QColor(onTheme(k / 16.0, theme)));
    p.fillRect(bar, g);
    drawTicks(p, bar, colors, theme);
    x -= 5;
    text(low);
    title(colors.title + (colors.logarithmic ? QStringLiteral(" (log)  ") : QStringLiteral("  ")), text);
  }
  p.restore();
  return strip.right() - x;
}

}  // namespace inflaton::ui
