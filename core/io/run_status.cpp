#include "core/io/run_status.h"

#include <unistd.h>

#include <chrono>

#include "core/api/json_text.h"
#include "core/io/input_file.h"
#include "core/io/json_fields.h"
#include "core/io/life_lock.h"
#include "core/io/line_file.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr std::uint64_t kProgressBytes = 1 << 20;

JobState stateNamed(const std::string& name, const std::string& path) {
  const auto state = jobStateNamed(name);
  if (state && *state != JobState::queued && *state != JobState::lost) return *state;
  throwBadFile(path, "has the unknown state \"" + name + "\"; known: running, paused, finished, failed, cancelled");
}

double beatTime(const std::string& text, const std::string& path) {
  try {
    return fromIsoTime(text);
  } catch (const Error& e) {
    throwBadFile(path, std::string("is damaged (next_beat_by: ") + e.what() + ")");
  }
}

}  // namespace

double nowSeconds() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

long processId() { return ::getpid(); }

std::string hostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

json statusToJson(const RunStatus& s) {
  return {{"state", jobStateName(s.state)},
          {"stage", s.progress.stage},
          {"step", s.progress.step},
          {"total", s.progress.total},
          {"message", s.progress.message},
          {"eta_seconds", s.progress.etaSeconds < 0 ? json() : json(s.progress.etaSeconds)},
          {"pid", s.pid},
          {"host", s.host},
          {"updated", s.updated},
          {"next_beat_by", s.nextBeatBy},
          {"error", s.error.empty() ? json() : json(s.error)}};
}

RunStatus readProgressFile(const std::string& folder) {
  const std::string path = folder + "/progress.json";
  const auto damaged = [&](const std::string& reason) { throwBadFile(path, "is damaged (" + reason + ")"); };
  const auto j = parseJson(readTextFile(path, kProgressBytes));
  if (!j) damaged(j.error());
  const JsonFields fields(*j, damaged);
  const auto text = [&](const char* name) { return fields.isNull(name) ? std::string() : fields.text(name); };
  RunStatus s;
  s.state = stateNamed(fields.text("state"), path);
  s.progress.stage = text("stage"), s.progress.message = text("message"), s.error = text("error"), s.host = text("host");
  s.progress.step = fields.number("step"), s.progress.total = fields.number("total");
  s.progress.etaSeconds = fields.isNull("eta_seconds") ? -1 : fields.number("eta_seconds");
  s.pid = static_cast<long>(fields.whole("pid"));
  s.updated = text("updated"), s.nextBeatBy = text("next_beat_by");
  beatTime(s.nextBeatBy, path);
  return s;
}

RunStatus withSignsOfLife(RunStatus s, const std::string& folder) {
  if (!isActive(s.state)) return s;
  const bool overdue = nowSeconds() > beatTime(s.nextBeatBy, folder + "/progress.json");
  if (overdue || (s.host == hostName() && lifeOf(folder + "/log.txt") == Life::free)) s.state = JobState::lost;
  return s;
}

RunStatus readRunStatus(const std::string& folder) {
  RunStatus s = withSignsOfLife(readProgressFile(folder), folder);
  // A run that ended between the two looks has said so before it let go of its lock.
  return s.state == JobState::lost ? withSignsOfLife(readProgressFile(folder), folder) : s;
}

std::vector<json> readStats(const std::string& folder) {
  std::vector<json> out;
  readLines(folder + "/stats.jsonl", [&](std::string_view line, std::uint64_t) {
    // A line without its end is one that a kill cut: as the last one, or, after a resume, closed by the next program.
    if (auto j = parseJson(line); j) out.push_back(*std::move(j));
    return true;
  });
  return out;
}

}  // namespace inflaton
