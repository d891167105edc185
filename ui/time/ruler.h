#pragma once
// The ruler of the time dock: t below, gamma(t) above, the three lanes between them, frame marks, the loop and the cursor.
#include <QWidget>

#include "ui/model/player.h"

namespace inflaton::ui {

class Ruler : public QWidget {
  Q_OBJECT
 public:
  Ruler(ViewState*, Player*, QWidget* parent = nullptr);
  double xOf(double t) const;     ///< widget coordinates
  double timeAt(double x) const;  ///< clamped to 0..t_max
  QRectF laneRect(Direction) const;
  QSize sizeHint() const override { return {700, 74}; }
  QSize minimumSizeHint() const override { return {300, 72}; }

 Q_SIGNALS:
  void scrubbing(bool);
  void hoverText(const QString&);  ///< t, gamma and frame under the mouse; empty: left

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  enum class Grip { none, cursor, in, out };
  double end() const;  ///< t_max
  void measure();
  void scrub(QPointF, Qt::KeyboardModifiers);
  Grip gripAt(QPointF) const;

  ViewState* state_;
  Player* player_;
  Grip grip_ = Grip::none;
  double hover_ = -1;  ///< t under the mouse, -1: none
  double gutter_ = 0;  ///< room for the names of the lanes, from the font
};

}  // namespace inflaton::ui
