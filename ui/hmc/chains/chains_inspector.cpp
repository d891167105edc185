#include "ui/hmc/chains/chains_inspector.h"

#include <QCheckBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/forms/help_section.h"
#include "ui/forms/inspector_parts.h"
#include "ui/hmc/stage_options.h"
#include "ui/jobs/job_button.h"
#include "ui/session/session.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

ChainsInspector::ChainsInspector(Session* session, ChainRunner* runner, MarginalRun* marginal, QWidget* parent)
    : QWidget(parent),
      session_(session),
      runner_(runner),
      marginal_(marginal),
      card_(new QWidget),
      refusal_(new QWidget),
      subject_(heading({})),
      about_(sideNote()),
      pending_(attention()),
      folderText_(sideNote()),
      marginalText_(sideNote()),
      auto_(new QCheckBox(tr("By itself, after the chains"))),
      marginalJob_(new JobButton(session->jobs(), tr("Compute"),
                                 tr("The posterior of the weights with the latents integrated out (inflaton-cli marginal-posterior)"))) {
  QSettings& ini = session->settings()->ini();
  FormLayout layout = stageLayout();
  layout.front = {"sampler", "chains", "burn", "mcmc_n", "gt_n", "init", "traj_length", "acpt", "map"};
  form_ = ParameterForm::make(withExperiment(rememberedOptions<ToyMcmcOptions>(ini, QStringLiteral("hmc/chains")), *session), layout);
  form_->setObjectName("chainsForm");
  FormLayout points;
  points.only = {"points"};
  points.front = {"points"};
  MarginalOptions shown = withExperiment(MarginalOptions{}, *session);
  shown.points = marginal->points();
  marginalForm_ = ParameterForm::make(shown, points);

  start_ =
      actionButton(this, "hmcStart", tr("Run chains"), tr("Sample weights and latents (Ctrl+Return)"), [this] { Q_EMIT startRequested(); });
  pause_ =
      actionButton(this, "hmcPause", tr("Pause"), tr("Write a checkpoint and wait; Resume goes on from it"), [this] { runner_->pause(); });
  keep_ = actionButton(this, "hmcKeep", tr("Stop and keep"), tr("End now with the draws there are"), [this] { runner_->stopAndKeep(); });
  cancel_ =
      actionButton(this, "hmcCancel", tr("Cancel"), tr("End now; the run folder keeps its last checkpoint"), [this] { runner_->cancel(); });
  open_ = actionButton(this, "hmcOpen", tr("Open run\u2026"), tr("Look at the chains of a run folder again"),
                       [this] { Q_EMIT openRequested(); });
  folder_ = actionButton(this, "hmcFolder", tr("Open folder"), tr("Show the files of this run: draws as .npz, also for ArviZ"),
                         [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(runner_->folder())); });
  save_ = actionButton(this, "marginalSave", tr("Save\u2026"), tr("Write draws, densities and moments of the marginal posterior as .npz"),
                       [this] { save(); });
  QFont bold = start_->font();
  bold.setBold(true);
  start_->setFont(bold);
  subject_->setWordWrap(true);
  subject_->setObjectName("hmcSubject");
  about_->setObjectName("hmcAbout");
  pending_->setText(tr("Changes apply to the next run: the chains on now keep their parameters."));
  folderText_->setObjectName("hmcFolderText");
  folderText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  marginalText_->setObjectName("marginalText");
  marginalJob_->setObjectName("marginalJob");
  auto_->setObjectName("marginalAuto");
  auto_->setToolTip(tr("Compare every finished run with the marginal posterior, which takes seconds"));
  auto_->setChecked(ini.value("hmc/autoMarginal", true).toBool());

  auto* why = attention(tr("The experiment observes points of a plane: its latents have two dimensions, and this data set has others."));
  why->setObjectName("needsPlane");
  auto* circles = actionButton(this, "hmcCircles", tr("Use circles"), tr("The paper's data set for this experiment"),
                               [this] { session_->chooseSet("circles"); });
  auto* refusal = new QVBoxLayout(refusal_);
  refusal->setContentsMargins(0, 0, 0, 0);
  refusal->addWidget(why);
  refusal->addWidget(circles, 0, Qt::AlignLeft);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(4);
  for (QPushButton* b : {start_, pause_, keep_, cancel_}) buttons->addWidget(b);
  auto* files = new QHBoxLayout;
  files->setSpacing(4);
  for (QPushButton* b : {open_, folder_}) files->addWidget(b);
  files->addStretch();

  auto* card = new QVBoxLayout(card_);
  card->setContentsMargins(0, 0, 0, 0);
  card->addWidget(about_);
  card->addLayout(buttons);
  card->addWidget(pending_);
  card->addLayout(files);
  card->addWidget(folderText_);
  card->addWidget(form_);
  card->addSpacing(6);
  card->addWidget(heading(tr("Marginal posterior")));
  card->addWidget(sideNote(tr("The latents integrated out: exact but for its own small error, and the yardstick of the chains.")));
  card->addWidget(auto_);
  card->addWidget(marginalForm_);
  auto* marginalRow = new QHBoxLayout;
  marginalRow->addWidget(marginalJob_, 1);
  marginalRow->addWidget(save_);
  card->addLayout(marginalRow);
  card->addWidget(marginalText_);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(subject_);
  column->addWidget(refusal_);
  column->addWidget(card_);
  column->addWidget(new HelpSection("hmc"));
  column->addStretch();

  connect(form_, &ParameterForm::edited, this, [this] {
    rememberOptions(session_->settings()->ini(), QStringLiteral("hmc/chains"), form_->options<ToyMcmcOptions>());
    about_->setText(about(options()));
    followRun();
    Q_EMIT changed();
  });
  connect(marginalForm_, &ParameterForm::edited, this, [this] { marginal_->setPoints(marginalForm_->options<MarginalOptions>().points); });
  connect(auto_, &QCheckBox::toggled, this, [this](bool on) { session_->settings()->ini().setValue("hmc/autoMarginal", on); });
  connect(marginalJob_, &JobButton::runRequested, this, [this] { computeMarginal(); });
  connect(marginal, &MarginalRun::done, this, &ChainsInspector::followRun);
  connect(marginalJob_, &JobButton::ended, this, [this] {
    if (!marginal_->failure().isEmpty()) marginalJob_->say({});
  });  // told below it, whole
  connect(session->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.state == JobState::finished && !marginalJob_->running()) marginalJob_->say({});
  });
  connect(session, &Session::experimentChanged, this, &ChainsInspector::follow);
  connect(session, &Session::flowFinished, this, &ChainsInspector::follow);  // a file's dimensions are known by then
  connect(runner, &ChainRunner::stateChanged, this, &ChainsInspector::followRun);
  connect(runner, &ChainRunner::updated, this, &ChainsInspector::followRun);
  connect(runner, &ChainRunner::pictureChanged, this, &ChainsInspector::followRun);
  follow();
}

ToyMcmcOptions ChainsInspector::options() const {
  ToyMcmcOptions o = withExperiment(form_->options<ToyMcmcOptions>(), *session_);
  o.resume.clear();
  if (o.outdir == ToyMcmcOptions{}.outdir) o.outdir = session_->settings()->runsFolder().toStdString();
  return o;
}

void ChainsInspector::setOwn(const ToyMcmcOptions& own) {
  form_->setOptions(withExperiment(own, *session_));
  rememberOptions(session_->settings()->ini(), QStringLiteral("hmc/chains"), form_->options<ToyMcmcOptions>());
  follow();
}

bool ChainsInspector::ready() const { return isPlane(*session_) && form_->valid(); }
bool ChainsInspector::autoMarginal() const { return auto_->isChecked(); }

void ChainsInspector::computeMarginal(bool asked) {
  const bool ofRun = runner_->busy() || !runner_->result().run_folder.empty() || runner_->latest().iteration > 0;
  if (const auto job = marginal_->start(ofRun ? runner_->options() : options(), asked)) marginalJob_->started(job);
}

QString ChainsInspector::about(const ToyMcmcOptions& o) const {
  const qlonglong n = o.gt_n;
  return tr("%1 parameters: 3 weights (as logits) and the 2 coordinates of each of %2 latents. Prior: a mixture of three Gaussians in the "
            "latent plane, flat on the logits. "
            "Observed: the latents pushed through the flow, with noise of sd %3 on each coordinate. %4 chains of %5 + %6 transitions.")
      .arg(3 + 2 * n)
      .arg(n)
      .arg(number(std::sqrt(o.gt_eps_mvn), -3))
      .arg(o.chains)
      .arg(o.burn)
      .arg(o.mcmc_n);
}

void ChainsInspector::follow() {
  const bool plane = isPlane(*session_);
  refusal_->setVisible(!plane && session_->dataDim() > 0);
  card_->setVisible(plane);
  subject_->setText(plane ? tr("Sample %1").arg(subjectOf(*session_)) : session_->dataTitle());
  form_->setOptions(withExperiment(form_->options<ToyMcmcOptions>(), *session_));
  ToyMcmcOptions defaults = withExperiment(ToyMcmcOptions{}, *session_);
  form_->setDefaults(defaults);
  about_->setText(about(options()));
  followRun();
  Q_EMIT changed();
}

void ChainsInspector::followRun() {
  using State = ChainRunner::State;
  const State state = runner_->state();
  const bool running = state == State::running, paused = state == State::paused;
  start_->setText(paused ? tr("Resume") : runner_->result().run_folder.empty() ? tr("Run chains") : tr("Run again"));
  start_->setVisible(!runner_->busy());
  start_->setEnabled(paused || ready());
  pause_->setVisible(running || state == State::pausing);
  pause_->setEnabled(running && runner_->latest().iteration > 0);
  pause_->setText(state == State::pausing ? tr("Pausing\u2026") : tr("Pause"));
  keep_->setVisible(state != State::idle);
  keep_->setEnabled((running && runner_->latest().iteration > 0) || paused);
  keep_->setText(paused ? tr("Leave it so") : state == State::keeping ? tr("Stopping\u2026") : tr("Stop and keep"));
  cancel_->setVisible(runner_->busy());
  cancel_->setEnabled(state != State::cancelling);
  open_->setVisible(!runner_->busy());
  const QString folder = runner_->folder();
  folder_->setVisible(!folder.isEmpty());
  folderText_->setVisible(!folder.isEmpty());
  folderText_->setText(QFileInfo(folder).fileName());
  QStringList files;
  for (const std::string& file : runner_->result().files) files << QFileInfo(QString::fromStdString(file)).fileName();
  folderText_->setToolTip(QDir::toNativeSeparators(folder) + (files.isEmpty() ? QString() : QStringLiteral("\n") + files.join('\n')));
  ToyMcmcOptions now = options(), then = runner_->options();
  for (ToyMcmcOptions* o : {&now, &then}) o->outdir.clear(), o->resume.clear(), o->device.clear(), o->threads = 0;
  pending_->setVisible((runner_->busy() || paused) && !(now == then));

  const auto& m = runner_->marginal();
  save_->setVisible(bool(m));
  marginalText_->setVisible(m || !marginal_->failure().isEmpty());
  marginalText_->setText(marginal_->failure());
  if (m) {
    QStringList lines;
    for (std::size_t k = 0; k < m->mean.size() && k < m->sd.size(); ++k)
      lines << tr("w%1  %2 \u00b1 %3, its own error %4")
                   .arg(k)
                   .arg(number(m->mean[k], 4), number(m->sd[k], 4), number(k < m->meanError.size() ? m->meanError[k] : NAN, -2));
    lines << tr("%1 observations, %2 points a component, %3").arg(m->observations).arg(m->points).arg(durationText(m->seconds));
    marginalText_->setText(lines.join('\n'));
  }
}

void ChainsInspector::save() {
  auto* dialog = new QFileDialog(this, tr("Save the marginal posterior"),
                                 runner_->folder().isEmpty() ? QDir::homePath() : runner_->folder(), tr("NumPy archives (*.npz)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("npz");
  dialog->selectFile("marginal.npz");
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { marginal_->save(path); });
  dialog->open();
}

}  // namespace inflaton::ui
