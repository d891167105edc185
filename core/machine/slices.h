#pragma once
// Work on rows, in slices that one thread each takes whole. One fork and join instead of one per tensor operation: that is what
// keeps training fast beside a window that draws and other programs that compute.
#include <ATen/core/grad_mode.h>
#include <omp.h>

#include <atomic>
#include <cstdint>
#include <exception>

#include "core/api/stop_scope.h"

namespace inflaton {

/// While it lives, tensor operations of this thread run on it alone; forSlices still uses all its threads.
class SerialOperations {
 public:
  SerialOperations() : threads_(omp_get_max_threads()), outer_(available_) {
    available_ = outer_ > 0 ? outer_ : threads_;
    omp_set_num_threads(1);
  }
  ~SerialOperations() {
    omp_set_num_threads(threads_);
    available_ = outer_;
  }
  SerialOperations(const SerialOperations&) = delete;
  SerialOperations& operator=(const SerialOperations&) = delete;
  static int available() { return available_ > 0 ? available_ : omp_get_max_threads(); }

 private:
  int threads_, outer_;
  static inline thread_local int available_ = 0;
};

/// work(i) for i in [0, count), without gradients. Exceptions come through, and end it: which one, if several throw, is open. Before each i
/// it is looked whether the job is to stop (StopScope), on whatever thread; what `work` calls can look there, too.
template <class Work>
void forSlices(std::int64_t count, const Work& work) {
  std::exception_ptr failure;
  std::atomic<bool> over = false;
  const auto stops = StopScope::current();
  const int threads = SerialOperations::available();
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (count > 1 && threads > 1)
  for (std::int64_t i = 0; i < count; ++i) {
    if (over) continue;
    try {
      const StopScope scope(stops);
      StopScope::look();
      const at::NoGradGuard off;  // a setting per thread
      work(i);
    } catch (...) {
      over = true;
#pragma omp critical(inflaton_slices)
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace inflaton
