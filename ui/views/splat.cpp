#include "ui/views/splat.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {
namespace {

inline void blend(QRgb& to, QRgb colour, unsigned alpha) {
  // Red and blue, then alpha and green, two channels at a time. 256 instead of 255 keeps full coverage exact.
  const unsigned a = alpha + (alpha >> 7);
  const unsigned rb = to & 0xff00ffu, ag = (to >> 8) & 0xff00ffu;
  const unsigned sr = colour & 0xff00ffu, sa = (colour >> 8) & 0xff00ffu;
  to = ((rb + (((sr - rb) * a) >> 8)) & 0xff00ffu) | (((ag + (((sa - ag) * a) >> 8)) & 0xff00ffu) << 8);
}

}  // namespace

QPainterPath markerPath(Marker m) {
  QPainterPath p;
  switch (m) {
    case Marker::disc:
      p.addEllipse(QPointF(0, 0), 0.5, 0.5);
      break;
    case Marker::square:
      p.addRect(-0.44, -0.44, 0.88, 0.88);
      break;
    case Marker::triangle:
      p.addPolygon(QPolygonF{{0, -0.58}, {0.54, 0.4}, {-0.54, 0.4}, {0, -0.58}});
      break;
    case Marker::diamond:
      p.addPolygon(QPolygonF{{0, -0.6}, {0.52, 0}, {0, 0.6}, {-0.52, 0}, {0, -0.6}});
      break;
    case Marker::cross:
      p.addPolygon(QPolygonF{{-0.17, -0.55},
                             {0.17, -0.55},
                             {0.17, -0.17},
                             {0.55, -0.17},
                             {0.55, 0.17},
                             {0.17, 0.17},
                             {0.17, 0.55},
                             {-0.17, 0.55},
                             {-0.17, 0.17},
                             {-0.55, 0.17},
                             {-0.55, -0.17},
                             {-0.17, -0.17},
                             {-0.17, -0.55}});
      break;
  }
  return p;
}

void Splatter::begin(QImage& image) {
  bits_ = reinterpret_cast<QRgb*>(image.bits());
  width_ = image.width();
  height_ = image.height();
  stride_ = static_cast<int>(image.bytesPerLine() / 4);
}

void Splatter::setSize(double diameter) {
  diameter = std::clamp(diameter, 1.0, 200.0);
  if (diameter == diameter_) return;
  diameter_ = diameter;
  reach_ = static_cast<int>(std::ceil(diameter * 0.62 + 0.5));
  for (auto& m : masks_) m.side = 0;
}

const Splatter::Mask& Splatter::mask(Marker marker, int px, int py) {
  auto& m = masks_[static_cast<std::size_t>((static_cast<int>(marker) * kPhases + py) * kPhases + px)];
  if (m.side) return m;
  m.side = 2 * reach_ + 1;
  QImage image(m.side, m.side, QImage::Format_Grayscale8);
  image.fill(Qt::black);
  QPainter p(&image);
  p.setRenderHint(QPainter::Antialiasing);
  p.translate(reach_ + (px + 0.5) / kPhases, reach_ + (py + 0.5) / kPhases);
  p.scale(diameter_, diameter_);
  p.fillPath(markerPath(marker), Qt::white);
  p.end();
  m.coverage.resize(static_cast<std::size_t>(m.side) * static_cast<std::size_t>(m.side));
  for (int y = 0; y < m.side; ++y) std::copy_n(image.constScanLine(y), m.side, m.coverage.data() + y * m.side);
  return m;
}

void Splatter::point(float x, float y, QRgb colour, Marker marker) {
  // Written so that NaN is refused too.
  if (!(x > -1000 && x < static_cast<float>(width_) + 1000 && y > -1000 && y < static_cast<float>(height_) + 1000)) return;
  const float fx = std::floor(x), fy = std::floor(y);
  const int cx = static_cast<int>(fx), cy = static_cast<int>(fy);
  colour |= 0xff000000u;
  if (diameter_ <= 2.01) {  // clouds of very many points: whole pixels
    const int side = diameter_ < 1.5 ? 1 : 2;
    if (cx < 0 || cy < 0 || cx + side > width_ || cy + side > height_) return;
    QRgb* to = bits_ + cy * stride_ + cx;
    to[0] = colour;
    if (side == 2) to[1] = to[stride_] = to[stride_ + 1] = colour;
    return;
  }
  const auto& m = mask(marker, static_cast<int>((x - fx) * kPhases), static_cast<int>((y - fy) * kPhases));
  const int left = std::max(0, cx - reach_), right = std::min(width_, cx + reach_ + 1);
  const int top = std::max(0, cy - reach_), bottom = std::min(height_, cy + reach_ + 1);
  for (int v = top; v < bottom; ++v) {
    const std::uint8_t* from = m.coverage.data() + (v - cy + reach_) * m.side + (left - cx + reach_);
    QRgb* to = bits_ + v * stride_ + left;
    for (int u = left; u < right; ++u, ++from, ++to) {
      if (*from == 255)
        *to = colour;
      else if (*from)
        blend(*to, colour, *from);
    }
  }
}

// Xiaolin Wu's idea without its end caps: each step covers two pixels across the line, weighted by distance.
void Splatter::line(float x0, float y0, float x1, float y1, QRgb colour, int alpha) {
  const bool steep = std::abs(y1 - y0) > std::abs(x1 - x0);
  if (steep) std::swap(x0, y0), std::swap(x1, y1);
  if (x0 > x1) std::swap(x0, x1), std::swap(y0, y1);
  const int along = steep ? height_ : width_, across = steep ? width_ : height_;
  if (!(x1 >= 0 && x0 < static_cast<float>(along) && std::abs(y0) < 1e5f && std::abs(y1) < 1e5f && x1 - x0 < 1e6f)) return;
  const float slope = x1 - x0 > 1e-6f ? (y1 - y0) / (x1 - x0) : 0;
  const int from = std::max(0, static_cast<int>(std::lround(x0))), to = std::min(along - 1, static_cast<int>(std::lround(x1)));
  float y = y0 + slope * (static_cast<float>(from) + 0.5f - x0) - 0.5f;
  colour |= 0xff000000u;
  const int stepAlong = steep ? stride_ : 1, stepAcross = steep ? 1 : stride_;
  // The last pixel belongs to the next segment, or joints would be twice as dark.
  for (int x = from; x < to || (x == to && from == to); ++x, y += slope) {
    const float f = std::floor(y);
    const int v = static_cast<int>(f);
    const auto second = static_cast<unsigned>(static_cast<float>(alpha) * (y - f));
    QRgb* p = bits_ + x * stepAlong;
    if (v >= 0 && v < across) blend(p[v * stepAcross], colour, static_cast<unsigned>(alpha) - second);
    if (v + 1 >= 0 && v + 1 < across) blend(p[(v + 1) * stepAcross], colour, second);
  }
}

}  // namespace inflaton::ui
