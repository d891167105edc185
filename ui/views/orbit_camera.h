#pragma once
// A turntable camera around a box; z is up. Looks from the front (yaw 0), the right (90 degrees) or above (pitch 90).
#include <QMatrix4x4>
#include <QSizeF>
#include <QVector3D>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

struct OrbitCamera {
  float yaw = 0, pitch = 90;  ///< degrees
  float zoom = 1;             ///< 1: the box just fits
  bool orthographic = true;
  QVector3D target;            ///< what it turns around
  QVector3D halfBox{3, 3, 0};  ///< half the size of what must fit

  QVector3D direction() const {  ///< from target to eye
    const float a = yaw * float(M_PI) / 180, b = pitch * float(M_PI) / 180;
    return {std::cos(b) * std::sin(a), -std::cos(b) * std::cos(a), std::sin(b)};
  }
  QVector3D right() const {
    const float a = yaw * float(M_PI) / 180;
    return {std::cos(a), std::sin(a), 0};
  }
  QVector3D up() const { return QVector3D::crossProduct(direction(), right()); }

  /// Half the height of what is seen at the target, in data units.
  float halfHeight(const QSizeF& size) const {
    // What fits is the shadow of the box on the screen.
    const auto r = right(), u = up();
    const auto reach = [this](const QVector3D& v) {
      return std::abs(v.x()) * halfBox.x() + std::abs(v.y()) * halfBox.y() + std::abs(v.z()) * halfBox.z();
    };
    // 46 units above and below and 66 at the sides are for title, ticks and names.
    const float h = float(std::max(20.0, size.height())), freeH = std::max(0.5f * h, h - 92);
    const float w = float(std::max(20.0, size.width())), freeW = std::max(0.5f * w, w - 132);
    const float depth = orthographic ? 1.f : 1.06f;
    return std::max({reach(u) * h / freeH, reach(r) * h / freeW, 1e-4f}) * depth / zoom;
  }
  QMatrix4x4 viewProjection(const QSizeF& size) const {
    const float aspect = float(size.width() / std::max(1.0, size.height())), h = halfHeight(size);
    const float reach = halfBox.length() * 4 + h;
    QMatrix4x4 m;
    constexpr float kTan = 0.27f;  // a lens of about 30 degrees
    const float distance = orthographic ? 2 * reach : h / kTan;
    if (orthographic)
      m.ortho(-h * aspect, h * aspect, -h, h, 0.01f, 4 * reach);
    else
      m.perspective(2 * std::atan(kTan) * 180 / float(M_PI), aspect, std::max(0.01f, distance - reach), distance + reach);
    m.lookAt(target + direction() * distance, target, up());
    return m;
  }
};

}  // namespace inflaton::ui
