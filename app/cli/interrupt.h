#pragma once
// Ctrl-C, SIGTERM and SIGHUP (but under nohup) become stop tokens while one of these lives.
#include <stop_token>
#include <thread>

#include "app/cli/console.h"
#include "core/api/stop_scope.h"

namespace inflaton::cli {

/// Made and destroyed on the thread that works.
class Interrupt {
 public:
  /// What the first signal asks for; every later one cancels, and the third ends the process on the spot.
  enum class First { cancel, keep };
  /// The console tells the user what a signal did.
  Interrupt(First, Console&);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  std::stop_token finish() const { return finish_.get_token(); }

 private:
  void listen(First);
  Console& console_;
  std::stop_source stop_, finish_;
  StopScope scope_{stop_.get_token(), {}};  ///< writing results after a job can be cancelled too
  std::thread listener_;
};

}  // namespace inflaton::cli
