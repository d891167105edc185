#include "ui/time/transport_icons.h"

#include <QPainter>
#include <QPainterPath>

namespace inflaton::ui {
namespace {

QPainterPath triangle(double from, double to) {
  QPainterPath p;
  p.addPolygon(QPolygonF{{from, 3}, {to, 8}, {from, 13}, {from, 3}});
  return p;
}
QPainterPath bar(double x, double w = 2) {
  QPainterPath p;
  p.addRect(x, 3, w, 10);
  return p;
}

QPainterPath shape(TransportSymbol s) {
  switch (s) {
    case TransportSymbol::start:
      return bar(3) + triangle(13, 6);
    case TransportSymbol::stepBack:
      return bar(11.5) + triangle(10, 3);
    case TransportSymbol::reverse:
      return triangle(12, 3);
    case TransportSymbol::play:
      return triangle(4, 13);
    case TransportSymbol::pause:
      return bar(4, 3) + bar(9, 3);
    case TransportSymbol::stepForward:
      return bar(2.5) + triangle(6, 13);
    case TransportSymbol::end:
      return bar(11) + triangle(3, 10);
    case TransportSymbol::loop:
      break;
  }
  // Two bent arrows that chase each other.
  QPainterPath line, p;
  line.moveTo(3, 8), line.lineTo(3, 5.5), line.lineTo(11, 5.5);
  line.moveTo(13, 8), line.lineTo(13, 10.5), line.lineTo(5, 10.5);
  QPainterPathStroker stroke;
  stroke.setWidth(1.7);
  p = stroke.createStroke(line);
  p.addPolygon(QPolygonF{{10.5, 2.5}, {14, 5.5}, {10.5, 8.5}, {10.5, 2.5}});
  p.addPolygon(QPolygonF{{5.5, 7.5}, {2, 10.5}, {5.5, 13.5}, {5.5, 7.5}});
  p.setFillRule(Qt::WindingFill);
  return p;
}

}  // namespace

QIcon transportIcon(TransportSymbol s, const QPalette& palette) {
  QIcon icon;
  for (const int scale : {1, 2, 3})
    for (const auto mode : {QIcon::Normal, QIcon::Disabled}) {
      QPixmap image(16 * scale, 16 * scale);
      image.fill(Qt::transparent);
      QPainter p(&image);
      p.setRenderHint(QPainter::Antialiasing);
      p.scale(scale, scale);
      p.fillPath(shape(s), palette.color(mode == QIcon::Normal ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText));
      p.end();
      image.setDevicePixelRatio(scale);
      icon.addPixmap(image, mode);
    }
  return icon;
}

}  // namespace inflaton::ui
