#pragma once
// A run is a folder NNNNN-<description>/: options.json, log.txt, stats.jsonl, progress.json, and whatever the job saves.
// It is readable at every moment, also after kill -9. design.md section 4.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/api/error.h"
#include "core/api/job.h"
#include "core/io/life_lock.h"

namespace inflaton {

/// What progress.json says. `queued` and `lost` are never written; `lost` is what becomes of a run whose program is gone.
struct RunStatus {
  JobState state = JobState::running;
  Progress progress;
  std::string error;  ///< when failed
  long pid = 0;
  std::string host;
  std::string updated, nextBeatBy;  ///< ISO 8601 UTC
};

/// The common part of options.json.
struct RunDescription {
  nlohmann::json options;  ///< all options, by name
  std::int64_t seed = 0;
  std::string version, device;
  std::string command;  ///< repeats the run
};
nlohmann::json toJson(const RunDescription&);

/// A run being written. All calls are safe from several threads. While it lives it holds the life lock of the folder's log.txt, and
/// while the state is running or paused, a small thread keeps the heartbeat, so a long step is not taken for a lost run. Destroyed while
/// running: the state becomes failed, "ended without saying how".
class RunFolder {
 public:
  /// Makes parent (if missing) and parent/NNNNN-desc with the next free number; two programs at once get two numbers.
  /// Characters of desc that trouble file systems become '-'. Throws Error(failed) when it cannot be made.
  static RunFolder create(const std::string& parent, const std::string& desc);
  /// The folder itself becomes the run, made if missing. Throws Error(failed) when it cannot be made or holds a run already.
  static RunFolder createAt(const std::string& folder);
  /// The right to write in an existing run folder, for whoever is to go on in it: to be had before its files are read, so that nobody
  /// changes them meanwhile. Nothing is written. Throws Error(failed) when there is none, or when another writer of it lives.
  static LifeLock claim(const std::string& folder);
  /// Goes on in an existing run folder (resume): logs are appended, the state becomes running. Throws as claim.
  static RunFolder open(const std::string& folder, LifeLock claimed);
  static RunFolder open(const std::string& folder);
  ~RunFolder();
  RunFolder(RunFolder&&) noexcept;
  RunFolder& operator=(RunFolder&&) noexcept;

  const std::string& path() const;
  std::string file(const std::string& name) const { return path() + "/" + name; }

  /// options.json, and the same under other names (training_options.json).
  void writeOptions(const RunDescription&, const std::string& name = "options.json");
  void log(const std::string& line);      ///< log.txt, with a time stamp
  void stat(const nlohmann::json& line);  ///< stats.jsonl, one object per line
  /// Takes off the end of stats.jsonl what a run wrote that went further than the state it is resumed from: the first line whose number
  /// `field` is greater than `most`, and all after it, and a line that a kill cut.
  void cutStats(const std::string& field, double most);

  /// Cheap: the thread writes at most twice a second. Throws Error(failed) if an earlier write failed (disk full).
  void progress(const std::string& stage, double step, double total, double etaSeconds = -1, const std::string& message = {});
  void beat();  ///< writes progress.json now, with a fresh next_beat_by
  void pause();
  void resume();
  // Endings; written at once.
  void finish(const std::string& message = {});
  void fail(const std::string& error);
  void cancel(const std::string& message = {});

 private:
  struct Impl;
  explicit RunFolder(std::unique_ptr<Impl>);
  static RunFolder begun(const std::string& folder);
  std::unique_ptr<Impl> impl_;
};

/// Reads progress.json as it stands. Throws Error(failed) when there is none, or it is damaged.
RunStatus readProgressFile(const std::string& folder);
/// What became of it by now: lost when it is active but its heartbeat is overdue, or nobody on this machine holds its life lock.
RunStatus withSignsOfLife(RunStatus, const std::string& folder);
/// Both.
RunStatus readRunStatus(const std::string& folder);
inline JobState readRunState(const std::string& folder) { return readRunStatus(folder).state; }
/// The lines of stats.jsonl; a last line cut short by a kill is left out.
std::vector<nlohmann::json> readStats(const std::string& folder);
/// Seconds since 1970 as "2026-01-31T12:00:00.250Z", and back. Throws Error(failed) for other text.
std::string isoTime(double secondsSinceEpoch);
double fromIsoTime(const std::string& text);

}  // namespace inflaton
