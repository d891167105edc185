#pragma once
// The run folders below one folder, watched: whose they are and what becomes of them. Implemented in core/job/run_watch.cpp.
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"

namespace inflaton {

/// One run folder as its files and its life lock tell it.
struct RunSighting {
  std::string folder;
  JobState state = JobState::running;  ///< `lost`: its program is gone, or its heartbeat is overdue
  Progress progress;
  std::string error;    ///< when failed
  bool own = false;     ///< written by this process
  std::string command;  ///< of a lost run: goes on from the last snapshot; empty: there is none
  /// Active, and in the hands of another process: started in a terminal, by another window, on another machine.
  bool foreign() const { return isActive(state) && !own; }
};

/// Looks at the folders NNNNN-* below a runs folder. Not safe from several threads at once; meant for one off the GUI thread.
class RunWatch {
 public:
  explicit RunWatch(std::string runsFolder);
  ~RunWatch();
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  const std::string& folder() const;
  /// The kMost runs of the highest numbers, newest first; none when there is no such folder. Cheap to call again: a progress.json is
  /// read when it is new or has changed, and only of active runs is the life lock looked at. Folders that hold no readable
  /// progress.json are left out.
  std::vector<RunSighting> look();
  std::size_t filesRead() const;  ///< so far

  static constexpr std::size_t kMost = 1000;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton
