#include <omp.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>

#include "core/api/job.h"
#include "core/api/memory_need.h"
#include "core/job/processor_share.h"
#include "core/job/worker_pool.h"

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kReportEvery = std::chrono::milliseconds(50);
constexpr std::size_t kLogLines = 200;

struct Job {
  JobStatus status;
  Lane lane;
  JobQueue::Work work;
  int wanted = 0;
  std::atomic<int> share{1};
  JobLog log;
  std::stop_source stop, finish;
  Clock::time_point started, reported;
};
using JobPtr = std::shared_ptr<Job>;

/// What becomes known under the lock and is told, or let go, after it.
struct Aftermath {
  std::vector<JobStatus> statuses;
  std::vector<JobQueue::Work> works;
};

}  // namespace

struct JobQueue::Impl {
  struct Track {  // a lane in use
    JobPtr on;    // runs, or is about to
    std::deque<JobPtr> waiting;
  };

  Impl(std::function<void(const JobStatus&)> told, JobPool settings)
      : changed(std::move(told)), budget(settings.processors > 0 ? settings.processors : omp_get_num_procs()), pool(settings.idle) {}

  const std::function<void(const JobStatus&)> changed;
  const int budget;
  mutable std::mutex mutex;
  std::map<std::string, Track> lanes;
  std::map<std::uint64_t, JobPtr> active, ended;
  std::deque<std::uint64_t> endings;  // the ids of `ended` in the order of their ends
  std::uint64_t next = 1;
  WorkerPool pool;  // last: its threads end before what they use

  void tell(const Aftermath& after) const {
    if (changed)
      for (const auto& s : after.statuses) changed(s);
  }

  // With the mutex held, all of these.

  void deal() {
    std::vector<ProcessorWish> wishes;
    std::vector<Job*> running;
    for (const auto& [id, job] : active) {
      if (job->status.state != JobState::running) continue;
      running.push_back(job.get());
      wishes.push_back({job->wanted, job->lane.policy == Lane::Policy::supersede});
    }
    const auto shares = dealProcessors(budget, wishes);
    for (std::size_t i = 0; i < running.size(); ++i) running[i]->share = shares[i];
  }

  /// Takes the job off the active ones, and forgets the one that ended first where too many are kept.
  void end(const JobPtr& job, JobState state, Aftermath& after) {
    job->status.state = state;
    after.works.push_back(std::exchange(job->work, nullptr));
    after.statuses.push_back(job->status);
    active.erase(job->status.id);
    ended.emplace(job->status.id, job);
    endings.push_back(job->status.id);
    if (endings.size() > kEndedKept) {
      ended.erase(endings.front());
      endings.pop_front();
    }
    deal();
  }

  void stop(const JobPtr& job, Aftermath& after) {
    job->stop.request_stop();
    if (job->status.state != JobState::queued) return;
    const auto lane = lanes.find(job->lane.name);
    std::erase(lane->second.waiting, job);  // one that a thread has taken already finds out there
    end(job, JobState::cancelled, after);
  }

  /// The next of the lane becomes the one that is on; nullptr: none waits.
  JobPtr advance(const std::string& name) {
    const auto lane = lanes.find(name);
    Track& track = lane->second;
    track.on = nullptr;
    if (track.waiting.empty()) {
      lanes.erase(lane);
      return nullptr;
    }
    track.on = track.waiting.front();
    track.waiting.pop_front();
    return track.on;
  }

  JobPtr find(std::uint64_t id) const {
    const auto found = active.find(id);
    return found == active.end() ? nullptr : found->second;
  }

  // Without it, on a thread of the pool.

  void runLane(JobPtr job) {
    while (job) {
      if (start(*job)) run(job);
      const std::lock_guard lock(mutex);
      job = advance(job->lane.name);
    }
  }

  /// False: cancelled while it waited, which has been said.
  bool start(Job& job) {
    Aftermath after;
    {
      const std::lock_guard lock(mutex);
      if (job.status.state != JobState::queued) return false;
      job.status.state = JobState::running;
      job.started = job.reported = Clock::now();
      deal();
      after.statuses.push_back(job.status);
    }
    tell(after);
    return true;
  }

  void run(const JobPtr& job) {
    int given = job->share, asked = given;  // set here last, and told to the job last
    omp_set_num_threads(given);
    JobContext context;
    context.stop = job->stop.get_token();
    context.finish = job->finish.get_token();
    context.processors = [&] { return asked = job->share; };
    context.progress = [&](const Progress& p) {
      // A share that changed is taken up here: between two steps, on the job's own thread, unless the job chose a number itself.
      const int share = job->share, used = omp_get_max_threads();
      if (share != used && (used == given || used == asked)) omp_set_num_threads(given = share);
      Aftermath after;
      {
        const std::lock_guard lock(mutex);
        const bool newStage = p.stage != job->status.progress.stage;
        job->status.progress = p;
        const auto now = Clock::now();
        if (!newStage && now - job->reported < kReportEvery) return;
        job->reported = now;
        job->status.seconds = std::chrono::duration<double>(now - job->started).count();
        after.statuses.push_back(job->status);
      }
      tell(after);
    };
    context.log = [&](const std::string& line) {
      const std::lock_guard lock(mutex);
      auto& [first, lines] = job->log;
      lines.push_back(line);
      if (lines.size() <= kLogLines) return;
      lines.erase(lines.begin());
      ++first;
    };
    context.folder = [&](const std::string& folder) {
      const std::lock_guard lock(mutex);
      job->status.folder = folder;
    };
    const auto result = [&]() -> Expected<void> {
      try {
        forgetMemoryNeed();
        return job->work(context);
      } catch (...) {
        return tl::unexpected(currentExceptionAsJobError());
      }
    }();
    Aftermath after;
    {
      const std::lock_guard lock(mutex);
      job->status.seconds = std::chrono::duration<double>(Clock::now() - job->started).count();
      if (!result) job->status.error = result.error();
      end(job, result ? JobState::finished : result.error().cancelled() ? JobState::cancelled : JobState::failed, after);
    }
    after.works.clear();
    tell(after);
  }
};

JobQueue::JobQueue(std::function<void(const JobStatus&)> changed, JobPool pool) : impl_(std::make_unique<Impl>(std::move(changed), pool)) {}

JobQueue::~JobQueue() { cancelAll(); }

std::uint64_t JobQueue::submit(Request request) {
  Aftermath after;
  const auto job = std::make_shared<Job>();
  job->status.title = std::move(request.title);
  job->status.folder = std::move(request.folder);
  job->status.command = std::move(request.command);
  job->lane = std::move(request.lane);
  job->work = std::move(request.work);
  job->wanted = request.processors;
  {
    const std::lock_guard lock(impl_->mutex);
    job->status.id = impl_->next++;
    if (const auto lane = impl_->lanes.find(job->lane.name); lane != impl_->lanes.end() && job->lane.policy == Lane::Policy::supersede) {
      const auto waiting = lane->second.waiting;
      if (lane->second.on) impl_->stop(lane->second.on, after);
      for (const auto& older : waiting) impl_->stop(older, after);
    }
    after.statuses.push_back(job->status);
  }
  after.works.clear();
  impl_->tell(after);  // that it waits is told before it can run
  const std::lock_guard lock(impl_->mutex);
  impl_->active.emplace(job->status.id, job);
  auto& track = impl_->lanes[job->lane.name];
  if (track.on) {
    track.waiting.push_back(job);
  } else {
    track.on = job;
    impl_->pool.run([impl = impl_.get(), job] { impl->runLane(job); });
  }
  return job->status.id;
}

void JobQueue::cancel(std::uint64_t id) {
  Aftermath after;
  {
    const std::lock_guard lock(impl_->mutex);
    if (const auto job = impl_->find(id)) impl_->stop(job, after);
  }
  after.works.clear();
  impl_->tell(after);
}

void JobQueue::finish(std::uint64_t id) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto job = impl_->find(id)) job->finish.request_stop();
}

void JobQueue::cancelAll() {
  Aftermath after;
  {
    const std::lock_guard lock(impl_->mutex);
    const auto all = impl_->active;
    for (const auto& [id, job] : all) impl_->stop(job, after);
  }
  after.works.clear();
  impl_->tell(after);
}

std::vector<std::uint64_t> JobQueue::active() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<std::uint64_t> ids;
  for (const auto& [id, job] : impl_->active) ids.push_back(id);
  return ids;
}

std::vector<JobStatus> JobQueue::statuses() const {
  const std::lock_guard lock(impl_->mutex);
  std::map<std::uint64_t, JobPtr> all = impl_->active;
  all.insert(impl_->ended.begin(), impl_->ended.end());
  std::vector<JobStatus> out;
  for (const auto& [id, job] : all) out.push_back(job->status);
  return out;
}

JobLog JobQueue::log(std::uint64_t id) const {
  const std::lock_guard lock(impl_->mutex);
  if (const auto job = impl_->find(id)) return job->log;
  const auto old = impl_->ended.find(id);
  return old == impl_->ended.end() ? JobLog{} : old->second->log;
}

std::size_t JobQueue::threads() const { return impl_->pool.threads(); }

}  // namespace inflaton
