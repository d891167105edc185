#include "ui/stages/cost_line.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>

#include "core/api/train_cost.h"
#include "ui/forms/inspector_parts.h"
#include "ui/session/session.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

CostLine::CostLine(Session* session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      cost_(sideNote()),
      question_(attention()),
      copy_(new QPushButton(tr("Copy as Command"))),
      start_(new QPushButton(tr("Start all the same"))),
      back_(new QPushButton(tr("Not now"))) {
  cost_->setObjectName("trainCost");
  cost_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  cost_->setToolTip(tr("Measured on this machine by a few steps of this training; memory is that of the whole program at its peak"));
  question_->setObjectName("longQuestion");
  copy_->setObjectName("copyTraining");
  copy_->setToolTip(tr("The inflaton-cli line of this training, for a terminal or a batch system (Ctrl+Shift+C)"));
  start_->setObjectName("startLong");
  start_->setToolTip(tr("Train here, in the window; it can be paused and kept at any time"));
  back_->setObjectName("notNow");
  back_->setToolTip(tr("Start nothing"));
  for (QPushButton* b : {copy_, start_, back_}) {
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);
  }
  auto* answers = new QHBoxLayout;
  answers->setSpacing(4);
  answers->addWidget(start_);
  answers->addWidget(back_);
  answers->addStretch();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(cost_);
  column->addWidget(copy_, 0, Qt::AlignLeft);
  column->addWidget(question_);
  column->addLayout(answers);

  connect(copy_, &QPushButton::clicked, this, [this] {
    QApplication::clipboard()->setText(session_->trainCommand());
    Q_EMIT session_->noted(tr("Copied: %1").arg(session_->trainCommand()));
  });
  connect(start_, &QPushButton::clicked, this, [this] {
    ask(false);
    session_->startTraining(true);
  });
  connect(back_, &QPushButton::clicked, this, [this] { ask(false); });
  connect(session, &Session::longTraining, this, [this] { ask(true); });
  connect(session->cost(), &CostMeter::changed, this, [this] { session_->cost()->isLong() ? follow() : ask(false); });
  connect(session->training(), &TrainingRun::stateChanged, this, &CostLine::follow);
  follow();
}

void CostLine::ask(bool on) {
  asking_ = on;
  follow();
  Q_EMIT askingChanged();
  if (on) start_->setFocus(Qt::OtherFocusReason);
}

void CostLine::follow() {
  const CostMeter* meter = session_->cost();
  const TrainingRun* training = session_->training();
  setVisible(training->state() == TrainingRun::State::idle);
  const bool isLong = meter->isLong();
  QString text = meter->cost()                 ? costText(*meter->cost(), session_->experiment().train.batch)
                 : !meter->problem().isEmpty() ? tr("What it would cost here is not known: %1").arg(meter->problem())
                 : meter->startPending()       ? tr("Measuring first what this costs here\u2026")
                                               : tr("Measuring what this costs here\u2026");
  if (isLong) text += tr(" Best as a background job:");
  cost_->setText(text);
  copy_->setVisible(isLong);
  question_->setVisible(asking_);
  start_->setVisible(asking_);
  back_->setVisible(asking_);
  if (asking_ && meter->cost())
    question_->setText(tr("This takes about %1 here, and ends with the window; it can be paused and kept. Start it?")
                           .arg(localeNumber(QString::fromStdString(roughTime(meter->cost()->seconds)))));
}

}  // namespace inflaton::ui
