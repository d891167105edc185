#include "ui/stages/train_inspector.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QProgressBar>

#include "core/api/train.h"
#include "ui/forms/help_section.h"
#include "ui/stages/cost_line.h"
#include "ui/stages/pretrained_list.h"
#include "ui/stages/schedule_switch.h"

namespace inflaton::ui {

TrainInspector::TrainInspector(Session* session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      presets_(new QComboBox),
      presetAbout_(sideNote()),
      data_(heading({})),
      pending_(attention()),
      numbers_(new QLabel),
      bar_(new QProgressBar),
      cost_(new CostLine(session)) {
  FormLayout layout;
  layout.front = {"duration", "batch", "lr", "targets", "target_references", "arch", "tmax"};
  layout.hiddenGroups = {"Data"};
  layout.hidden = {"schedule", "dims_to_keep", "data_dim", "preset", "resume"};
  form_ = ParameterForm::make(session->experiment().train, layout);

  presets_->setObjectName("presets");
  presets_->setToolTip(tr("Named sets of training parameters (--preset)"));
  for (const PresetInfo& preset : trainPresets()) {
    presets_->addItem(QString::fromStdString(preset.title), QString::fromStdString(preset.name));
    presets_->setItemData(presets_->count() - 1, QString::fromStdString(preset.about), Qt::ToolTipRole);
  }
  connect(presets_, &QComboBox::activated, this, [this] { choosePreset(presets_->currentData().toString()); });

  start_ = actionButton(
      this, "trainStart", tr("Start training"), tr("Train a network on this data set and schedule (Ctrl+Return)"),
      [this] { session_->training()->state() == TrainingRun::State::paused ? session_->training()->resume() : session_->startTraining(); });
  pause_ = actionButton(this, "trainPause", tr("Pause"), tr("Write a checkpoint and wait"), [this] { session_->training()->pause(); });
  keep_ = actionButton(this, "trainKeep", tr("Stop and keep"), tr("End now and use the network as it is (Ctrl+.)"),
                       [this] { session_->training()->stopAndKeep(); });
  discard_ = actionButton(this, "trainDiscard", tr("Discard"), tr("End now and take the run away; can be undone until the program ends"),
                          [this] { session_->training()->discard(); });
  start_->setDefault(false);
  QFont bold = start_->font();
  bold.setBold(true);
  start_->setFont(bold);
  numbers_->setObjectName("trainNumbers");
  numbers_->setWordWrap(true);
  numbers_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  pending_->setObjectName("pending");
  pending_->setText(tr("Changes apply on restart: the training on now keeps its parameters."));
  bar_->setRange(0, 1000);
  bar_->setTextVisible(true);

  auto* presetRow = new QHBoxLayout;
  presetRow->addWidget(new QLabel(tr("Preset")));
  presetRow->addWidget(presets_, 1);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(4);
  for (QPushButton* b : {start_, pause_, keep_, discard_}) buttons->addWidget(b);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(data_);
  column->addWidget(new ScheduleSwitch(session));
  column->addSpacing(4);
  column->addLayout(presetRow);
  column->addWidget(presetAbout_);
  column->addLayout(buttons);
  column->addWidget(cost_);
  column->addWidget(bar_);
  column->addWidget(numbers_);
  column->addWidget(pending_);
  column->addWidget(new PretrainedList(session));
  column->addSpacing(4);
  column->addWidget(form_);
  column->addWidget(new HelpSection("train"));
  column->addStretch();

  connect(form_, &ParameterForm::edited, this, [this](const QString& name) {
    if (!form_->problem().isEmpty()) return;  // the form says what is wrong; nothing is changed yet
    session_->edit(tr("Change %1").arg(name), [&](Experiment& e) {
      e.train = form_->options<ToyTrainOptions>();
      e.followTrain();
    });
  });
  connect(session, &Session::experimentChanged, this, &TrainInspector::follow);
  connect(session->cost(), &CostMeter::changed, this, &TrainInspector::followRun);
  connect(cost_, &CostLine::askingChanged, this, &TrainInspector::followRun);
  connect(session->training(), &TrainingRun::stateChanged, this, &TrainInspector::followRun);
  connect(session->training(), &TrainingRun::updated, this, &TrainInspector::followRun);
  follow();
  followRun();
}

void TrainInspector::choosePreset(const QString& name) {
  session_->edit(tr("Preset %1").arg(name), [&](Experiment& e) {
    e.train = withPreset(e.train, name.toStdString());
    e.followTrain();
  });
}

void TrainInspector::follow() {
  const ToyTrainOptions& train = session_->experiment().train;
  form_->setOptions(train);
  form_->setDefaults(withPreset(train, train.preset.empty() ? "quick" : train.preset));
  data_->setText(tr("Train on %1").arg(session_->dataTitle()));
  const int at = presets_->findData(QString::fromStdString(train.preset));
  presets_->setCurrentIndex(at);
  presetAbout_->setText(at < 0 ? QString() : presets_->itemData(at, Qt::ToolTipRole).toString());
  presetAbout_->setVisible(!presetAbout_->text().isEmpty());
  followRun();
}

void TrainInspector::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  session_->cost()->setWatched(true);
}

void TrainInspector::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  session_->cost()->setWatched(false);
}

void TrainInspector::followRun() {
  const TrainingRun* training = session_->training();
  using State = TrainingRun::State;
  const State state = training->state();
  const bool running = state == State::running, paused = state == State::paused;
  start_->setText(paused ? tr("Resume") : training->loss().isEmpty() ? tr("Start training") : tr("Train again"));
  start_->setVisible(state == State::idle || paused);
  start_->setEnabled(paused || (form_->valid() && !cost_->asking() && !session_->cost()->startPending()));
  pause_->setVisible(running || state == State::pausing);
  pause_->setEnabled(running);
  pause_->setText(state == State::pausing ? tr("Pausing\u2026") : tr("Pause"));
  keep_->setVisible(state != State::idle);
  keep_->setEnabled(running || paused);
  keep_->setText(paused ? tr("Keep") : state == State::keeping ? tr("Stopping\u2026") : tr("Stop and keep"));
  discard_->setVisible(state != State::idle);
  discard_->setEnabled(state != State::cancelling);

  const ToyTrainUpdate& now = training->latest();
  const bool any = state != State::idle || !training->loss().isEmpty();
  bar_->setVisible(any);
  numbers_->setVisible(any);
  bar_->setValue(now.duration_mimg > 0 ? static_cast<int>(1000 * now.mimg / now.duration_mimg) : 0);
  bar_->setFormat(paused                 ? tr("paused, %p %")
                  : state == State::idle ? tr("%1 %").arg(now.duration_mimg > 0 ? static_cast<int>(100 * now.mimg / now.duration_mimg) : 0)
                                         : tr("%p %"));
  QStringList lines;
  if (const Provenance of = training->provenance(); any && !of.same(session_->presentTraining())) lines << tr("Of %1").arg(of.subject());
  if (now.step > 0) {
    lines << tr("Loss %L1, smoothed %L2").arg(now.loss, 0, 'g', 4).arg(now.lossSmoothed, 0, 'g', 4);
    if (training->validation()) lines << tr("Error against the exact denoiser %L1").arg(training->validation()->mean, 0, 'g', 3);
    lines << tr("%L1 of %L2 Mimg, step %3").arg(now.mimg, 0, 'f', 2).arg(now.duration_mimg, 0, 'f', 2).arg(now.step);
    if (now.targetShare > 0) lines << tr("Posterior-mean targets took %1 % of the time").arg(100 * now.targetShare, 0, 'f', 0);
    if (running)
      lines << tr("%L1 steps/s, %2")
                   .arg(now.stepsPerSecond, 0, now.stepsPerSecond < 10 ? 'g' : 'f', now.stepsPerSecond < 10 ? 2 : 0)
                   .arg(etaText(now.etaSeconds));
  } else if (running) {
    lines << tr("Preparing the eigenbasis and the validation points\u2026");
  }
  const ToySimulateOptions& flow = session_->experiment().flow;
  if (state == State::idle && !training->result().network.empty())
    lines << tr("%1 after %2: %3")
                 .arg(training->result().end == TrainEnd::completed ? tr("Done") : tr("Stopped and kept"),
                      durationText(training->result().seconds),
                      flow.source == "net" && flow.network == training->result().network ? tr("the flow uses this network.")
                                                                                         : tr("the flow does not use this network."));
  numbers_->setText(lines.join('\n'));

  ToyTrainOptions shown = session_->experiment().train;
  shown.outdir = training->options().outdir;
  pending_->setVisible((training->busy() || paused) && !(shown == training->options()));
}

}  // namespace inflaton::ui
