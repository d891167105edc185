#include "core/coverage/gathered_map.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/api/error.h"

namespace inflaton {
namespace {

/// What one task waits for.
struct Request {
  std::span<const double> points;
  std::vector<double> answer;
  bool waiting = false;
};

class Gatherer {
 public:
  Gatherer(std::size_t count, int columns)
      : requests_(count), failures_(count), running_(count), columns_(static_cast<std::size_t>(columns)) {}

  /// On a task's thread.
  std::vector<double> ask(std::size_t task, std::span<const double> points) {
    std::unique_lock lock(mutex_);
    if (broken_) std::rethrow_exception(broken_);
    Request& own = requests_[task];
    own.points = points, own.waiting = true, ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !own.waiting; });
    if (broken_) std::rethrow_exception(broken_);
    return std::move(own.answer);
  }

  void ended(std::size_t task, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    failures_[task] = std::move(failure);
    --running_;
    changed_.notify_all();
  }

  /// On the calling thread, until all tasks have ended.
  void serve(const PointMap& map) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return waiting_ == running_; });
      if (running_ == 0) return;
      std::vector<double> all;
      for (const Request& r : requests_)
        if (r.waiting) all.insert(all.end(), r.points.begin(), r.points.end());
      // Everyone waits: nobody else holds or wants the lock.
      std::vector<double> images;
      try {
        images = map(all);
        if (images.size() != all.size() || images.size() % columns_ != 0)
          throw Error(ErrorCode::failed, "a map of points gave another number of points than it was given");
      } catch (...) {
        broken_ = std::current_exception();
      }
      std::size_t from = 0;
      for (Request& r : requests_) {
        if (!r.waiting) continue;
        if (!broken_)
          r.answer.assign(images.begin() + static_cast<std::ptrdiff_t>(from),
                          images.begin() + static_cast<std::ptrdiff_t>(from + r.points.size()));
        from += r.points.size();
        r.waiting = false;
      }
      waiting_ = 0;
      changed_.notify_all();
    }
  }

  void rethrow() const {
    if (broken_) std::rethrow_exception(broken_);
    for (const auto& failure : failures_)
      if (failure) std::rethrow_exception(failure);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> requests_;
  std::vector<std::exception_ptr> failures_;
  std::exception_ptr broken_;
  std::size_t running_, waiting_ = 0, columns_;
};

}  // namespace

void runGathered(std::size_t count, int columns, const PointMap& map, const std::function<void(std::size_t, const PointMap&)>& task) {
  if (count == 0) return;
  Gatherer gatherer(count, columns);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      std::exception_ptr failure;
      try {
        task(i, [&](std::span<const double> points) { return gatherer.ask(i, points); });
      } catch (...) {
        failure = std::current_exception();
      }
      gatherer.ended(i, std::move(failure));
    });
  gatherer.serve(map);
  threads.clear();
  gatherer.rethrow();
}

}  // namespace inflaton
