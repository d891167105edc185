#include "ui/forms/choice.h"

#include <QButtonGroup>
#include <QHBoxLayout>

#include "ui/style/accent_button.h"

namespace inflaton::ui {

Choice::Choice(const QString& left, const QString& right, QWidget* parent)
    : QWidget(parent), left_(new AccentButton(left)), right_(new AccentButton(right)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  auto* group = new QButtonGroup(this);
  for (QPushButton* b : {left_, right_}) {
    b->setCheckable(true);
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);  // after a click, Space plays
    group->addButton(b);
    row->addWidget(b);
  }
  left_->setChecked(true);
  connect(left_, &QPushButton::clicked, this, [this] { Q_EMIT chosen(false); });
  connect(right_, &QPushButton::clicked, this, [this] { Q_EMIT chosen(true); });
}

void Choice::choose(bool right) { (right ? right_ : left_)->setChecked(true); }

}  // namespace inflaton::ui
