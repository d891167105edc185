#pragma once
// A job's stop tokens for the long loops deep below it: drawing points, a network's rows, building a table, writing arrays. They know
// nothing of jobs, and none of them may keep a user waiting who has asked to stop: from the request to the end at most a second.
#include <stop_token>
#include <utility>

#include "core/api/job.h"

namespace inflaton {

/// Thrown where a job is asked to stop and keep in the middle of a step: what was before the step is what is kept.
struct StopAndKeep {};

/// While it lives, look() on this thread heeds these tokens. Scopes nest, and the innermost counts.
class StopScope {
 public:
  struct Tokens {
    std::stop_token cancel, keep;
  };
  explicit StopScope(const JobContext& context) : StopScope(context.stop, {}) {}
  StopScope(std::stop_token cancel, std::stop_token keep) : StopScope(Tokens{std::move(cancel), std::move(keep)}) {}
  explicit StopScope(Tokens tokens) : own_(std::move(tokens)), outer_(std::exchange(current_, &own_)) {}
  ~StopScope() { current_ = outer_; }
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

  /// Of this thread; none where no job is under way. For a scope on a thread that helps this one.
  static Tokens current() { return current_ ? *current_ : Tokens{}; }
  /// Throws Error(cancelled), or StopAndKeep, when the job was asked to. Costs a few nanoseconds.
  static void look() {
    if (!current_) return;
    if (current_->cancel.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
    if (current_->keep.stop_requested()) throw StopAndKeep{};
  }

 private:
  Tokens own_;
  const Tokens* outer_;
  static inline thread_local const Tokens* current_ = nullptr;
};

}  // namespace inflaton
