// The hand on the canvas: zoom at the cursor, pan, brush, click, hover.
#include <QActionGroup>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "ui/views/canvas_2d.h"

namespace inflaton::ui {

int Canvas2D::pointAt(QPointF pos) const {
  const auto* lane = state_->trajectory();
  if (!lane || !state_->points()) return -1;
  const auto f = frame();
  if (!f.plot.contains(pos)) return -1;
  const auto& x = state_->positions(space());
  const auto D = static_cast<std::size_t>(lane->dim);
  const QPointF at = f.unmap(pos);
  const double reach = 9 / f.scale;
  const bool soloed = state_->solo() && state_->selectedCount() > 0;
  double best = reach * reach;
  int found = -1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(lane->n); ++i) {
    if (soloed && !state_->selection()[static_cast<qsizetype>(i)]) continue;
    const double dx = x[i * D + static_cast<std::size_t>(axisX_)] - at.x(), dy = x[i * D + static_cast<std::size_t>(axisY_)] - at.y();
    const double d = dx * dx + dy * dy;
    if (d < best) best = d, found = static_cast<int>(i);
  }
  return found;
}

void Canvas2D::wheelEvent(QWheelEvent* e) {
  const double turns = e->angleDelta().y() / 120.0;
  if (turns == 0) return e->ignore();
  const auto f = frame();
  const double k = std::pow(0.83, turns);
  const QPointF at = f.unmap(e->position());
  const QSizeF size(f.visible.width() * k, f.visible.height() * k);
  setViewRect({at.x() - (at.x() - f.visible.left()) * k, at.y() - (at.y() - f.visible.top()) * k, size.width(), size.height()});
  e->accept();
}

void Canvas2D::mousePressEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton && e->button() != Qt::MiddleButton) return;
  pressed_ = last_ = e->position();
  dragged_ = false;
  selecting_ = e->button() == Qt::LeftButton && (brushing_ || (e->modifiers() & Qt::ShiftModifier));
  area_ = selecting_ ? QPolygonF{pressed_} : QPolygonF{};
}

void Canvas2D::mouseMoveEvent(QMouseEvent* e) {
  const QPointF pos = e->position();
  if (!(e->buttons() & (Qt::LeftButton | Qt::MiddleButton))) {
    state_->setHovered(pointAt(pos));
    setCursor(brushing_ ? Qt::CrossCursor : state_->hovered() >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    return;
  }
  if (!dragged_ && (pos - pressed_).manhattanLength() < 4) return;
  dragged_ = true;
  state_->setHovered(-1);
  if (selecting_) {
    if (brush_ == Brush::rectangle)
      area_ = QPolygonF(QRectF(pressed_, pos).normalized());
    else
      area_ << pos;
    update();
  } else {
    const auto f = frame();
    setCursor(Qt::ClosedHandCursor);
    setViewRect(f.visible.translated(-(pos.x() - last_.x()) / f.scale, (pos.y() - last_.y()) / f.scale));
  }
  last_ = pos;
}

void Canvas2D::mouseReleaseEvent(QMouseEvent* e) {
  const bool wasSelecting = selecting_;
  selecting_ = false;
  setCursor(brushing_ ? Qt::CrossCursor : Qt::ArrowCursor);
  if (e->button() != Qt::LeftButton) return;
  if (dragged_) {
    if (wasSelecting) selectInside(area_, e->modifiers());
  } else if (state_->trajectory()) {
    const int i = pointAt(e->position());
    const bool add = e->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    if (i >= 0) {
      auto s = add ? state_->selection() : QVector<bool>(state_->selection().size(), false);
      s[i] = add ? !s[i] : true;
      state_->setSelection(std::move(s));
    } else if (!add) {
      state_->clearSelection();
    }
  }
  area_.clear();
  update();
}

// Shift adds to the selection, Alt takes away from it.
void Canvas2D::selectInside(const QPolygonF& area, Qt::KeyboardModifiers modifiers) {
  const auto* lane = state_->trajectory();
  if (!lane || area.size() < 3) return;
  const auto f = frame();
  const auto& x = state_->positions(space());
  const auto D = static_cast<std::size_t>(lane->dim);
  const QRectF bounds = area.boundingRect();
  const bool take = modifiers & Qt::AltModifier,
             add = take || (brushing_ && (modifiers & Qt::ShiftModifier)) || (modifiers & Qt::ControlModifier);
  auto s = add ? state_->selection() : QVector<bool>(static_cast<qsizetype>(lane->n), false);
  for (std::size_t i = 0; i < static_cast<std::size_t>(lane->n); ++i) {
    const QPointF at = f.map(x[i * D + static_cast<std::size_t>(axisX_)], x[i * D + static_cast<std::size_t>(axisY_)]);
    if (bounds.contains(at) && f.plot.contains(at) && area.containsPoint(at, Qt::OddEvenFill)) s[static_cast<qsizetype>(i)] = !take;
  }
  state_->setSelection(std::move(s));
}

void Canvas2D::mouseDoubleClickEvent(QMouseEvent* e) {
  if (e->button() == Qt::LeftButton && !brushing_ && pointAt(e->position()) < 0) resetView();
}

void Canvas2D::keyPressEvent(QKeyEvent* e) {
  if (e->key() == Qt::Key_Escape && selecting_) {
    selecting_ = dragged_ = false;
    area_.clear();
    update();
    return;
  }
  QWidget::keyPressEvent(e);
}

void Canvas2D::leaveEvent(QEvent*) { state_->setHovered(-1); }

void Canvas2D::changeEvent(QEvent* e) {
  if (e->type() == QEvent::PaletteChange || e->type() == QEvent::FontChange || e->type() == QEvent::StyleChange) update();
  QWidget::changeEvent(e);
}

void Canvas2D::setBrushing(bool on) {
  if (on == brushing_) return;
  brushing_ = on;
  setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
  Q_EMIT brushingChanged(on);
}

void Canvas2D::setBrush(Brush b) { brush_ = b; }

void Canvas2D::contextMenuEvent(QContextMenuEvent* e) {
  QMenu menu(this);
  menu.addAction(tr("Reset View"), this, &Canvas2D::resetView);
  menu.addSeparator();
  auto* brush = menu.addMenu(tr("Brush"));
  auto* shapes = new QActionGroup(brush);
  for (const auto& [shape, text] : {std::pair{Brush::rectangle, tr("Rectangle")}, std::pair{Brush::lasso, tr("Lasso")}}) {
    auto* a = brush->addAction(text, this, [this, s = shape] { setBrush(s), setBrushing(true); });
    a->setCheckable(true), a->setChecked(brush_ == shape), shapes->addAction(a);
  }
  const int dim = state_->trajectory() ? state_->trajectory()->dim : 2;
  if (dim > 2) {
    auto* axes = menu.addMenu(tr("Axes"));
    auto* pairs = new QActionGroup(axes);
    for (int x = 0; x < dim; ++x)
      for (int y = x + 1; y < dim; ++y) {
        auto* a = axes->addAction(tr("%1 and %2").arg(x + 1).arg(y + 1), this, [this, x, y] { setAxes(x, y); });
        a->setCheckable(true), a->setChecked(x == axisX_ && y == axisY_), pairs->addAction(a);
      }
  }
  menu.exec(e->globalPos());
}

}  // namespace inflaton::ui
