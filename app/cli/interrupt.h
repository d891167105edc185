#pragma once
// Ctrl-C, SIGTERM and SIGHUP (but under nohup) become stop tokens while one of these lives.
#include <stop_token>
#include <thread>

#include "app/cli/console.h"

namespace inflaton::cli {

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
  std::thread listener_;
};

}  // namespace inflaton::cli
