#include "ui/stages/thumbnail.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

QImage thumbnail(const PointSet& points, const QSize& size, double pixelRatio, const Theme& theme) {
  QImage image(size * pixelRatio, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(pixelRatio);
  image.fill(Qt::transparent);
  if (points.n < 1 || points.dim < 2) return image;

  std::vector<QPointF> flat(static_cast<std::size_t>(points.n));
  double spread = 1e-9;
  for (std::int64_t i = 0; i < points.n; ++i) {
    const auto row = points.row(i);
    QPointF p(row[0], row[1]);
    if (points.dim > 2) p = {row[0] + 0.12 * row[1], row[2] + 0.08 * row[1]};
    flat[static_cast<std::size_t>(i)] = p;
    spread = std::max({spread, std::abs(p.x()), std::abs(p.y())});
  }
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  const double unit = 0.46 * std::min(size.width(), size.height()) / spread;
  const QPointF centre(0.5 * size.width(), 0.5 * size.height());
  // As the views do: few classes by hue, many (bins along a curve) by the colour map.
  const auto last = points.labels.empty() ? 0 : *std::max_element(points.labels.begin(), points.labels.end());
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const int label = points.labels.empty() ? 0 : points.labels[i];
    QColor color = last < 5 ? classColor(label, theme) : QColor(mapColor(ColorMap::viridis, static_cast<double>(label) / last));
    color.setAlphaF(0.75f);
    painter.setBrush(color);
    painter.drawEllipse(centre + QPointF(flat[i].x() * unit, -flat[i].y() * unit), 1.1, 1.1);
  }
  return image;
}

}  // namespace inflaton::ui
