#include "ui/hmc/trajectories/demonstration.h"

#include "ui/hmc/stage_options.h"

namespace inflaton::ui {

const std::vector<DemoPreset>& demoPresets() {
  static const std::vector<DemoPreset> presets = {
      {"good", Demonstration::tr("Good"),
       Demonstration::tr("A step found for this landscape: it follows the ridge, the energy error stays small, nine in ten proposals are "
                         "accepted and lie far "
                         "from where they began.")},
      {"large", Demonstration::tr("Step too large"),
       Demonstration::tr(
           "The leapfrog leaps over the ridge: the energy error explodes and proposals are rejected or diverge; the chain stands still.")},
      {"small", Demonstration::tr("Step too small"),
       Demonstration::tr("Every proposal is accepted, but each trajectory ends next to its start: watch how slowly the chain gets about.")},
      {"poor", Demonstration::tr("Poor start"),
       Demonstration::tr(
           "The chain begins far out in the tail: watch the first trajectories fall towards the mass, which is what a warm-up is for.")}};
  return presets;
}

void DemoPreset::apply(HmcDemoOptions& o) const {
  const QString which = QString::fromLatin1(id);
  o.sampler = "hmc";
  const bool found = which == "good" || which == "poor";
  o.traj_length = found ? 60 : 15;
  o.init = which == "poor" ? "poor" : "truth";
  o.step_size = found ? 0 : which == "large" ? 0.25 : 0.002;
}

Demonstration::Demonstration(Session* session, const HmcEngine* engine, QObject* parent)
    : QObject(parent), session_(session), engine_(engine), player_(new DemoPlayer(this)) {
  QSettings& ini = session->settings()->ini();
  if (ini.contains("hmc/demo")) {
    own_ = rememberedOptions<HmcDemoOptions>(ini, QStringLiteral("hmc/demo"));
  } else {
    demoPresets().front().apply(own_);
    own_.map = "table", own_.table_tolerance = 0.02;  // for the eye; thousands of solver steps would be too slow to follow an edit
  }
  soon_.setSingleShot(true);
  soon_.setInterval(150);
  connect(&soon_, &QTimer::timeout, this, &Demonstration::start);
  connect(session, &Session::experimentChanged, this, &Demonstration::renew);
  connect(session->jobs(), &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.id != job_) return;
    if (isActive(status)) stage_ = QString::fromStdString(status.progress.stage);
    // They follow every edit: one row each would bury the jobs that somebody asked for.
    if (status.state == JobState::finished || status.state == JobState::cancelled) session_->jobsModel()->remove(status.id);
    Q_EMIT changed();
  });
}

Provenance Demonstration::provenance() const { return player_->demo() ? Provenance::of(shown_, 2) : Provenance(); }

HmcDemoOptions Demonstration::options() const { return withExperiment(own_, *session_); }

void Demonstration::setOwn(const HmcDemoOptions& own) {
  if (own == own_) return;
  own_ = own;
  rememberOptions(session_->settings()->ini(), QStringLiteral("hmc/demo"), own);
  renew();
  Q_EMIT changed();
}

void Demonstration::choosePreset(const QString& id) {
  HmcDemoOptions next = own_;
  for (const DemoPreset& preset : demoPresets())
    if (id == QLatin1String(preset.id)) preset.apply(next);
  setOwn(next);
  player_->play();
}

QString Demonstration::preset() const {
  for (const DemoPreset& preset : demoPresets()) {
    HmcDemoOptions like = own_;
    preset.apply(like);
    if (like == own_) return QString::fromLatin1(preset.id);
  }
  return {};
}

void Demonstration::setInSight(bool on) {
  inSight_ = on;
  if (!on)
    player_->pause();
  else if (due_)
    soon_.start(0);
}

void Demonstration::renew() {
  due_ = true;
  if (inSight_) soon_.start(150);
}

void Demonstration::start() {
  if (!inSight_ || !isPlane(*session_)) {
    if (isPlane(*session_) != wasPlane_) Q_EMIT changed();
    wasPlane_ = isPlane(*session_);
    return;
  }
  wasPlane_ = true;
  const HmcDemoOptions o = options();
  if (!due_ || (o == asked_ && player_->demo() && problem_.isEmpty())) {
    due_ = false;
    return;
  }
  due_ = false;
  asked_ = o;
  if (const auto valid = atEdge([&] { validate(o); }); !valid) {
    problem_ = QString::fromStdString(valid.error().message);
    return Q_EMIT changed();
  }
  const std::uint64_t ticket = ++ticket_;
  JobQueue::Request request;
  request.title = tr("Trajectories: %1").arg(QString::fromStdString(o.data_name)).toStdString();
  request.command = commandLine(o);
  request.lane = Lane::interactive("trajectories");
  request.processors = static_cast<int>(o.threads);
  running_ = true;
  const std::uint64_t before = job_;
  job_ = session_->jobs()->run<std::shared_ptr<const HmcDemo>>(
      std::move(request), [o, demo = engine_->demo](const JobContext& context) { return demo(o, context); }, this,
      [this, ticket, o](const Expected<std::shared_ptr<const HmcDemo>>& result) {
        if (ticket != ticket_) return;
        running_ = false;
        stage_.clear();
        problem_.clear();
        if (result) {
          const bool first = !player_->demo();
          shown_ = o;
          player_->setDemo(*result);
          if (first) player_->play();
        } else if (!result.error().cancelled()) {
          problem_ = QString::fromStdString(result.error().message);
          Q_EMIT failed(tr("Trajectories"), result.error());
        }
        Q_EMIT changed();
      });
  if (before && before != job_) session_->jobsModel()->remove(before);  // superseded
  Q_EMIT changed();
}

}  // namespace inflaton::ui
