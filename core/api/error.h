#pragma once
// How work ends. Inside core, code throws Error; the job's edge turns that into an Expected (see job.h: atEdge).
#include <stdexcept>
#include <string>
#include <tl/expected.hpp>

namespace inflaton {

/// The values are the exit codes of inflaton-cli.
enum class ErrorCode {
  failed = 1,     ///< could not be done: a file, the machine, the numbers
  usage = 2,      ///< the request itself is wrong: an unknown name, a value out of range
  cancelled = 3,  ///< the user asked to stop; not an error, never shown as one
  diverged = 4,   ///< the numbers left the finite range (training NaN, a flow that blew up)
};

/// A failure told to a person: what happened (naming file, field, value, allowed range) and what to do about it.
struct JobError {
  ErrorCode code = ErrorCode::failed;
  std::string message;
  std::string hint;  ///< one sentence; may be empty
  bool cancelled() const { return code == ErrorCode::cancelled; }
};

template <class T>
using Expected = tl::expected<T, JobError>;

/// The one exception type that core throws on purpose.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}
  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace inflaton
