#pragma once
// SIGTERM, SIGINT and SIGHUP as calls on the thread of the window.
#include <functional>
#include <memory>

namespace inflaton {

class EndSignals {
 public:
  /// Calls `told` once a signal, while this object lives and Qt's events are handled. A signal that the program was started with ignored
  /// (SIGHUP under nohup) stays ignored. The third signal ends the process as if nobody listened.
  explicit EndSignals(std::function<void()> told);
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton
