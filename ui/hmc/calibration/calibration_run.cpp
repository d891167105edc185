#include "ui/hmc/calibration/calibration_run.h"

#include "ui/hmc/stage_options.h"
#include "ui/jobs/background.h"

namespace inflaton::ui {

CalibrationRun::CalibrationRun(Session* session, const HmcEngine* engine, QObject* parent)
    : QObject(parent),
      session_(session),
      engine_(engine),
      own_(rememberedOptions<SbcOptions>(session->settings()->ini(), QStringLiteral("hmc/sbc"))) {
  connect(session->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    if (job_ == 0 || status.id != job_ || isActive(status)) return;
    job_ = 0;
    Q_EMIT changed();
  });
}

SbcOptions CalibrationRun::options() const { return withExperiment(own_, *session_); }

void CalibrationRun::setOwn(const SbcOptions& own) {
  own_ = own;
  rememberOptions(session_->settings()->ini(), QStringLiteral("hmc/sbc"), own);
  Q_EMIT changed();
}

std::uint64_t CalibrationRun::start() {
  if (running()) return 0;
  const SbcOptions o = options();
  if (const auto valid = atEdge([&] { validate(o); }); !valid) {
    Q_EMIT failed(tr("Calibration"), valid.error());
    return 0;
  }
  const std::uint64_t ticket = ++ticket_;
  JobQueue::Request request;
  request.title = tr("Calibration: %1").arg(subjectOf(*session_)).toStdString();
  request.command = commandLine(o);
  request.lane = Lane::batch("calibration");
  request.processors = static_cast<int>(o.threads);
  using Result = std::shared_ptr<const SbcResult>;
  const auto show = [this, ticket, o](const Result& result) {
    if (ticket != ticket_) return;
    result_ = result;
    shown_ = o;
    Q_EMIT changed();
  };
  job_ = session_->jobs()->run<Result, Result>(
      std::move(request), [o, sbc = engine_->sbc](const JobContext& context, const auto& publish) { return sbc(o, context, publish); },
      this, show,
      [this, show](const Expected<Result>& result) {
        if (result)
          show(*result);
        else if (!result.error().cancelled())
          Q_EMIT failed(tr("Calibration"), result.error());
      });
  Q_EMIT changed();
  return job_;
}

void CalibrationRun::cancel() {
  if (job_) session_->jobs()->cancel(job_);
}

void CalibrationRun::save(const QString& path) {
  if (!result_) return;
  SbcOptions o = shown_;
  o.output = path.toStdString();
  inBackground(
      this, [o, result = result_] { return std::make_shared<Expected<void>>(saveSbc(*result, o)); },
      [this, path](const std::shared_ptr<Expected<void>>& ok) {
        if (*ok)
          Q_EMIT saved(path);
        else
          Q_EMIT failed(tr("Save"), ok->error());
      });
}

MarginalRun::MarginalRun(Session* session, const HmcEngine* engine, QObject* parent)
    : QObject(parent),
      session_(session),
      engine_(engine),
      points_(session->settings()->ini().value("hmc/marginalPoints", qlonglong(MarginalOptions().points)).toLongLong()) {
  connect(session->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    if (job_ && status.id == job_ && !isActive(status)) job_ = 0;
  });
}

void MarginalRun::setPoints(std::int64_t points) {
  points_ = points;
  session_->settings()->ini().setValue("hmc/marginalPoints", qlonglong(points));
}

void MarginalRun::refuse(const JobError& error, bool asked) {
  failure_ = QString::fromStdString(error.hint.empty() ? error.message : error.message + ". " + error.hint);
  if (asked) Q_EMIT failed(tr("Marginal posterior"), error);
  Q_EMIT done();
}

std::uint64_t MarginalRun::start(const PosteriorOptions& chains, bool asked) {
  if (running()) return 0;
  failure_.clear();
  MarginalOptions o;
  static_cast<PosteriorOptions&>(o) = chains;
  o.points = points_;
  if (const auto valid = atEdge([&] { validate(o); }); !valid) {
    refuse(valid.error(), asked);
    return 0;
  }
  const std::uint64_t ticket = ++ticket_;
  JobQueue::Request request;
  request.title = tr("Marginal posterior: %1").arg(QString::fromStdString(o.data_name)).toStdString();
  request.command = commandLine(o);
  request.lane = Lane::batch("marginal posterior");
  request.processors = static_cast<int>(o.threads);
  job_ = session_->jobs()->run<std::shared_ptr<const MarginalPosterior>>(
      std::move(request), [o, marginal = engine_->marginal](const JobContext& context) { return marginal(o, context); }, this,
      [this, ticket, o, asked](const Expected<std::shared_ptr<const MarginalPosterior>>& result) {
        if (ticket != ticket_) return;
        if (!result) {
          if (!result.error().cancelled()) refuse(result.error(), asked);
          return;
        }
        options_ = o;
        result_ = *result;
        Q_EMIT done();
      });
  return job_;
}

void MarginalRun::forget() {
  ++ticket_;
  result_.reset();
  failure_.clear();
}

void MarginalRun::save(const QString& path) {
  if (!result_) return;
  MarginalOptions o = options_;
  o.output = path.toStdString();
  inBackground(
      this, [o, result = result_] { return std::make_shared<Expected<void>>(saveMarginal(*result, o)); },
      [this, path](const std::shared_ptr<Expected<void>>& ok) {
        if (*ok)
          Q_EMIT saved(path);
        else
          Q_EMIT failed(tr("Save"), ok->error());
      });
}

}  // namespace inflaton::ui
