#pragma once
// Draw-your-own: a brush leaves points with jitter; the drawing becomes a file, so that the run can be repeated by command.
#include <QDialog>
#include <QPolygonF>
#include <QWidget>
#include <random>
#include <vector>

class QLabel;
class QPushButton;

namespace inflaton::ui {

/// The square -2..2 of data space under a brush. Each stroke adds points along its way; strokes can be taken back.
class DrawCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit DrawCanvas(QWidget* parent = nullptr);
  int count() const;
  std::vector<std::pair<float, float>> points() const;  ///< data coordinates, in drawing order
  void setWidth(double w) { width_ = w; }               ///< sd of the jitter, data units
  void setDensity(double d) { density_ = d; }           ///< points per data unit of path
  QSize sizeHint() const override { return {460, 460}; }

 public Q_SLOTS:
  void clear();
  void undoStroke();

 Q_SIGNALS:
  void changed();

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;

 private:
  QPointF toData(QPointF) const;
  QPointF toScreen(QPointF) const;
  void spray(QPointF from, QPointF to);
  std::vector<std::vector<QPointF>> strokes_;
  QPointF last_;
  double width_ = 0.08, density_ = 120, owed_ = 0;
  std::mt19937 random_{1};
};

class DrawDialog : public QDialog {
  Q_OBJECT
 public:
  explicit DrawDialog(const QString& folder, QWidget* parent = nullptr);
  DrawCanvas* canvas() const { return canvas_; }

 Q_SIGNALS:
  void drawn(const QString& path);  ///< the .csv with the points

 protected:
  void accept() override;

 private:
  QString folder_;
  DrawCanvas* canvas_;
  QLabel* message_;
  QPushButton* use_;
};

}  // namespace inflaton::ui
