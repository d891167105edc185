#pragma once
// Small antialiased markers and thin lines written straight into an image: many times faster than QPainter for thousands of points,
// and the same picture on screen, in 3D under software OpenGL and in exported PNG.
#include <QImage>
#include <QPainterPath>
#include <array>
#include <vector>

#include "ui/style/colors.h"

namespace inflaton::ui {

/// Outline of a marker of diameter 1 around the origin; for vector figures and legends.
QPainterPath markerPath(Marker);

class Splatter {
 public:
  /// `image` must be RGB32 or ARGB32_Premultiplied; it is detached here and must outlive the calls that follow.
  void begin(QImage& image);
  /// Diameter of the markers in pixels, 1..200.
  void setSize(double diameter);
  void point(float x, float y, QRgb opaque, Marker marker);
  /// One pixel wide, antialiased across; alpha 0..255.
  void line(float x0, float y0, float x1, float y1, QRgb opaque, int alpha);

 private:
  struct Mask {
    int side = 0;
    std::vector<std::uint8_t> coverage;  ///< [side, side]
  };
  static constexpr int kPhases = 4;  ///< sub-pixel positions per axis
  const Mask& mask(Marker, int phaseX, int phaseY);

  QRgb* bits_ = nullptr;
  int width_ = 0, height_ = 0, stride_ = 0;
  double diameter_ = 0;
  int reach_ = 0;
  std::array<Mask, 5 * kPhases * kPhases> masks_;
};

}  // namespace inflaton::ui
