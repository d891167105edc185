#include "ui/stages/data_inspector.h"

#include <QEvent>
#include <QToolButton>

#include "ui/forms/help_section.h"
#include "ui/stages/eigen_bars.h"
#include "ui/style/theme.h"

namespace inflaton::ui {

DataInspector::DataInspector(Session* session, QWidget* parent)
    : QWidget(parent), session_(session), title_(heading({})), about_(sideNote()), eigenvalues_(heading({})) {
  FormLayout layout;
  layout.front = {"total_samples", "seed", "standardize"};
  layout.only = {"augment_to", "augment_noise"};
  form_ = ParameterForm::make(session->experiment().flow, layout);
  dice_ = new QToolButton;
  dice_->setObjectName("dice");
  dice_->setFocusPolicy(Qt::TabFocus);
  dice_->setText(tr("New seed"));
  dice_->setIcon(themedIcon("dice", palette()));
  dice_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  dice_->setToolTip(tr("Draw other points of the same data set"));
  connect(dice_, &QToolButton::clicked, this, [this] { session_->rollSeed(); });

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(title_);
  column->addWidget(about_);
  column->addWidget(form_);
  column->addWidget(dice_, 0, Qt::AlignRight);
  column->addSpacing(6);
  column->addWidget(eigenvalues_);
  column->addWidget(new EigenBars(session->view()));
  column->addSpacing(6);
  column->addWidget(new HelpSection("data"));
  column->addStretch();

  connect(form_, &ParameterForm::edited, this, [this](const QString& name) {
    const auto& edited = form_->options<ToySimulateOptions>();
    if (name.startsWith("augment_")) {
      if (form_->field("augment_to")->valid()) session_->setEmbedding(edited.augment_to, edited.augment_noise);
      return;
    }
    session_->edit(tr("Change %1").arg(name), [&](Experiment& e) {
      e.flow.total_samples = edited.total_samples;
      e.flow.seed = edited.seed;
      e.flow.standardize = edited.standardize;
      e.followFlow();
    });
  });
  connect(session, &Session::experimentChanged, this, &DataInspector::follow);
  connect(session, &Session::flowFinished, this, &DataInspector::follow);
  follow();
}

void DataInspector::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) dice_->setIcon(themedIcon("dice", palette()));
}

void DataInspector::follow() {
  const ToySimulateOptions& flow = session_->experiment().flow;
  form_->setOptions(flow);
  title_->setText(session_->dataTitle());
  const QString of = session_->shownFlow().set();  // the bars are of the flow that is shown
  eigenvalues_->setText(of.isEmpty() ? tr("Eigenvalues of the data") : tr("Eigenvalues of %1").arg(of));
  QString about = QString::fromStdString(flow.data_file);
  for (const ToySetInfo& set : toySets())
    if (set.id == flow.data_name) about = QString::fromStdString(set.about);
  if (flow.augment_to > 0)
    about += tr(" Embedded in %1 dimensions.").arg(flow.augment_to);
  else if (const int dim = session_->dataDim())
    about += tr(" %1 dimensions.").arg(dim);
  about_->setText(about);
}

}  // namespace inflaton::ui
