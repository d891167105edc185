#include "ui/shell/stage_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/style/accent_button.h"

namespace inflaton::ui {

StageBar::StageBar(const QList<Stage>& stages, ActionTable* actions, QWidget* parent) : QWidget(parent), run_(new QPushButton) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(6, 3, 6, 3);
  row->setSpacing(4);
  auto* group = new QButtonGroup(this);
  const auto button = [&](const QString& id) {
    auto* b = new AccentButton;
    b->setObjectName(id);
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);  // a click on a stage leaves the keys with the views
    return b;
  };
  for (int s = 0; s < stages.size(); ++s) {
    if (s > 0) row->addWidget(new QLabel(QStringLiteral("\u203A")));
    auto* b = button(QStringLiteral("stage%1").arg(s + 1));
    b->setText(QStringLiteral("%1 %2").arg(s + 1).arg(stages[s].title));
    b->setToolTip(actions->action(QStringLiteral("stage.%1").arg(s + 1))->toolTip());
    b->setCheckable(true);
    b->setMinimumWidth(76);
    group->addButton(b);
    stages_ << b;
    row->addWidget(b);
    connect(b, &QPushButton::clicked, this, [this, s] { Q_EMIT stageChosen(s); });
  }
  row->addStretch();
  const auto mirror = [&](QPushButton* b, const char* id) {
    QAction* action = actions->action(id);
    b->setToolTip(action->toolTip());
    connect(b, &QPushButton::clicked, action, &QAction::trigger);
    row->addWidget(b);
  };
  auto* search = button("searchActions");
  search->setText(tr("Search actions"));
  mirror(search, "help.search");
  auto* copy = button("copyCommand");
  copy->setText(tr("Copy as Command"));
  mirror(copy, "edit.copyCommand");
  run_->setObjectName("runStage");
  run_->setAutoDefault(false);
  run_->setFocusPolicy(Qt::TabFocus);
  QFont bold = run_->font();
  bold.setBold(true);
  run_->setFont(bold);
  run_->setMinimumWidth(130);
  run_->setToolTip(actions->action("stage.run")->toolTip());
  connect(run_, &QPushButton::clicked, this, &StageBar::runClicked);  // it says what it does, so a click is always meant
  row->addWidget(run_);
}

void StageBar::setStage(int index) { stages_[index]->setChecked(true); }

void StageBar::setRunText(const QString& text, bool enabled) {
  run_->setText(text);
  run_->setEnabled(enabled);
}

}  // namespace inflaton::ui
