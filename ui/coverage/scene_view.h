#pragma once
// The coverage scene: shells and points of one place, turned, moved and clipped; a click on a point shows its way through the flow.
#include <QWidget>
#include <array>
#include <memory>
#include <optional>

#include "ui/coverage/coverage_model.h"
#include "ui/coverage/gl_scene.h"
#include "ui/coverage/point_path.h"
#include "ui/views/figure.h"
#include "ui/views/orbit_camera.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

class CoverageSceneView : public QWidget, public Figure {
  Q_OBJECT
 public:
  enum class Points { all, changed, none };  ///< changed: those that left or entered
  explicit CoverageSceneView(CoverageModel*, QWidget* parent = nullptr);
  ~CoverageSceneView() override;

  bool drawable() const { return model_->dim() != 3 || gl_.works(); }  ///< 3D needs OpenGL; 2D is drawn without it too
  Points points() const { return points_; }
  void setPoints(Points);
  bool allShells() const { return allShells_; }
  void setAllShells(bool);
  std::optional<Clip> clip() const { return clip_; }
  /// Cuts at a fraction 0..1 of the box along an axis; nothing: whole.
  void setClip(std::optional<int> axis, double fraction = 0.5);
  void resetView();
  void setView(float yaw, float pitch);
  bool orthographic() const { return camera_.orthographic; }
  void setOrthographic(bool);
  const OrbitCamera& camera() const { return camera_; }
  double zoom() const { return flat() ? zoom_ : camera_.zoom; }

  QPointF positionOf(int point) const;  ///< on the widget
  int pointAt(QPointF) const;           ///< of those shown, within 9 units; -1: none
  QString pickedText() const;           ///< where the picked point is inside

  QString figureTitle() const override;
  QString figureName() const override { return QStringLiteral("coverage_scene"); }
  QString figureCsv() const override;
  QString figureCommand() const override;
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QSize sizeHint() const override { return {640, 480}; }
  QSize minimumSizeHint() const override { return {240, 180}; }

 Q_SIGNALS:
  void viewChanged();

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent*) override;
  // scene_view_input.cpp
  bool event(QEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void wheelEvent(QWheelEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  bool flat() const { return model_->dim() < 3; }
  void fitBox();
  void contentChanged();
  void moved();
  void pan(QPointF units);
  void zoomBy(double factor, std::optional<QPointF> around = {});
  bool takesKey(const QKeyEvent*) const;
  PlotFrame frameFor(const QSizeF&, const QFont&) const;
  SceneCamera sceneCamera(const QSizeF&, const QFont&) const;
  /// From scaled eigen-coordinates to painter units.
  std::function<QPointF(const float* x)> mapping(const QSizeF&, const QFont&) const;
  bool shows(std::size_t point) const;
  QImage sceneImage(const QSizeF&, const QFont&, double ratio, const Theme&);
  bool hurried() const { return moving_ && cost_ > 45; }  ///< a slow machine in the middle of a movement
  void fillScene(const Theme&);
  // scene_paint.cpp
  void draw(QPainter&, const QSizeF&, const PaintOptions&);
  void drawFlat(QPainter&, const PlotFrame&, const Theme&) const;
  void drawPath(QPainter&, const QSizeF&, const Theme&) const;
  void drawTip(QPainter&, const QSizeF&, const QPointF& at, const Theme&) const;
  void drawHeader(QPainter&, const QSizeF&, const Theme&) const;
  double drawRadii(QPainter&, const QSizeF&, const Theme&) const;
  void drawBox(QPainter&, const QSizeF&, const Theme&) const;
  void drawTriad(QPainter&, const QSizeF&, const Theme&) const;
  QRectF radiusRow(int radius, const QSizeF&, const QFont&) const;

  CoverageModel* model_;
  mutable GlScene gl_;
  OrbitCamera camera_;
  QVector3D low_{-1, -1, -1}, high_{1, 1, 1};  ///< box around shells and points of the place
  QPointF centre_;                             ///< of what is seen in two dimensions
  double zoom_ = 1;
  std::tuple<const void*, CoveragePlace, BoundaryKind> boxOf_{};  ///< what the box is of
  Points points_ = Points::all;
  bool allShells_ = true;
  std::optional<Clip> clip_;
  double clipFraction_ = 0.5;
  std::array<std::vector<PathPoint>, 2> path_;
  QImage image_;  ///< what the window shows; null: to be drawn
  Theme filledFor_;
  bool filled_ = false, moving_ = false, dragged_ = false;
  double cost_ = 0;  ///< milliseconds of the last full picture
  QPointF pressed_, last_;
};

}  // namespace inflaton::ui
