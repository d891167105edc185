// Hands on the coverage scene: turn, move, zoom, pick; with the mouse and with keys.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/coverage/scene_view.h"

namespace inflaton::ui {

namespace {
constexpr float kTurn = 0.4f;      ///< degrees a unit
constexpr double kStep = 1.2;      ///< zoom of a key or wheel notch
constexpr double kClickReach = 4;  ///< farther than that it is a drag
}  // namespace

void CoverageSceneView::pan(QPointF d) {
  if (flat()) {
    const double scale = frameFor(size(), font()).scale;
    centre_ -= QPointF(d.x() / scale, -d.y() / scale);
  } else {
    const float unit = 2 * camera_.halfHeight(size()) / float(std::max(1, height()));
    camera_.target += (-float(d.x()) * camera_.right() + float(d.y()) * camera_.up()) * unit;
  }
  moved();
  Q_EMIT viewChanged();
}

void CoverageSceneView::zoomBy(double factor, std::optional<QPointF> around) {
  if (flat()) {
    const QPointF before = around ? frameFor(size(), font()).unmap(*around) : QPointF();
    zoom_ = std::clamp(zoom_ * factor, 0.2, 500.0);
    if (around) centre_ += before - frameFor(size(), font()).unmap(*around);
  } else {
    camera_.zoom = std::clamp(camera_.zoom * float(factor), 0.2f, 50.f);
  }
  moved();
  Q_EMIT viewChanged();
}

void CoverageSceneView::mousePressEvent(QMouseEvent* e) {
  pressed_ = last_ = e->position();
  dragged_ = false;
}

void CoverageSceneView::mouseMoveEvent(QMouseEvent* e) {
  if (!e->buttons()) return;
  if (!dragged_ && (e->position() - pressed_).manhattanLength() < kClickReach) return;
  dragged_ = moving_ = true;
  const QPointF d = e->position() - last_;
  last_ = e->position();
  const bool shift = e->modifiers() & Qt::ShiftModifier;
  if (flat() || shift || !(e->buttons() & Qt::LeftButton)) return pan(d);
  camera_.yaw -= kTurn * float(d.x());
  camera_.pitch = std::clamp(camera_.pitch + kTurn * float(d.y()), -90.f, 90.f);
  moved();
  Q_EMIT viewChanged();
}

void CoverageSceneView::mouseReleaseEvent(QMouseEvent* e) {
  if (std::exchange(moving_, false)) moved();  // once more, with every pixel
  if (std::exchange(dragged_, false) || e->button() != Qt::LeftButton) return;
  const int radii = model_->result() ? static_cast<int>(model_->result()->radii.size()) : 0;
  for (int r = 0; r < radii; ++r)
    if (radiusRow(r, size(), font()).contains(e->position())) return model_->setRadius(r);
  model_->setPicked(pointAt(e->position()));
}

void CoverageSceneView::mouseDoubleClickEvent(QMouseEvent* e) {
  if (e->button() == Qt::LeftButton && pointAt(e->position()) < 0) resetView();
}

void CoverageSceneView::wheelEvent(QWheelEvent* e) {
  const double notches = e->angleDelta().y() / 120.0;
  if (notches == 0) return e->ignore();
  zoomBy(std::pow(kStep, notches), e->position());
  e->accept();
}

bool CoverageSceneView::takesKey(const QKeyEvent* e) const {
  if (e->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
  switch (e->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
      return true;
    case Qt::Key_1:
    case Qt::Key_3:
    case Qt::Key_5:
    case Qt::Key_7:
    case Qt::Key_9:
      return !flat();
    case Qt::Key_Escape:
      return model_->picked() >= 0;
    default:
      return false;
  }
}

bool CoverageSceneView::event(QEvent* e) {
  // Those keys belong to other things of the window as long as the scene has not the focus.
  if (e->type() == QEvent::ShortcutOverride && takesKey(static_cast<QKeyEvent*>(e))) {
    e->accept();
    return true;
  }
  return QWidget::event(e);
}

void CoverageSceneView::keyPressEvent(QKeyEvent* e) {
  if (!takesKey(e)) return QWidget::keyPressEvent(e);
  const bool move = flat() || (e->modifiers() & Qt::ShiftModifier);
  const auto arrow = [&](float x, float y) {
    if (move) return pan(QPointF(-40 * x, 40 * y));
    camera_.yaw += 5 * x;
    camera_.pitch = std::clamp(camera_.pitch + 5 * y, -90.f, 90.f);
    moved();
    Q_EMIT viewChanged();
  };
  switch (e->key()) {
    case Qt::Key_Left:
      return arrow(-1, 0);
    case Qt::Key_Right:
      return arrow(1, 0);
    case Qt::Key_Up:
      return arrow(0, 1);
    case Qt::Key_Down:
      return arrow(0, -1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomBy(kStep);
    case Qt::Key_Minus:
      return zoomBy(1 / kStep);
    case Qt::Key_1:
      return setView(0, 0);
    case Qt::Key_3:
      return setView(90, 0);
    case Qt::Key_7:
      return setView(0, 90);
    case Qt::Key_9:
      return setView(35, 24);
    case Qt::Key_5:
      return setOrthographic(!camera_.orthographic);
    case Qt::Key_Escape:
      return model_->setPicked(-1);
    default:
      return;
  }
}

}  // namespace inflaton::ui
