#include "core/job/worker_pool.h"

#include <utility>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace inflaton {
namespace {

/// The window must stay smooth while every core computes: workers yield to it. OpenMP's threads inherit this.
void lowerPriority() {
#ifdef __linux__
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
#endif
}

}  // namespace

WorkerPool::~WorkerPool() {
  std::map<std::thread::id, std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (auto& [id, thread] : threads) thread.join();
  for (auto& thread : over_) thread.join();
}

void WorkerPool::run(std::function<void()> task) {
  std::vector<std::thread> over;
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() > waiting_) {
      std::thread thread([this] { work(); });
      const auto id = thread.get_id();
      threads_.emplace(id, std::move(thread));
    }
    over.swap(over_);
  }
  wake_.notify_one();
  for (auto& thread : over) thread.join();  // past their last line already
}

std::size_t WorkerPool::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

void WorkerPool::work() {
  lowerPriority();
  std::unique_lock lock(mutex_);
  for (;;) {
    ++waiting_;
    wake_.wait_for(lock, idle_, [this] { return closing_ || !tasks_.empty(); });
    --waiting_;
    if (tasks_.empty()) break;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
  if (const auto self = threads_.find(std::this_thread::get_id()); self != threads_.end()) {
    over_.push_back(std::move(self->second));
    threads_.erase(self);
  }
}

}  // namespace inflaton
