#include "core/io/run_status.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <sstream>

#include "core/io/input_file.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr RunState kStates[] = {RunState::running, RunState::paused, RunState::finished, RunState::failed, RunState::cancelled};

RunState stateNamed(const std::string& name, const std::string& path) {
  for (const RunState s : kStates)
    if (name == runStateName(s)) return s;
  throwBadFile(path, "has the unknown state \"" + name + "\"; known: running, paused, finished, failed, cancelled");
}

double beatTime(const std::string& text, const std::string& path) {
  try {
    return fromIsoTime(text);
  } catch (const Error& e) {
    throwBadFile(path, std::string("is damaged (next_beat_by: ") + e.what() + ")");
  }
}

bool gone(const RunStatus& s, double nextBeatBy) {
  const bool ours = s.pid > 0 && s.pid <= std::numeric_limits<pid_t>::max() && s.host == hostName();
  return (ours && ::kill(static_cast<pid_t>(s.pid), 0) != 0 && errno == ESRCH) || nowSeconds() > nextBeatBy;
}

}  // namespace

double nowSeconds() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string hostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

const char* runStateName(RunState s) {
  switch (s) {
    case RunState::running:
      return "running";
    case RunState::paused:
      return "paused";
    case RunState::finished:
      return "finished";
    case RunState::failed:
      return "failed";
    case RunState::cancelled:
      return "cancelled";
    case RunState::lost:
      return "lost";
  }
  return "";
}

json statusToJson(const RunStatus& s) {
  return {{"state", runStateName(s.state)},
          {"stage", s.stage},
          {"step", s.step},
          {"total", s.total},
          {"message", s.message},
          {"eta_seconds", s.etaSeconds < 0 ? json() : json(s.etaSeconds)},
          {"pid", s.pid},
          {"host", s.host},
          {"updated", s.updated},
          {"next_beat_by", s.nextBeatBy},
          {"error", s.error.empty() ? json() : json(s.error)}};
}

RunStatus readRunStatus(const std::string& folder) {
  const std::string path = folder + "/progress.json";
  RunStatus s;
  double nextBeatBy = 0;
  try {
    const json j = json::parse(readTextFile(path, 1 << 20));
    const auto text = [&](const char* key) { return j.at(key).is_null() ? std::string() : j.at(key).get<std::string>(); };
    s.state = stateNamed(j.at("state").get<std::string>(), path);
    s.stage = text("stage"), s.message = text("message"), s.error = text("error"), s.host = text("host");
    s.step = j.at("step").get<double>(), s.total = j.at("total").get<double>();
    s.etaSeconds = j.at("eta_seconds").is_null() ? -1 : j.at("eta_seconds").get<double>();
    s.pid = j.at("pid").get<long>();
    s.updated = text("updated"), s.nextBeatBy = text("next_beat_by");
    nextBeatBy = beatTime(s.nextBeatBy, path);
  } catch (const json::exception& e) {
    throwBadFile(path, "is damaged (" + std::string(e.what()).substr(0, 200) + ")");
  }
  if (s.state == RunState::running && gone(s, nextBeatBy)) s.state = RunState::lost;
  return s;
}

std::vector<json> readStats(const std::string& folder) {
  const std::string path = folder + "/stats.jsonl";
  std::istringstream lines(readTextFile(path, kDefaultByteLimit));
  std::vector<json> out;
  std::string line;
  while (std::getline(lines, line)) {
    json j = json::parse(line, nullptr, false);
    // A line without its end is one that a kill cut: as the last one, or, after a resume, closed by the next program.
    if (!j.is_discarded()) out.push_back(std::move(j));
  }
  return out;
}

}  // namespace inflaton
