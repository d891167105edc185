#pragma once
// A plane of the flow: data axes or latent eigen-axes, drawn with QPainter on screen and into figures.
#include <QPolygonF>
#include <QRectF>
#include <QWidget>
#include <memory>

#include "ui/views/figure.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

class Canvas2D : public QWidget, public Figure {
  Q_OBJECT
 public:
  enum class Kind { data, latent };
  enum class Brush { rectangle, lasso };

  Canvas2D(ViewState*, Kind, QWidget* parent = nullptr);
  ~Canvas2D() override;

  Kind kind() const { return kind_; }
  void setKind(Kind);
  /// Another flow at the same cursor, drawn as rings over the points; nullptr takes it away. It must outlive the canvas.
  void setRings(const ViewState* other);
  void setTitle(const QString& title) { title_ = title, update(); }  ///< instead of the kind's
  void setCommand(const QString& command) { command_ = command; }    ///< of figures of it, instead of the main flow's
  Space space() const { return kind_ == Kind::data ? Space::dataScaled : Space::latentScaled; }
  int axisX() const { return axisX_; }
  int axisY() const { return axisY_; }
  bool brushing() const { return brushing_; }
  Brush brush() const { return brush_; }
  QRectF viewRect() const { return view_; }  ///< in data units, y upwards: top() is the lower edge

  QString figureTitle() const override;
  QString figureName() const override;
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QString figureCsv() const override;
  QString figureCommand() const override { return command_; }
  /// How often trails have been worked out; scrubbing must not raise it.
  int pathComputations() const;
  /// Points [n, dim] in data coordinates drawn over the data themselves instead of the flow: what a training generates so far.
  /// nullptr takes them away.
  void setOverlay(std::shared_ptr<const std::vector<float>> points, int dim, const QString& caption);
  bool hasOverlay() const { return overlay_ != nullptr; }
  /// "Data space at t 1.20: spread 1.00 by 0.98, 1000 points": for assistive technology and tests.
  QString summary() const;

  QSize sizeHint() const override { return {480, 480}; }
  QSize minimumSizeHint() const override { return {160, 140}; }

 public Q_SLOTS:
  void resetView();
  void setAxes(int x, int y);  ///< 0-based, different, below the dimension; else ignored
  void setBrushing(bool);      ///< B: the next drags select instead of pan
  void setBrush(inflaton::ui::Canvas2D::Brush);
  void setViewRect(const QRectF&);

 Q_SIGNALS:
  void viewRectChanged(const QRectF&);
  void brushingChanged(bool);
  void axesChanged(int x, int y);

 protected:
  void paintEvent(QPaintEvent*) override;
  void wheelEvent(QWheelEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void leaveEvent(QEvent*) override;
  void contextMenuEvent(QContextMenuEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  struct Layers;
  PlotFrame frame() const;
  int pointAt(QPointF) const;
  void selectInside(const QPolygonF& area, Qt::KeyboardModifiers);
  void simulationChanged();
  QRectF extent() const;
  void drawTrails(QPainter&, const PlotFrame&, const PaintOptions&);
  void drawPoints(QPainter&, const PlotFrame&, const PaintOptions&);
  void drawLatent(QPainter&, const PlotFrame&, const Theme&) const;
  void drawGridFlow(QPainter&, const PlotFrame&, const Theme&) const;
  void drawHover(QPainter&, const PlotFrame&, const Theme&);
  void drawBrush(QPainter&, const Theme&) const;
  void drawOverlay(QPainter&, const PlotFrame&, const PaintOptions&);
  void drawRings(QPainter&, const PlotFrame&, const Theme&) const;
  QString axisLabel(int axis) const;

  ViewState* state_;
  const ViewState* rings_ = nullptr;
  QString title_, command_;
  Kind kind_;
  int axisX_ = 0, axisY_ = 1;
  QRectF view_{-3, -3, 6, 6};
  bool homed_ = true;  ///< nobody has zoomed: new data are shown whole
  bool brushing_ = false, dragged_ = false, selecting_ = false;
  Brush brush_ = Brush::rectangle;
  QPointF pressed_, last_;
  QPolygonF area_;
  std::shared_ptr<const std::vector<float>> overlay_;
  int overlayDim_ = 0;
  QString overlayCaption_;
  std::unique_ptr<Layers> layers_;
};

}  // namespace inflaton::ui
