#include "ui/stages/schedule_switch.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/forms/inspector_parts.h"

namespace inflaton::ui {

ScheduleSwitch::ScheduleSwitch(Session* session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      choice_(new Choice(tr("PRP: keep all"), tr("PRR: reduce"))),
      inflation_(new Choice(tr("As the reference"), tr("Proportional (paper)"))),
      keepRow_(new QWidget),
      keep_(new QSpinBox),
      about_(sideNote()) {
  choice_->left()->setObjectName("prp");
  choice_->right()->setObjectName("prr");
  choice_->left()->setToolTip(
      tr("Participation-ratio preserving: every axis is kept; the latent space has as many dimensions as the data (--dims_to_keep 0)"));
  choice_->right()->setToolTip(
      tr("Participation-ratio reducing: the largest eigen-axes are kept, the others are compressed (--dims_to_keep)"));
  for (QPushButton* b : {choice_->left(), choice_->right()}) {
    QFont font = b->font();
    font.setBold(true);
    b->setFont(font);
    b->setMinimumHeight(b->sizeHint().height() + 6);
  }
  inflation_->left()->setObjectName("asReference");
  inflation_->right()->setObjectName("proportional");
  inflation_->left()->setToolTip(
      tr("The same noise on every axis, as the reference's code has it; ends in N(0, I) (--schedule reference)"));
  inflation_->right()->setToolTip(
      tr("Noise in proportion to each axis's own variance, equations 9 and 10 of the paper (--schedule paper)"));
  auto* difference =
      sideNote(tr("As the reference: every axis gets the same noise; the end is N(0, I). Proportional: each axis inflates in proportion to "
                  "its own variance, "
                  "so PRP keeps the participation ratio exactly."));
  difference->setObjectName("inflationAbout");
  keep_->setObjectName("keep");
  keep_->setToolTip(tr("Eigen-axes kept (--dims_to_keep)"));
  auto* row = new QHBoxLayout(keepRow_);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(new QLabel(tr("Dimensions kept")));
  row->addStretch();
  row->addWidget(keep_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(choice_);
  column->addWidget(keepRow_);
  column->addWidget(about_);
  column->addSpacing(2);
  column->addWidget(inflation_);
  column->addWidget(difference);
  connect(inflation_, &Choice::chosen, this, [this](bool proportional) {
    session_->setProportional(proportional);
    follow();
  });
  connect(choice_, &Choice::chosen, this, [this](bool reduce) { set(reduce ? std::max<std::int64_t>(1, session_->dataDim() - 1) : 0); });
  connect(keep_, &QSpinBox::valueChanged, this, [this](int keep) { set(keep); });
  connect(session_, &Session::experimentChanged, this, &ScheduleSwitch::follow);
  connect(session_, &Session::flowFinished, this, &ScheduleSwitch::follow);
  follow();
}

void ScheduleSwitch::set(std::int64_t keep) {
  session_->edit(keep == 0 ? tr("Schedule PRP") : tr("Schedule PRR"), [keep](Experiment& e) {
    e.flow.dims_to_keep = keep;
    e.followFlow();
  });
  follow();
}

void ScheduleSwitch::follow() {
  const int dim = session_->dataDim();
  const auto keep = session_->experiment().schedule().dims_to_keep;
  const bool reduce = keep > 0 && keep < dim;
  choice_->choose(reduce);
  inflation_->choose(session_->experiment().schedule().schedule == "paper");
  choice_->right()->setText(dim > 0 ? tr("PRR: %1D \u2192 %2D").arg(dim).arg(reduce ? keep : std::max(1, dim - 1)) : tr("PRR: reduce"));
  choice_->left()->setText(dim > 0 ? tr("PRP: keep %1D").arg(dim) : tr("PRP: keep all"));
  keepRow_->setVisible(reduce && dim > 2);
  const QSignalBlocker block(keep_);
  keep_->setRange(1, std::max(1, dim - 1));
  keep_->setValue(static_cast<int>(std::max<std::int64_t>(1, keep)));
  const bool proportional = session_->experiment().schedule().schedule == "paper";
  about_->setText(reduce && keep == 1 ? tr("The largest axis inflates to a Gaussian; the others are squeezed flat.")
                  : reduce            ? tr("The %1 largest axes inflate to a Gaussian; the others are squeezed flat.").arg(keep)
                  : proportional      ? tr("Every axis inflates; the latent space is a Gaussian as wide as the data.")
                                      : tr("Every axis inflates; the latent space is a round Gaussian."));
}

}  // namespace inflaton::ui
