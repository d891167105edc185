#pragma once
// Ctrl-C, SIGTERM and SIGHUP become stop tokens while one of these lives.
#include <functional>
#include <stop_token>
#include <thread>

#include "core/api/job.h"

namespace inflaton::cli {

class Interrupt {
 public:
  /// What the first signal asks for; every later one cancels, and the third ends the process on the spot.
  enum class First { cancel, keep };
  /// `say` tells the user what the signal did; called on a thread of its own.
  Interrupt(First, std::function<void(const std::string&)> say);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  std::stop_token finish() const { return finish_.get_token(); }

 private:
  void listen(First);
  std::function<void(const std::string&)> say_;
  std::stop_source stop_, finish_;
  std::thread listener_;
};

}  // namespace inflaton::cli
