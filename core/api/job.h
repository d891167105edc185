#pragma once
// What a job is given while it runs, and the long-lived threads that run jobs. design.md section 4.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
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
  void throwIfStopped() const;                     ///< throws Error(cancelled)
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

enum class JobState { queued, running, finished, failed, cancelled };

struct JobStatus {
  std::uint64_t id = 0;
  std::string title;
  std::string folder;   ///< run folder or output folder; may be empty
  std::string command;  ///< Copy as Command
  JobState state = JobState::queued;
  Progress progress;
  JobError error;                ///< when failed
  std::vector<std::string> log;  ///< last lines
  double seconds = 0;
};

enum class Lane { interactive, batch };

/// Two long-lived worker threads, one per lane. On the interactive lane a new job supersedes (cancels) those before it;
/// the batch lane queues. Destroying it cancels everything and joins.
class JobQueue {
 public:
  /// Returns nothing on success; the error otherwise. Results leave through what the closure captured.
  using Work = std::function<Expected<void>(const JobContext&)>;
  struct Request {
    std::string title, folder, command;
    Lane lane = Lane::batch;
    Work work;
  };
  /// `changed` is called on worker threads whenever a status changes (progress at most every 50 ms per job),
  /// until the destructor returns.
  explicit JobQueue(std::function<void(const JobStatus&)> changed);
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  std::uint64_t submit(Request);
  void cancel(std::uint64_t id);
  void finish(std::uint64_t id);  ///< stop and keep
  void cancelAll();
  std::vector<JobStatus> statuses() const;

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
