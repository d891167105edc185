#pragma once
// The particles in 3D, drawn with Qt 3D. Frames stay on the GPU in whitened coordinates and are interpolated there exactly as
// positionsAt does; scrubbing changes two offsets and a few uniforms. The Qt 3D window is made when the widget is first shown.
#include <QMatrix4x4>
#include <QVector3D>
#include <QWidget>
#include <functional>
#include <memory>

#include "ui/views/figure.h"

namespace inflaton::ui {

class Particles3D : public QWidget, public Figure {
  Q_OBJECT
 public:
  enum class View { front, right, top, iso };

  explicit Particles3D(ViewState*, QWidget* parent = nullptr);
  ~Particles3D() override;

  bool latent() const;          ///< eigen-axes instead of data axes
  bool timeAxis() const;        ///< the third axis is t (2D sets)
  bool orthographic() const;
  bool ready() const;           ///< the Qt 3D scene exists

  QString figureTitle() const override;
  QString figureName() const override;
  /// The same camera, colours and trails drawn with QPainter: any size, vectors where the device keeps them.
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QString figureCsv() const override;
  /// What OpenGL shows now; calls back with a null image when there is no scene.
  void capture(std::function<void(QImage)>);

  QSize sizeHint() const override { return {480, 480}; }
  QSize minimumSizeHint() const override { return {160, 140}; }

 public Q_SLOTS:
  void setView(inflaton::ui::Particles3D::View);  ///< keys 1 3 7 9
  void setOrthographic(bool);
  void toggleOrthographic();                      ///< key 5
  void resetView();
  void setLatent(bool);
  void setTimeAxis(bool);

 Q_SIGNALS:
  void viewChanged();        ///< camera, projection, space or time axis
  void frameDrawn();         ///< after each frame that Qt 3D has drawn

 protected:
  void showEvent(QShowEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;
  bool eventFilter(QObject*, QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  struct Scene;
  struct Camera;
  void build();
  std::unique_ptr<Camera> camera_;
  std::unique_ptr<Scene> scene_;
  ViewState* state_;
  QWidget* container_ = nullptr;
};

}  // namespace inflaton::ui
