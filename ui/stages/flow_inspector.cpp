#include "ui/stages/flow_inspector.h"

#include <QDir>
#include <QFileInfo>

#include "core/api/networks.h"
#include "ui/forms/help_section.h"
#include "ui/stages/schedule_switch.h"

namespace inflaton::ui {

ResultsCard::ResultsCard(Session* session, QWidget* parent) : QFrame(parent), session_(session), rows_(new QLabel) {
  setObjectName("results");
  setFrameShape(QFrame::StyledPanel);
  rows_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  rows_->setTextFormat(Qt::RichText);
  rows_->setWordWrap(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 6);
  column->addWidget(rows_);
  connect(session, &Session::flowStarted, this, &ResultsCard::follow);
  connect(session, &Session::flowFinished, this, &ResultsCard::follow);
  connect(session, &Session::experimentChanged, this, &ResultsCard::follow);
  follow();
}

void ResultsCard::follow() {
  const auto simulation = session_->view()->simulation();
  setVisible(simulation != nullptr);
  if (!simulation) return;
  QString table;
  const auto row = [&](const QString& name, const QString& value, const QString& tip = {}) {
    table += QStringLiteral("<tr><td style='padding-right:10px'>%1</td><td align='right'><b>%2</b></td></tr>").arg(name, value);
    Q_UNUSED(tip);
  };
  const Schedule& schedule = simulation->schedule;
  const std::vector<double>& xi = simulation->basis.eigenvalues;
  int evaluations = 0;
  double seconds = 0;
  for (const Trajectory& lane : simulation->lanes) evaluations += lane.evaluations, seconds += lane.seconds;
  row(tr("Of"), session_->shownFlow().subject().toHtmlEscaped());
  row(tr("Schedule"), QString::fromStdString(schedule.name()));
  row(tr("Score"), simulation->source == "net" ? tr("network") : tr("exact"));
  row(tr("Evaluations"), QString::number(evaluations));
  row(tr("Time"), durationText(seconds));
  if (!simulation->roundTripError.empty()) {
    row(schedule.preserving() ? tr("Round-trip RMSE") : tr("Round-trip RMSE, kept"),
        QLocale().toString(simulation->roundTripRmseKept, 'g', 2));
    if (!schedule.preserving()) row(tr("\u2026 compressed"), QLocale().toString(simulation->roundTripRmseCompressed, 'g', 2));
  }
  row(tr("Participation ratio, t = 0"), QLocale().toString(schedule.participationRatio(0, xi), 'f', 2));
  row(tr("\u2026 t = %L1").arg(schedule.tMax()), QLocale().toString(schedule.participationRatio(schedule.tMax(), xi), 'f', 2));
  QStringList variances;
  for (double v : simulation->latentVariance) variances << QLocale().toString(v, 'g', 2);
  row(tr("Latent variances"), variances.join(QStringLiteral(", ")));
  rows_->setText(QStringLiteral("<table width='100%' cellspacing='1'>%1</table>").arg(table));
  rows_->setEnabled(!session_->flowing());  // dimmed: of the flow before the one being computed
}

namespace {
QString errorText(const NetworkInfo* info) {
  return info && info->validation_mean >= 0
             ? FlowInspector::tr(", error against the exact denoiser %L1").arg(info->validation_mean, 0, 'g', 2)
             : QString();
}
}  // namespace

FlowInspector::FlowInspector(Session* session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      data_(heading({})),
      sourceAbout_(sideNote()),
      source_(new Choice(tr("Exact score"), tr("Network"))),
      train_(new QPushButton(tr("Train a network\u2026"))) {
  FormLayout layout;
  layout.front = {"total_samples", "tolerance", "tmax"};
  layout.hiddenGroups = {"", "Data", "Records"};
  layout.shown = {"references", "initial"};
  layout.hidden = {"schedule", "dims_to_keep", "data_dim", "tmin", "outputs", "seed"};
  form_ = ParameterForm::make(session->experiment().flow, layout);
  ToySimulateOptions defaults;
  defaults.outputs = false;
  form_->setDefaults(defaults);
  source_->left()->setObjectName("exact");
  source_->right()->setObjectName("network");
  source_->left()->setToolTip(tr("The score of the batch itself: no training (toy-simulate discrete)"));
  source_->right()->setToolTip(tr("The score of the trained network (toy-simulate net)"));
  sourceAbout_->setObjectName("sourceAbout");
  train_->setAutoDefault(false);
  train_->setFocusPolicy(Qt::TabFocus);
  train_->setToolTip(tr("Go to the Train stage with this data set and schedule"));
  connect(train_, &QPushButton::clicked, this, &FlowInspector::trainRequested);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(data_);
  column->addWidget(new ScheduleSwitch(session));
  column->addSpacing(6);
  column->addWidget(source_);
  column->addWidget(sourceAbout_);
  column->addWidget(train_, 0, Qt::AlignLeft);
  column->addSpacing(4);
  column->addWidget(new ResultsCard(session));
  column->addSpacing(4);
  column->addWidget(form_);
  column->addWidget(new HelpSection("flow"));
  column->addStretch();

  connect(source_, &Choice::chosen, this, [this](bool network) {
    session_->edit(network ? tr("Use the network") : tr("Use the exact score"), [&](Experiment& e) {
      const QString path = session_->networkFor(e);
      e.flow.source = network && !path.isEmpty() ? "net" : "discrete";
      if (network && !path.isEmpty()) e.flow.network = path.toStdString();
    });
    follow();
  });
  connect(form_, &ParameterForm::edited, this, [this](const QString& name) {
    if (!form_->problem().isEmpty()) return;  // the form says what is wrong; nothing is changed yet
    session_->edit(tr("Change %1").arg(name), [&](Experiment& e) {
      e.flow = form_->options<ToySimulateOptions>();
      e.followFlow();
    });
  });
  connect(session, &Session::experimentChanged, this, &FlowInspector::follow);
  follow();
}

void FlowInspector::follow() {
  const Experiment& e = session_->experiment();
  form_->setOptions(e.flow);
  data_->setText(tr("Flow of %1").arg(session_->dataTitle()));
  const bool network = e.flow.source == "net";
  const bool available = network || !session_->networkFor(e).isEmpty();
  source_->choose(network);
  source_->right()->setEnabled(available);
  train_->setVisible(!available);
  const QString path = QString::fromStdString(e.flow.network);
  const NetworkInfo* info = session_->networkNamed(path);
  sourceAbout_->setText(!network ? tr("Exact score of this batch, no training. Its generation only gives the batch back.")
                        : session_->isPretrained(path)
                            ? tr("Pretrained network %1").arg(QFileInfo(path).completeBaseName()) + errorText(info)
                            : tr("Network %1").arg(QFileInfo(path).absoluteDir().dirName()) + errorText(info));
}

}  // namespace inflaton::ui
