#pragma once
// Everything the program says: progress and errors on stderr, the result on stdout; with --json, one object a line on stderr. Whatever
// it says goes through printable(), so names in files steer no terminal.
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "core/api/job.h"

namespace inflaton::cli {

/// Safe to call from several threads.
class Console {
 public:
  explicit Console(bool json);
  ~Console();
  bool json() const { return json_; }

  /// JSON: at most ten lines a second, stage changes always. Terminal: one line drawn in place once work is late (0.15 s).
  /// Elsewhere (a log file): a line every ten seconds.
  void progress(const Progress&);
  void log(const std::string& line);      ///< a line of the job's log
  void note(const std::string& message);  ///< the program speaking to the user

  /// The three endings, and what is asked for on stdout. All return the exit code: a result that could not be written is a failure, which
  /// is told on stderr.
  int finished(nlohmann::json result, const std::string& summary);
  int cancelled(nlohmann::json result, const std::string& message, const std::string& hint);
  int failed(const JobError&);
  int dryRun(const nlohmann::json& plan);  ///< always on stdout
  int print(const std::string& text);      ///< stdout

 private:
  using Clock = std::chrono::steady_clock;
  bool line(const nlohmann::json&);  ///< false: it could not be written
  void eraseProgress();
  int output(const std::string& text);
  bool json_, terminal_;
  std::mutex mutex_;
  Clock::time_point start_ = Clock::now(), lastDrawn_{};
  std::string stage_, drawn_;
};

/// "1:07", "2:03:15"
std::string clockText(double seconds);

}  // namespace inflaton::cli
