#pragma once
// Shells and points drawn by VTK into a picture. It has an OpenGL context of its own that belongs to no window, so the window itself stays
// a plain one and the same code serves screen and figures. Without a ground the picture is transparent where nothing is: axes may stand
// behind it. That is for opaque things only, since VTK's blending of translucent ones leaves no transparency that could be used.
#include <QColor>
#include <QImage>
#include <QVector3D>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/api/mesh.h"
#include "ui/style/colors.h"

namespace inflaton::ui {

struct ShellLook {
  const Mesh* mesh = nullptr;
  QColor color;
  double opacity = 0.2;    ///< surfaces (3D)
  double lineWidth = 1.5;  ///< curves (2D), painter units
};

struct PointGroup {
  std::vector<float> points;  ///< [n, 3]
  QColor color;
  Marker marker = Marker::disc;
  double size = 3;  ///< across, painter units
};

/// As VTK wants it: from where to where, how wide.
struct SceneCamera {
  QVector3D eye{0, 0, 10}, target, up{0, 1, 0};
  bool parallel = true;
  double halfHeight = 1;  ///< of what is seen at the target, data units
  double viewAngle = 30;  ///< degrees from bottom to top; perspective only
  double reach = 10;      ///< nothing of interest is farther from the target than this
};

/// Cuts away what lies beyond `at` along `axis`.
struct Clip {
  int axis = 0;
  double at = 0;
  bool operator==(const Clip&) const = default;
};

class GlScene {
 public:
  GlScene();
  ~GlScene();
  static bool possible();  ///< the platform can do OpenGL at all
  bool works();            ///< a context could be made; the first call makes it

  void setShells(const std::vector<ShellLook>&);  ///< from the innermost on; copies the meshes
  void setPoints(const std::vector<PointGroup>&);
  void setClip(std::optional<Clip>);  ///< of the shells; points are the caller's
  void setGround(std::optional<QColor>);
  /// Premultiplied, `pixels` in size with `ratio` of them to a painter unit; edges are smooth by drawing `fine` times as many each way and
  /// averaging (drivers disagree on the transparency of multisampled edges). Null: no OpenGL.
  QImage render(const QSize& pixels, double ratio, const SceneCamera&, int fine = 2);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton::ui
