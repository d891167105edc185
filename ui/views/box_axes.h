#pragma once
// The box around a cloud in space: edges, and ticks and names along the three that are seen best.
#include <QPainter>
#include <array>

#include "ui/style/colors.h"
#include "ui/views/orbit_camera.h"

namespace inflaton::ui {

/// From data to painter units: x right, y down, depth growing away from the eye in 0..1.
struct Projection {
  float m[4][4];
  float w, h;
  Projection(const OrbitCamera& camera, const QSizeF& size, double ratio = 1)
      : w(float(size.width() * ratio)), h(float(size.height() * ratio)) {
    const auto v = camera.viewProjection(size);
    for (int r = 0; r < 4; ++r)
      for (int c = 0; c < 4; ++c) m[r][c] = v(r, c);
  }
  std::array<float, 3> operator()(float x, float y, float z) const {
    const auto row = [&](int r) { return m[r][0] * x + m[r][1] * y + m[r][2] * z + m[r][3]; };
    const float k = 1 / row(3);
    return {(row(0) * k * 0.5f + 0.5f) * w, (0.5f - row(1) * k * 0.5f) * h, row(2) * k * 0.5f + 0.5f};
  }
  QPointF at(const QVector3D& p) const {
    const auto q = (*this)(p.x(), p.y(), p.z());
    return {q[0], q[1]};
  }
};

/// An axis from low to high of the box shows the values from..to.
struct BoxAxis {
  double from = 0, to = 1;
  QString name;
};

/// An axis along which the box has no extent is left out.
void drawBoxAxes(QPainter&, const QSizeF&, const QVector3D& low, const QVector3D& high, const std::array<BoxAxis, 3>&, const OrbitCamera&,
                 const Theme&);

}  // namespace inflaton::ui
