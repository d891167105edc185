#include "ui/shell/views_area.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/shell/theme.h"

namespace inflaton::ui {

ViewsArea::ViewsArea(ViewState* state, bool with3D, QWidget* parent)
    : QWidget(parent), splitter_(new QSplitter), data_(new Canvas2D(state, Canvas2D::Kind::data)), latent_(new Canvas2D(state, Canvas2D::Kind::latent)) {
  data_->setObjectName("dataView");
  latent_->setObjectName("latentView");
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(3);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(splitter_);
  splitter_->addWidget(pane(tr("Data space"), tr("The points where the data live, scaled by s(t)"), data_, 0));
  splitter_->addWidget(pane(tr("Latent space"), tr("The same points along the eigenvectors of the data, scaled by s(t)"), latent_, 1));
  if (with3D) {
    particles_ = new Particles3D(state);
    particles_->setObjectName("particlesView");
    splitter_->addWidget(pane(tr("3D"), tr("The same points in space; for sets of two dimensions the third axis is time"), particles_, 2));
  }
  for (int i = 0; i < splitter_->count(); ++i) splitter_->setStretchFactor(i, 1);
}

QWidget* ViewsArea::pane(const QString& title, const QString& tip, QWidget* view, int index) {
  auto* whole = new QWidget;
  auto* label = new QLabel(title);
  label->setToolTip(tip);
  QFont font = label->font();
  font.setBold(true);
  label->setFont(font);
  auto* button = new QToolButton;
  button->setObjectName(QStringLiteral("maximise%1").arg(index));
  button->setAutoRaise(true);
  button->setCheckable(true);
  button->setIcon(themedIcon("maximise", palette()));
  button->setIconSize({14, 14});
  button->setToolTip(tr("This view alone, or all side by side"));
  button->setFocusPolicy(Qt::TabFocus);
  connect(button, &QToolButton::clicked, this, [this, index](bool on) { maximise(on ? index : -1); });
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 1, 2, 1);
  head->addWidget(label);
  head->addStretch();
  head->addWidget(button);
  auto* column = new QVBoxLayout(whole);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(head);
  column->addWidget(view, 1);
  view->installEventFilter(this);
  panes_ << whole;
  buttons_ << button;
  return whole;
}

void ViewsArea::maximise(int index) {
  if (index >= panes_.size()) return;
  maximised_ = index;
  for (int i = 0; i < panes_.size(); ++i) {
    panes_[i]->setVisible(index < 0 || i == index);
    buttons_[i]->setChecked(i == index);
  }
  Q_EMIT layoutChanged();
}

Figure* ViewsArea::currentFigure() const {
  if (current_ == 2 && particles_) return particles_;
  return current_ == 1 ? latent_ : data_;
}

bool ViewsArea::eventFilter(QObject* target, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::FocusIn || event->type() == QEvent::Enter)
    current_ = target == latent_ ? 1 : target == particles_ ? 2 : 0;
  return QWidget::eventFilter(target, event);
}

}  // namespace inflaton::ui
