#pragma once
// The 3D picture drawn by the processor: box, labels, trails and (where OpenGL is software) the points too. Also what figures are made of.
#include <QImage>
#include <QString>
#include <vector>

#include "ui/views/figure.h"
#include "ui/views/orbit_camera.h"
#include "ui/views/splat.h"
#include "ui/views/trails.h"

namespace inflaton::ui {

/// The box that holds the flow, and how rows of `positions` become x, y, z.
struct ParticleSpace {
  Space space = Space::dataScaled;
  bool timeAxis = false;  ///< z is t, stretched to the box
  int dim = 2;            ///< of the data
  QVector3D low{-3, -3, 0}, high{3, 3, 0};
  double tMax = 1;
  bool flat() const { return dim < 3 && !timeAxis; }
  float zOf(double t) const { return low.z() + static_cast<float>(t / tMax) * (high.z() - low.z()); }
  static ParticleSpace of(const ViewState&, bool latent, bool timeAxis);
};

class ParticlePainter {
 public:
  struct What {
    bool points = true;
    bool overlay = true;  ///< title and legend
    QRectF brush;         ///< rectangle being drawn; empty: none
    QString title;
  };
  /// Everything onto `image` (RGB32 or ARGB32_Premultiplied); `size` in painter units, options.pixelRatio pixels each.
  void draw(QImage& image, const QSizeF& size, const ViewState&, const ParticleSpace&, const OrbitCamera&, const PaintOptions&,
            const QFont&, const What&);
  /// The same with paths, for SVG and PDF.
  void drawVector(QPainter&, const QSizeF& size, const ViewState&, const ParticleSpace&, const OrbitCamera&, const PaintOptions&,
                  const What&);

  /// Index of the point drawn nearest to `at`, within 9 units; -1: none.
  int pointAt(QPointF at, const QSizeF& size, const ViewState&, const ParticleSpace&, const OrbitCamera&);
  /// Points inside a rectangle on screen.
  QVector<bool> inside(const QRectF&, const QSizeF& size, const ViewState&, const ParticleSpace&, const OrbitCamera&);

 private:
  struct Seen {
    float x, y, depth;
  };
  struct Dot {
    float x, y;
    QRgb look;  ///< colour; the alpha byte is the marker
  };
  void project(const QSizeF&, double ratio, const ViewState&, const ParticleSpace&, const OrbitCamera&);
  void collectDots(const ViewState&, const ParticleSpace&, const Theme&);
  template <class Line>
  void eachTrailSegment(const QSizeF&, const ViewState&, const ParticleSpace&, const OrbitCamera&, const Theme&, Line&&);
  void drawBox(QPainter&, const QSizeF&, const ParticleSpace&, const OrbitCamera&, const Theme&);
  void drawHover(QPainter&, const QSizeF&, const ViewState&, const ParticleSpace&, const OrbitCamera&, const Theme&);
  void drawOverlay(QPainter&, const QSizeF&, const ViewState&, const PaintOptions&, const What&);
  Splatter splatter_;
  Trails trails_, hoverPath_;
  std::vector<Seen> seen_;  ///< [n] in the order of the points
  std::vector<Dot> dots_;   ///< what is drawn, in the order of drawing
  std::vector<std::uint16_t> bucket_;
};

double particleSize(const ViewState&, std::size_t n);

}  // namespace inflaton::ui
