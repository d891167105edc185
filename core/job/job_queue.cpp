#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "core/api/job.h"

namespace inflaton {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kReportEvery = std::chrono::milliseconds(50);
constexpr std::size_t kLogLines = 200;

/// The window must stay smooth while every core computes: workers yield to it. OpenMP's threads inherit this.
void lowerPriority() {
#ifdef __linux__
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
#endif
}

struct Job {
  JobStatus status;
  Lane lane = Lane::batch;
  JobQueue::Work work;
  std::stop_source stop, finish;
  Clock::time_point started, reported;
};

}  // namespace

struct JobQueue::Impl {
  std::function<void(const JobStatus&)> changed;
  mutable std::mutex mutex;
  std::condition_variable_any wake;
  std::vector<std::shared_ptr<Job>> jobs;       // all ever submitted, in order
  std::deque<std::shared_ptr<Job>> waiting[2];  // by lane
  std::uint64_t next = 1;
  std::jthread workers[2];  // last: they end before what they use

  void announce(const JobStatus& s) const {
    if (changed) changed(s);
  }

  void work(std::stop_token quit, std::size_t lane) {
    lowerPriority();
    for (;;) {
      std::shared_ptr<Job> job;
      JobStatus status;
      {
        std::unique_lock lock(mutex);
        if (!wake.wait(lock, quit, [&] { return !waiting[lane].empty(); })) return;
        job = waiting[lane].front();
        waiting[lane].pop_front();
        if (job->stop.stop_requested()) continue;  // cancelled while it waited: already said
        job->status.state = JobState::running;
        job->started = job->reported = Clock::now();
        status = job->status;
      }
      announce(status);
      run(*job);
    }
  }

  void run(Job& job) {
    JobContext context;
    context.stop = job.stop.get_token();
    context.finish = job.finish.get_token();
    context.progress = [&](const Progress& p) {
      JobStatus status;
      {
        std::lock_guard lock(mutex);
        const bool newStage = p.stage != job.status.progress.stage;
        job.status.progress = p;
        const auto now = Clock::now();
        if (!newStage && now - job.reported < kReportEvery) return;
        job.reported = now;
        job.status.seconds = std::chrono::duration<double>(now - job.started).count();
        status = job.status;
      }
      announce(status);
    };
    context.log = [&](const std::string& line) {
      std::lock_guard lock(mutex);
      auto& log = job.status.log;
      log.push_back(line);
      if (log.size() > kLogLines) log.erase(log.begin());
    };
    context.folder = [&](const std::string& folder) {
      std::lock_guard lock(mutex);
      job.status.folder = folder;
    };
    const auto ended = [&]() -> Expected<void> {
      try {
        return job.work(context);
      } catch (...) {
        return tl::unexpected(currentExceptionAsJobError());
      }
    }();
    JobStatus status;
    {
      std::lock_guard lock(mutex);
      job.status.seconds = std::chrono::duration<double>(Clock::now() - job.started).count();
      job.status.state = ended ? JobState::finished : ended.error().cancelled() ? JobState::cancelled : JobState::failed;
      if (!ended) job.status.error = ended.error();
      job.work = nullptr;  // frees what the closure holds
      status = job.status;
    }
    announce(status);
  }

  /// Under the lock. Returns the statuses to announce.
  void stopJob(Job& job, std::vector<JobStatus>& out) {
    if (job.status.state != JobState::queued && job.status.state != JobState::running) return;
    job.stop.request_stop();
    if (job.status.state == JobState::queued) {
      job.status.state = JobState::cancelled;
      out.push_back(job.status);
    }
  }

  std::shared_ptr<Job> find(std::uint64_t id) const {
    const auto it = std::find_if(jobs.begin(), jobs.end(), [&](const auto& j) { return j->status.id == id; });
    return it == jobs.end() ? nullptr : *it;
  }
};

JobQueue::JobQueue(std::function<void(const JobStatus&)> changed) : impl_(std::make_unique<Impl>()) {
  impl_->changed = std::move(changed);
  for (std::size_t lane = 0; lane < 2; ++lane)
    impl_->workers[lane] = std::jthread([impl = impl_.get(), lane](std::stop_token quit) { impl->work(quit, lane); });
}

JobQueue::~JobQueue() {
  cancelAll();
  for (auto& worker : impl_->workers) worker.request_stop();
  for (auto& worker : impl_->workers) worker.join();
}

std::uint64_t JobQueue::submit(Request request) {
  std::vector<JobStatus> statuses;
  std::uint64_t id = 0;
  {
    std::lock_guard lock(impl_->mutex);
    auto job = std::make_shared<Job>();
    id = job->status.id = impl_->next++;
    job->status.title = std::move(request.title);
    job->status.folder = std::move(request.folder);
    job->status.command = std::move(request.command);
    job->lane = request.lane;
    job->work = std::move(request.work);
    if (request.lane == Lane::interactive)
      for (auto& older : impl_->jobs)
        if (older->lane == Lane::interactive) impl_->stopJob(*older, statuses);
    impl_->jobs.push_back(job);
    impl_->waiting[static_cast<std::size_t>(request.lane)].push_back(job);
    statuses.push_back(job->status);
  }
  for (const auto& s : statuses) impl_->announce(s);
  impl_->wake.notify_all();
  return id;
}

void JobQueue::cancel(std::uint64_t id) {
  std::vector<JobStatus> statuses;
  {
    std::lock_guard lock(impl_->mutex);
    if (auto job = impl_->find(id)) impl_->stopJob(*job, statuses);
  }
  for (const auto& s : statuses) impl_->announce(s);
}

void JobQueue::finish(std::uint64_t id) {
  std::lock_guard lock(impl_->mutex);
  if (auto job = impl_->find(id)) job->finish.request_stop();
}

void JobQueue::cancelAll() {
  std::vector<JobStatus> statuses;
  {
    std::lock_guard lock(impl_->mutex);
    for (auto& job : impl_->jobs) impl_->stopJob(*job, statuses);
  }
  for (const auto& s : statuses) impl_->announce(s);
}

std::vector<JobStatus> JobQueue::statuses() const {
  std::lock_guard lock(impl_->mutex);
  std::vector<JobStatus> all;
  for (const auto& job : impl_->jobs) all.push_back(job->status);
  return all;
}

}  // namespace inflaton
