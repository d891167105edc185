#pragma once
// Long-lived threads: as many as there is work at one time; one that has had none for a while ends.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace inflaton {

/// Every task starts at once, on a thread that waits or on a new one. Tasks must not throw. Destroying it runs what was asked for and
/// joins.
class WorkerPool {
 public:
  explicit WorkerPool(std::chrono::milliseconds idle) : idle_(idle) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void run(std::function<void()> task);
  std::size_t threads() const;

 private:
  void work();

  const std::chrono::milliseconds idle_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::map<std::thread::id, std::thread> threads_;
  std::vector<std::thread> over_;  // ended, not joined yet
  std::size_t waiting_ = 0;
  bool closing_ = false;
};

}  // namespace inflaton
