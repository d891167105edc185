#pragma once
// The particles in 3D, shown by Qt 3D. On a graphics card frames stay there in whitened coordinates with their slopes, and the solution
// between them is followed exactly as positionsAt does: scrubbing changes two offsets and a few uniforms. Where OpenGL is software the
// processor draws the points into a texture, several times faster than GL points. The Qt 3D window is made when the widget is first shown.
#include <QWidget>
#include <functional>
#include <memory>
#include <vector>

#include "ui/views/figure.h"

namespace inflaton::ui {

class Particles3D : public QWidget, public Figure {
  Q_OBJECT
 public:
  enum class View { front, right, top, iso };

  explicit Particles3D(ViewState*, QWidget* parent = nullptr);
  ~Particles3D() override;

  bool latent() const;    ///< eigen-axes instead of data axes
  bool timeAxis() const;  ///< the third axis is t (2D sets)
  bool orthographic() const;
  bool ready() const;  ///< the Qt 3D scene exists
  bool brushing() const { return brushing_; }

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
  void toggleOrthographic();  ///< key 5
  void resetView();
  void setLatent(bool);
  void setTimeAxis(bool);
  void setBrushing(bool);  ///< B: the next drags select by rectangle instead of turning

 Q_SIGNALS:
  void brushingChanged(bool);
  void viewChanged();  ///< camera, projection, space or time axis
  void frameDrawn();   ///< once per turn of Qt 3D's loop, after what changed has been handed to it

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
  void redrawSoon(bool colors);
  void drawFrame();
  void simulationChanged();
  std::vector<QRgb> shownColors(const Theme&) const;

  std::unique_ptr<Camera> camera_;
  std::unique_ptr<Scene> scene_;
  ViewState* state_;
  QWidget* container_ = nullptr;
  bool brushing_ = false;
};

}  // namespace inflaton::ui
