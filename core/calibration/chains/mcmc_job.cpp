// The joint sampler's job: chains into a run folder, with checkpoints and its four endings.
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "core/api/job.h"
#include "core/api/memory_need.h"
#include "core/api/options.h"
#include "core/api/shell_quoted.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/calibration/chains/records.h"
#include "core/calibration/chains/resume.h"
#include "core/calibration/chains/starts.h"
#include "core/calibration/chains/verdict.h"
#include "core/calibration/posterior/joint_target.h"
#include "core/calibration/posterior/whitened_target.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

constexpr double kUpdateSeconds = 0.3, kStatSeconds = 5, kLongTransition = 0.5;
constexpr double kShare = 20;                                     // an update is due again after this many times its own cost
constexpr std::int64_t kWatched = 4;                              // latents whose traces are shown
constexpr std::int64_t kOftenLooked = 1000, kSeldomLooked = 256;  // draws between looks at divergences

/// The first observation of each component, then the first ones.
std::vector<std::int64_t> watchedLatents(const GroundTruth& truth) {
  std::vector<std::int64_t> chosen;
  const auto n = static_cast<std::int64_t>(truth.component.size());
  const auto add = [&](std::int64_t i) {
    if (static_cast<std::int64_t>(chosen.size()) < kWatched && std::find(chosen.begin(), chosen.end(), i) == chosen.end())
      chosen.push_back(i);
  };
  for (int k = 0; k < LatentMixture::components; ++k)
    if (const auto at = std::find(truth.component.begin(), truth.component.end(), k); at != truth.component.end())
      add(at - truth.component.begin());
  for (std::int64_t i = 0; i < n; ++i) add(i);
  return chosen;
}

mcmc::Settings settingsOf(const ToyMcmcOptions& o) {
  mcmc::Settings s;
  s.nuts = o.sampler == "nuts", s.adaptMetric = o.metric == "diag";
  s.stepSize = o.step_size, s.findStepSize = o.burn > 0;  // without warm-up the step size is the one given
  s.leapfrogs = o.traj_length, s.maxDepth = static_cast<int>(o.max_depth);
  s.warmup = o.burn, s.draws = o.mcmc_n, s.targetAccept = o.acpt;
  s.seed = purposeSeed(static_cast<std::uint64_t>(o.seed), Purpose::chains);
  return s;
}

/// The run's, where one is to be gone on with.
ToyMcmcOptions checked(const ToyMcmcOptions& asked) {
  ToyMcmcOptions o = asked.resume.empty() ? asked : resumedOptions(asked);
  const double bytes = 200.0 * static_cast<double>(o.chains) * static_cast<double>(o.burn + o.mcmc_n) +
                       200.0 * static_cast<double>(o.chains) * static_cast<double>(o.gt_n);
  requireMemory(bytes, "chains " + std::to_string(o.chains) + " of mcmc_n " + std::to_string(o.mcmc_n), "Lower mcmc_n or chains.",
                kMostResultBytes);
  return o;
}

class Chains {
 public:
  Chains(const ToyMcmcOptions& asked, const JobContext& context, const std::function<void(const McmcUpdate&)>& update)
      : o_(checked(asked)),
        context_(context),
        update_(update),
        claimed_(claimedRun(o_)),
        run_(o_.resume.empty() ? McmcCheckpoint{} : loadResumable(o_)),
        experiment_(makeMixtureExperiment(o_, context_)) {
    if (experiment_.table.cells > 0) run_.table = experiment_.table;
    target_.emplace(experiment_.map, experiment_.mixture, experiment_.truth.x, o_.gt_eps_mvn);
    const auto poll = [this] { context_.throwIfStopped(); };
    context_.report({"choosing starts and scales", 0, 0, -1, {}});
    const bool fresh = run_.chains.empty(), scaled = o_.metric == "local";
    const auto pool = scaled || (fresh && o_.init == "dispersed")
                          ? LatentPool::make(experiment_.mixture, *experiment_.map, static_cast<std::uint64_t>(o_.seed), poll)
                          : LatentPool{};
    if (scaled)
      coordinates_.emplace(*target_, o_, experiment_, pool, poll);
    else
      coordinates_.emplace(*target_);
    if (fresh) {
      auto starts = chainStarts(o_, experiment_, pool, poll);
      for (auto& q : starts) q = coordinates_->whitened(q);
      sampler_.emplace(*coordinates_, settingsOf(o_), starts);
      McmcDraws& d = run_.draws;
      d.chains = static_cast<int>(o_.chains), d.components = LatentMixture::components, d.warmup = o_.burn,
      d.watched = watchedLatents(experiment_.truth);
      const auto chains = static_cast<std::size_t>(o_.chains);
      d.weights.resize(chains), d.latents.resize(chains), d.logDensity.resize(chains), d.energy.resize(chains), d.accept.resize(chains),
          d.stepSize.resize(chains);
      d.depth.resize(chains), d.leapfrogs.resize(chains), d.divergent.resize(chains);
      run_.truth.assign(experiment_.mixture.truth.begin(), experiment_.mixture.truth.end());
    } else {
      sampler_.emplace(*coordinates_, settingsOf(o_), run_.chains);
    }
    records_.emplace(o_, experiment_, context_, run_, std::move(claimed_));
  }

  McmcResult run() {
    try {
      records_->note(o_.sampler + ", " + std::to_string(o_.chains) + " chains of " + std::to_string(target_->size()) +
                     " parameters, transitions " + std::to_string(sampler_->iteration()) + " to " + std::to_string(total()));
      save();
      return end(loop());
    } catch (const Error& e) {
      if (e.code() == ErrorCode::cancelled) {
        records_->note("cancelled at transition " + std::to_string(sampler_->iteration()));
        records_->folder().cancel("cancelled");
        throw;
      }
      if (e.code() == ErrorCode::diverged) keepDiverged(e);
      records_->folder().fail(e.what());
      throw Error(e.code(), e.what(),
                  e.hint() + (e.hint().empty() ? "" : " ") + "Nothing up to the last checkpoint is lost: go on with --resume " +
                      shellQuoted(records_->path()));
    } catch (const std::exception&) {
      records_->folder().fail(currentExceptionAsJobError().message);
      throw;
    }
  }

 private:
  std::int64_t total() const { return o_.burn + o_.mcmc_n; }

  /// True when all transitions are done, false when asked to stop and keep.
  bool loop() {
    lastSaved_ = lastStep_ = Clock::now();
    while (sampler_->iteration() < total()) {
      std::vector<mcmc::Transition> transitions;
      leapfrogs_ = 0;
      try {
        const StopScope stops(context_.stop, context_.finish);
        poll();
        leapfrogs_ = 0;
        transitions = sampler_->step([this] { poll(); });
      } catch (const StopAndKeep&) {
        return false;  // the states are those before the transition: going on repeats it
      }
      take(transitions);
      if (since(lastSaved_) >= o_.checkpoint) save();
      if (since(lastUpdate_) >= std::max(kUpdateSeconds, kShare * updateCost_)) tell();
      judge();
    }
    return true;
  }

  void poll() {
    context_.throwIfStopped();
    if (context_.finish.stop_requested()) throw StopAndKeep{};
    ++leapfrogs_;
    if (since(lastStep_) < kLongTransition || since(lastReport_) < kLongTransition) return;
    report("leapfrog " + std::to_string(leapfrogs_) + (message_.empty() ? "" : "; " + message_));
  }

  void take(const std::vector<mcmc::Transition>& transitions) {
    const bool draw = sampler_->iteration() > o_.burn;
    std::vector<std::vector<double>> positions;
    for (const auto& state : sampler_->states()) positions.push_back(coordinates_->natural(state.q));
    appendDraw(run_.draws, transitions, positions);
    if (draw) records_->keep(sampler_->iteration() - o_.burn - 1, positions);
    const double seconds = since(lastStep_);
    lastStep_ = Clock::now();
    run_.seconds += seconds;
    if (draw) run_.samplingSeconds += seconds;
    const bool first = sampler_->iteration() == o_.burn + 1 || perTransition_ == 0;  // warm-up tells little of what comes after
    perTransition_ = first ? seconds : perTransition_ + 0.05 * (seconds - perTransition_);
  }

  McmcUpdate summary() const {
    auto u = summarise(std::make_shared<const McmcDraws>(run_.draws), total(), run_.seconds, run_.samplingSeconds);
    u.etaSeconds = perTransition_ > 0 ? perTransition_ * static_cast<double>(total() - u.iteration) : -1;
    u.run_folder = records_->path();
    return u;
  }

  void report(const std::string& message) {
    const auto done = static_cast<double>(sampler_->iteration()), all = static_cast<double>(total());
    const double eta = perTransition_ > 0 ? perTransition_ * (all - done) : -1;
    const char* stage = sampler_->warmingUp() ? "warming up" : "sampling";
    context_.report({stage, done, all, eta, message});
    records_->folder().progress(stage, done, all, eta, message);
    lastReport_ = Clock::now();
  }

  void tell() {
    const auto began = Clock::now();
    const auto u = summary();
    message_ = u.verdict;
    report(message_);
    if (update_) update_(u);
    if (since(lastStat_) >= kStatSeconds) records_->stat(u, run_), lastStat_ = Clock::now();
    lastUpdate_ = Clock::now(), updateCost_ = since(began);
  }

  void judge() const {
    const std::int64_t draws = sampler_->iteration() - o_.burn;
    if (draws > kOftenLooked && draws % kSeldomLooked != 0) return;
    if (const auto why = divergedBecause(run_.draws, o_); !why.empty()) throw Error(ErrorCode::diverged, why);
  }

  void save() {
    run_.chains = sampler_->states();
    const std::int64_t before = run_.gradients;
    run_.gradients += sampler_->gradients();
    records_->save(run_);
    run_.gradients = before;
    lastSaved_ = Clock::now();
  }

  McmcResult end(bool finished) {
    save();
    auto result = records_->results(summary(), run_, [this] { context_.throwIfStopped(); });
    const McmcUpdate& u = result.last;
    result.gradients = run_.gradients + sampler_->gradients(), result.stopped = !finished;
    records_->stat(u, run_);
    if (update_) update_(u);
    const std::string what =
        (finished ? "finished" : "stopped and kept") + std::string(" at transition ") + std::to_string(u.iteration) + ": " + u.verdict;
    records_->note(what);
    records_->folder().finish(what);
    return result;
  }

  [[noreturn]] void keepDiverged(const Error& e) {
    save();
    records_->note(e.what());
    const auto u = records_->results(summary(), run_, [this] { context_.throwIfStopped(); }).last;
    if (update_) update_(u);
    records_->folder().fail(e.what());
    const bool adapted = o_.burn > 0;
    throw Error(ErrorCode::diverged, e.what(),
                (adapted ? "Raise acpt (" + formatParameter(o_.acpt) + ") or burn (" + std::to_string(o_.burn) + ")"
                         : "Lower step_size (" + formatParameter(o_.step_size) + "), or let burn adapt it") +
                    (e.hint().empty() ? "" : "; " + e.hint()) + ". The " +
                    std::to_string(std::max<std::int64_t>(0, u.iteration - o_.burn)) + " draws of each chain so far are in " +
                    shellQuoted(records_->path()) + ".");
  }

  const ToyMcmcOptions o_;  ///< the resumed run's, when it is one
  JobContext context_;
  std::function<void(const McmcUpdate&)> update_;
  std::optional<LifeLock> claimed_;  ///< of the run to go on with, until the records have it
  McmcCheckpoint run_;               ///< but for the chains themselves, always as of now
  MixtureExperiment experiment_;
  std::optional<JointTarget> target_;
  std::optional<WhitenedTarget> coordinates_;  ///< what the sampler moves in
  std::optional<mcmc::Sampler> sampler_;
  std::optional<McmcRecords> records_;  ///< last: a request that cannot be leaves no folder behind
  Clock::time_point lastStep_ = Clock::now(), lastSaved_ = lastStep_, lastUpdate_{}, lastReport_{}, lastStat_{};
  double perTransition_ = 0, updateCost_ = 0;
  std::int64_t leapfrogs_ = 0;
  std::string message_;
};

}  // namespace

Expected<McmcResult> toyMcmc(const ToyMcmcOptions& options, const JobContext& context,
                             const std::function<void(const McmcUpdate&)>& update) {
  return atEdge([&] {
    validate(options);
    useThreads(context.threads(options.threads));
    const StopScope stops(context);
    const at::NoGradGuard off;
    std::optional<Chains> chains;
    {
      const StopScope nothingYet(context.stop, context.finish);
      chains.emplace(options, context, update);
    }
    return chains->run();
  });
}

}  // namespace inflaton
