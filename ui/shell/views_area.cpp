#include "ui/shell/views_area.h"

#include <QEvent>
#include <QVBoxLayout>

namespace inflaton::ui {

ViewsArea::ViewsArea(ViewState* state, bool with3D, QWidget* parent)
    : QWidget(parent),
      splitter_(new QSplitter),
      data_(new Canvas2D(state, Canvas2D::Kind::data)),
      latent_(new Canvas2D(state, Canvas2D::Kind::latent)) {
  data_->setObjectName("dataView");
  latent_->setObjectName("latentView");
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(3);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(splitter_);
  addPane(data_);
  addPane(latent_);
  if (with3D) {
    particles_ = new Particles3D(state);
    particles_->setObjectName("particlesView");
    addPane(particles_);
    connect(particles_, &Particles3D::viewChanged, this, [this] { current_ = 2; });  // its mouse goes to a window of its own
  }
  for (int i = 0; i < splitter_->count(); ++i) splitter_->setStretchFactor(i, 1);
}

void ViewsArea::addPane(QWidget* view) {
  view->installEventFilter(this);
  splitter_->addWidget(view);
  panes_ << view;
}

void ViewsArea::maximise(int index) {
  if (index >= panes_.size()) return;
  maximised_ = index;
  for (int i = 0; i < panes_.size(); ++i) panes_[i]->setVisible(index < 0 || i == index);
  if (index >= 0) current_ = index;
  Q_EMIT layoutChanged();
}

Figure* ViewsArea::currentFigure() const {
  if (current_ == 2 && particles_) return particles_;
  return current_ == 1 ? latent_ : data_;
}

bool ViewsArea::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn || event->type() == QEvent::Wheel)
    current_ = target == latent_ ? 1 : target == particles_ ? 2 : 0;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
