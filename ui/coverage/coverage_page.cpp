#include "ui/coverage/coverage_page.h"

#include "ui/coverage/coverage_centre.h"
#include "ui/coverage/coverage_inspector.h"
#include "ui/jobs/job_button.h"
#include "ui/session/provenance_bar.h"
#include "ui/session/session.h"

namespace inflaton::ui {

CoveragePage::CoveragePage(Session* session, QObject* parent, CoverageWork work)
    : StagePage(parent),
      session_(session),
      work_(std::move(work)),
      model_(new CoverageModel(this)),
      inspector_(new CoverageInspector(session)) {
  auto* holder = new QWidget;  // dialogs of the export belong to the window that the centre ends up in
  exports_ = new CoverageExport(session, model_, work_.save, holder);
  centre_ = new CoverageCentre(session, model_, work_.alphaShape, exports_);
  holder->setParent(centre_);
  holder->hide();
  connect(inspector_->job(), &JobButton::runRequested, this, &CoveragePage::start);
  connect(inspector_->job(), &JobButton::ended, this, [this] {
    job_ = 0;
    follow();
  });
  connect(inspector_, &CoverageInspector::edited, this, &CoveragePage::follow);
  connect(centre_, &CoverageCentre::runRequested, this, &CoveragePage::start);
  centre_->bar()->setFormBack([this] { inspector_->setOwn(shown_); });
  connect(session, &Session::flowFinished, this, &CoveragePage::follow);  // a file's dimensions are known by then
  connect(exports_, &CoverageExport::failed, this, &StagePage::failed);
  connect(exports_, &CoverageExport::said, session, &Session::noted);
  connect(session->jobs(), &JobBridge::changed, this, &CoveragePage::followJob);
  follow();
}

QWidget* CoveragePage::inspector() const { return inspector_; }
QWidget* CoveragePage::centre() const { return centre_; }
bool CoveragePage::running() const { return inspector_->job()->running(); }
bool CoveragePage::justStarted() const { return inspector_->job()->justStarted(); }
QString CoveragePage::runText() const { return running() ? tr("Cancel coverage") : tr("Run coverage"); }
bool CoveragePage::canRun() const { return running() || (inspector_->form()->valid() && inspector_->dimensionFits()); }
void CoveragePage::run() { inspector_->job()->press(); }
QString CoveragePage::command() const { return QString::fromStdString(commandLine(inspector_->options())); }
Figure* CoveragePage::currentFigure() const { return centre_->currentFigure(); }
void CoveragePage::resetView() { centre_->scene()->resetView(); }

QString CoveragePage::hint() const {
  return tr(
      "Ctrl+Return run  \u00b7  click a point: its path  \u00b7  drag, wheel, arrows, + \u2212  \u00b7  R reset view  \u00b7  F1 keys");
}

void CoveragePage::start() {
  if (running()) return;
  const ToyCoverageOptions options = inspector_->options();
  if (const auto valid = atEdge([&] { validate(options); }); !valid) {
    Q_EMIT failed(tr("Coverage"), valid.error());
    return;
  }
  const QString subject = inspector_->subject();
  JobQueue::Request request;
  request.title = QStringLiteral("Coverage: %1").arg(subject).toStdString();
  request.command = commandLine(options);
  request.lane = Lane::interactive("coverage");
  request.processors = static_cast<int>(options.threads);
  using Result = std::shared_ptr<const CoverageResult>;
  // Every seed shows as soon as it has been counted.
  job_ = session_->jobs()->run<Result, CoverageUpdate>(
      std::move(request),
      [options, work = work_.run](const JobContext& context, const auto& publish) { return work(options, context, publish); }, this,
      [this, options, subject](const CoverageUpdate& update) {
        if (running()) show(update.sofar, options, subject);
      },
      [this, options, subject](const Expected<Result>& result) {
        if (result) return show(*result, options, subject);
        if (!result.error().cancelled()) Q_EMIT failed(tr("Coverage"), result.error());
      });
  inspector_->job()->started(job_);
  inspector_->job()->say({});
  follow();
}

void CoveragePage::show(std::shared_ptr<const CoverageResult> result, const ToyCoverageOptions& options, const QString& subject) {
  shown_ = options;
  shownSubject_ = subject;
  exports_->setOptions(options);
  model_->setResult(std::move(result));
  inspector_->showResult(model_->result().get(), subject);
  inspector_->job()->say({});
  follow();
}

void CoveragePage::follow() {
  const QString what = inspector_->subject();
  if (!inspector_->dimensionFits())
    centre_->setMessage(tr("Coverage needs a data set of two or three dimensions. Choose one in the gallery."), false);
  else if (running())
    centre_->setMessage(tr("Measuring %1\u2026").arg(what), false);
  else
    centre_->setMessage(
        tr("If the flow is calibrated, a shell that holds 95 % of the latent points still holds them in data space and after the way back. "
           "Run it for %1: points and shells go through the flow and are counted at three places.")
            .arg(what),
        true);
  centre_->setCaption(shownSubject_);
  const auto& result = model_->result();
  centre_->bar()->compare(result && !result->runs.empty() ? Provenance::of(shown_, result->dim) : Provenance(),
                          Provenance::of(inspector_->options(), session_->dataDim()));
  Q_EMIT changed();
}

void CoveragePage::followJob(const JobStatus& status) {
  if (status.id == job_ && !model_->result() && isActive(status)) {
    const QString stage = QString::fromStdString(status.progress.stage), eta = etaText(status.progress.etaSeconds);
    if (!stage.isEmpty())
      centre_->setMessage(tr("Measuring %1: %2%3").arg(inspector_->subject(), stage, eta.isEmpty() ? QString() : ", " + eta), false);
  }
  // Shapes follow the slider: one row each would bury the jobs that somebody asked for.
  if (status.title == "Alpha shape" && !isActive(status)) session_->jobsModel()->remove(status.id);
}

Stage coverageStage() {
  return {QStringLiteral("coverage"),
          StagePage::tr("Coverage"),
          {{QStringLiteral("coverage"), StagePage::tr("About &coverage")}},
          [](Session* session, QObject* parent) { return new CoveragePage(session, parent); }};
}

}  // namespace inflaton::ui
