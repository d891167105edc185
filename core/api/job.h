#pragma once
// What a job is given while it runs, and the long-lived threads that run jobs. design.md section 4.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/error.h"

namespace inflaton {

struct Progress {
  std::string stage;  ///< "inflation", "training"; shown to people
  double step = 0, total = 0;
  double etaSeconds = -1;  ///< < 0: not known yet
  std::string message;     ///< "loss 0.93, error 0.041"; may be empty
  double fraction() const { return total > 0 ? step / total : 0; }
};

/// Everything a job may touch of the outside. Copyable; all callbacks may be empty and are called on the job's thread.
struct JobContext {
  std::stop_token stop;    ///< cancel: end soon, leave nothing half-written
  std::stop_token finish;  ///< stop and keep: end soon with what there is, checkpointed
  std::function<void(const Progress&)> progress;
  std::function<void(const std::string&)> log;
  std::function<void(const std::string&)> folder;  ///< tells the run folder once it exists
  std::function<int()> processors;                 ///< the job's share of the machine now; empty: all of it
  void throwIfStopped() const;                     ///< throws Error(cancelled)
  /// How many threads to compute with when `wanted` are asked for (0: all): never more than the share, at least one.
  int threads(std::int64_t wanted = 0) const;
  void report(const Progress& p) const {
    if (progress) progress(p);
  }
  void note(const std::string& line) const {
    if (log) log(line);
  }
};

/// Runs `work` and turns Error, c10::Error and std::exception into a JobError: the one place where that happens.
template <class F>
auto atEdge(F&& work) -> Expected<decltype(work())>;
JobError currentExceptionAsJobError();  ///< call inside a catch block

/// Of jobs and of run folders. `lost`: a run that never said how it ended and whose program is gone.
enum class JobState { queued, running, paused, finished, failed, cancelled, lost };
const char* jobStateName(JobState);  ///< "running"; the word in files and to people
std::optional<JobState> jobStateNamed(std::string_view name);
inline bool isActive(JobState s) { return s == JobState::queued || s == JobState::running || s == JobState::paused; }

struct JobStatus {
  std::uint64_t id = 0;
  std::string title;
  std::string folder;   ///< run folder or output folder; may be empty
  std::string command;  ///< Copy as Command
  JobState state = JobState::queued;
  Progress progress;
  JobError error;  ///< when failed
  double seconds = 0;
};
inline bool isActive(const JobStatus& job) { return isActive(job.state); }

/// The last lines that a job logged; the first of them is its line number `first`, counted from 0.
struct JobLog {
  std::uint64_t first = 0;
  std::vector<std::string> lines;
};

/// Where a job waits for its turn. One job runs on a lane at a time; lanes do not wait for each other. Each feature names its own.
struct Lane {
  enum class Policy { queue, supersede };  ///< supersede: a new job cancels those before it on the lane
  std::string name = "batch";
  Policy policy = Policy::queue;
  static Lane batch(std::string name = "batch") { return {std::move(name), Policy::queue}; }
  static Lane interactive(std::string name = "flow") { return {std::move(name), Policy::supersede}; }
};

struct JobPool {
  int processors = 0;                     ///< the budget that running jobs share; 0: all of the machine
  std::chrono::milliseconds idle{30000};  ///< how long a thread waits for work before it ends
};

/// Jobs on lanes, run by long-lived threads that share one budget of processors: every running job has at least one, and what is left
/// is dealt out one by one, to interactive lanes first, anew whenever a job starts or ends. A job learns of its new share when
/// it reports progress. Destroying the queue cancels everything and joins.
/// Jobs that outlive the program (a process of their own, a cluster) plug in here: an executor makes the Work of such a request,
/// which starts the process and follows its run folder; RunWatch (core/api/runs.h) finds the process again after a restart.
class JobQueue {
 public:
  /// Returns nothing on success; the error otherwise. Results leave through what the closure captured.
  using Work = std::function<Expected<void>(const JobContext&)>;
  struct Request {
    std::string title, folder, command;
    Lane lane;
    Work work;           ///< destroyed as soon as the job has ended, run or not
    int processors = 0;  ///< how many it can use; 0: all it gets
  };
  /// `changed` is called on worker threads, or by whoever submits or cancels, whenever a status changes (progress at most every
  /// 50 ms per job), until the destructor returns.
  explicit JobQueue(std::function<void(const JobStatus&)> changed, JobPool = {});
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  std::uint64_t submit(Request);
  void cancel(std::uint64_t id);
  void finish(std::uint64_t id);  ///< stop and keep
  void cancelAll();
  std::vector<std::uint64_t> active() const;  ///< what waits or runs
  std::vector<JobStatus> statuses() const;    ///< of these, and of the last kEndedKept that ended; by id
  JobLog log(std::uint64_t id) const;         ///< the last lines; none of a job that is forgotten
  std::size_t threads() const;                ///< that exist now, busy or idle

  static constexpr std::size_t kEndedKept = 200;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <class F>
auto atEdge(F&& work) -> Expected<decltype(work())> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (...) {
    return tl::unexpected(currentExceptionAsJobError());
  }
}

}  // namespace inflaton
