#include "ui/hmc/chains/chain_runner.h"

#include "core/api/json_text.h"
#include "ui/jobs/background.h"

namespace inflaton::ui {

ChainRunner::ChainRunner(JobBridge* bridge, JobsModel* model, const HmcEngine* engine, QObject* parent)
    : QObject(parent), bridge_(bridge), model_(model), engine_(engine), run_(new PausableRun(bridge, this)) {
  soon_.setSingleShot(true);
  soon_.setInterval(120);  // many updates a second are one drawing
  connect(&soon_, &QTimer::timeout, this, &ChainRunner::redraw);
  connect(run_, &PausableRun::stateChanged, this, &ChainRunner::stateChanged);
  connect(bridge, &JobBridge::changed, this, [this](const JobStatus& status) {
    if (status.id != run_->job() || !isActive(status)) return;
    progress_ = status.progress;
    if (!status.folder.empty()) folder_ = QString::fromStdString(status.folder);
    Q_EMIT updated();
  });
}

void ChainRunner::start(const ToyMcmcOptions& options) {
  if (busy()) return;
  latest_ = {};
  result_ = {};
  truth_.clear();
  folder_.clear();
  marginal_.reset();
  picture_.reset();
  opened_ = false;
  options_ = options;
  options_.resume.clear();
  submit(options_);
  Q_EMIT pictureChanged();
}

void ChainRunner::submit(const ToyMcmcOptions& options) {
  const std::uint64_t ticket = ++ticket_;
  progress_ = {};
  JobQueue::Request request;
  request.title = "Chains: " + options.data_name + (options.resume.empty() ? "" : " (resumed)");
  request.command = commandLine(options);
  request.lane = Lane::batch();
  request.processors = static_cast<int>(options.threads);
  request.folder = options.resume;
  run_->started(bridge_->run<McmcResult, McmcUpdate>(
      std::move(request),
      [options, chains = engine_->chains](const JobContext& context, const auto& publish) { return chains(options, context, publish); },
      this,
      [this, ticket](const McmcUpdate& update) {
        if (ticket == ticket_) take(update);
      },
      [this, ticket](const Expected<McmcResult>& result) {
        if (ticket == ticket_) took(result);
      }));
}

void ChainRunner::take(const McmcUpdate& update) {
  latest_ = update;
  if (!update.run_folder.empty()) {
    folder_ = QString::fromStdString(update.run_folder);
    model_->setFolder(run_->job(), update.run_folder);
  }
  if (update.draws && !soon_.isActive()) soon_.start();
  Q_EMIT updated();
}

void ChainRunner::took(const Expected<McmcResult>& result) {
  if (!result) {
    run_->ended(false);
    if (!result.error().cancelled()) Q_EMIT failed(result.error());  // the draws so far stay in sight and in the folder
    return;
  }
  result_ = *result;
  latest_ = result->last;
  truth_ = result->truth;
  if (!result->run_folder.empty()) {
    folder_ = QString::fromStdString(result->run_folder);
    model_->setFolder(run_->job(), result->run_folder);
  }
  soon_.start();
  const bool idle = run_->ended(result->stopped) == State::idle;
  if (result->stopped) model_->setRest(run_->job(), idle ? JobsModel::Rest::stopped : JobsModel::Rest::paused);
  Q_EMIT updated();
  Q_EMIT ended();
}

void ChainRunner::pause() { run_->pause(); }
void ChainRunner::stopAndKeep() {
  if (run_->stopAndKeep()) model_->setRest(run_->job(), JobsModel::Rest::stopped);
}
void ChainRunner::cancel() { run_->cancel(); }

void ChainRunner::resume() {
  if (!canResume() || folder_.isEmpty()) return;
  ToyMcmcOptions options = options_;
  options.resume = folder_.toStdString();
  model_->setRest(run_->job(), JobsModel::Rest::resumed);
  submit(options);
}

void ChainRunner::open(const QString& folder) {
  if (busy()) return;
  const std::uint64_t ticket = ++ticket_;
  struct Loaded {
    Expected<McmcResult> result;
    Expected<ToyMcmcOptions> options;
  };
  inBackground(
      this,
      [path = folder.toStdString(), load = engine_->load] {
        return std::make_shared<Loaded>(Loaded{load(path), optionsOfRun(path)});
      },
      [this, ticket, folder](const std::shared_ptr<Loaded>& loaded) {
        if (ticket != ticket_) return;
        if (!loaded->result) return Q_EMIT failed(loaded->result.error());
        if (loaded->options) options_ = *loaded->options;
        opened_ = true;
        marginal_.reset();
        picture_.reset();
        result_ = *loaded->result;
        latest_ = result_.last;
        truth_ = result_.truth;
        folder_ = folder;
        redraw();
        run_->rest(result_.stopped && loaded->options);
        Q_EMIT updated();
        Q_EMIT ended();
      });
}

Provenance ChainRunner::provenance(const ToyMcmcOptions& form) const {
  constexpr int kPlane = 2;  // its experiment has no others
  if (latest_.iteration > 0 || busy()) return Provenance::of(options_, kPlane);
  if (!marginal_) return {};
  ToyMcmcOptions alone = form;
  static_cast<PosteriorOptions&>(alone) = marginalOf_;
  return Provenance::of(alone, kPlane);
}

void ChainRunner::setMarginal(std::shared_ptr<const MarginalPosterior> marginal, const MarginalOptions& of) {
  marginal_ = std::move(marginal);
  marginalOf_ = of;
  if (truth_.empty() && marginal_) truth_ = marginal_->truth;
  if (picture_)
    compose(picture_->summary, picture_->update);
  else if (marginal_)
    compose(std::make_shared<ChainSummary>(), {});
}

void ChainRunner::redraw() {
  if (!latest_.draws) return;
  if (summarising_) {
    due_ = true;
    return;
  }
  summarising_ = true;
  inBackground(
      this, [draws = latest_.draws] { return std::shared_ptr<const ChainSummary>(std::make_shared<ChainSummary>(summarise(*draws))); },
      [this, ticket = ticket_, update = latest_](const std::shared_ptr<const ChainSummary>& summary) {
        summarising_ = false;
        if (ticket == ticket_) compose(summary, update);
        if (std::exchange(due_, false)) soon_.start();
      });
}

void ChainRunner::compose(std::shared_ptr<const ChainSummary> summary, const McmcUpdate& update) {
  auto picture = std::make_shared<ChainPicture>();
  picture->summary = std::move(summary);
  picture->update = update;
  picture->truth = truth_;
  picture->marginal = marginal_;
  picture->command = QString::fromStdString(latest_.draws || !marginal_ ? commandLine(options_) : commandLine(marginalOf_));
  picture_ = std::move(picture);
  Q_EMIT pictureChanged();
}

Expected<ToyMcmcOptions> optionsOfRun(const std::string& folder) {
  return atEdge([&] {
    const std::string path = folder + "/options.json";
    const auto json = readJsonObject(path);
    if (!json.contains("options")) throw Error(ErrorCode::failed, path + " holds no options", "Choose a run folder of toy-mcmc.");
    ToyMcmcOptions options;
    fromJson(options, json["options"], path);
    return options;
  });
}

}  // namespace inflaton::ui
