#include "core/api/job.h"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <new>

namespace inflaton {

void JobContext::throwIfStopped() const {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
}

int JobContext::threads(std::int64_t wanted) const {
  const std::int64_t most = std::max(1, processors ? processors() : omp_get_num_procs());
  if (wanted <= 0) return static_cast<int>(most);
  return static_cast<int>(processors ? std::min(wanted, most) : wanted);
}

JobError currentExceptionAsJobError() {
  try {
    throw;
  } catch (const Error& e) {
    return {e.code(), e.what(), e.hint()};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::failed, "out of memory", "Ask for fewer points, frames or references."};
  } catch (const std::exception& e) {  // c10::Error among them
    std::string text = e.what();
    // LibTorch appends a C++ stack; its first line is the message.
    if (const auto stack = text.find("\nException raised from"); stack != std::string::npos) text.resize(stack);
    return {ErrorCode::failed, text, {}};
  } catch (...) {
    return {ErrorCode::failed, "an unknown error", {}};
  }
}

}  // namespace inflaton
