#include "core/api/job.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>

#include "core/api/exception_text.h"
#include "core/api/memory_need.h"
#include "core/api/stop_scope.h"

namespace inflaton {

void JobContext::throwIfStopped() const {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
}

int JobContext::threads(std::int64_t wanted) const {
  const std::int64_t most = std::max(1, processors ? processors() : omp_get_num_procs());
  if (wanted <= 0) return static_cast<int>(most);
  return static_cast<int>(processors ? std::min(wanted, most) : wanted);
}

namespace {

std::atomic<ExceptionTeller> teller{nullptr};

/// LibTorch appends a C++ stack to what it says, and JSON's library begins with a name of its own.
std::string plainText(std::string text) {
  for (const char* stack : {"\nException raised from", "\nframe #0"}) text.resize(std::min(text.size(), text.find(stack)));
  for (auto at = text.find("[json.exception."); at != std::string::npos; at = text.find("[json.exception.")) {
    const auto end = text.find("] ", at);
    text.erase(at, end == std::string::npos ? std::string::npos : end + 2 - at);
  }
  return text;
}

bool isAboutMemory(const std::string& text) {
  for (const char* words : {"can't allocate memory", "not enough memory", "out of memory"})
    if (text.find(words) != std::string::npos) return true;
  return false;
}

/// "data/a.npz: Permission denied" of "filesystem error: cannot open: Permission denied [data/a.npz]".
std::string fileText(const std::filesystem::filesystem_error& e) {
  return (e.path1().empty() ? std::string() : e.path1().string() + ": ") + e.code().message();
}

}  // namespace

void tellExceptionsBy(ExceptionTeller tell) { teller = tell; }

JobError currentExceptionAsJobError() {
  try {
    throw;
  } catch (const Error& e) {
    return {e.code(), plainText(e.what()), e.hint()};
  } catch (const StopAndKeep&) {  // nobody took it: there is nothing yet that could be kept
    return {ErrorCode::cancelled, "stopped before there was anything to keep", {}};
  } catch (const std::bad_alloc&) {
    return outOfMemory();
  } catch (const std::length_error&) {  // a size that no memory holds, asked of a container
    return outOfMemory();
  } catch (const std::filesystem::filesystem_error& e) {
    return {ErrorCode::failed, fileText(e), {}};
  } catch (const std::system_error& e) {
    return {ErrorCode::failed, e.code().message(), {}};
  } catch (const std::exception& e) {  // those of libraries among them
    const ExceptionTeller tell = teller;
    const std::string text = plainText(tell ? tell(e) : e.what());
    return isAboutMemory(text) ? outOfMemory(text) : JobError{ErrorCode::failed, text, {}};
  } catch (...) {
    return {ErrorCode::failed, "an unknown error", {}};
  }
}

}  // namespace inflaton
