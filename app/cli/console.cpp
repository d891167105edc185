#include "app/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>

#include "core/api/printable.h"
#include "core/api/standard_streams.h"

#include "core/api/json_text.h"
#include "core/api/number_text.h"

namespace inflaton::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kLate = 150ms, kBetweenDraws = 100ms, kBetweenPlainLines = 10000ms;

// Where stderr cannot be written to, nobody can be told.
void writeError(const std::string& text) { writeToStandardError(text); }

std::string errorText(const std::string& message, const std::string& hint) {
  return "inflaton-cli: " + printable(message) + "\n" + (hint.empty() ? "" : "hint: " + printable(hint) + "\n");
}

std::string printableJson(const nlohmann::json& object, int indent = -1) { return printableLines(jsonText(object, indent)) + "\n"; }

std::size_t terminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string progressText(const Progress& p) {
  std::string text = p.stage;
  if (p.total > 0) text += formatted(" %3.0f %%", 100 * std::fmin(p.fraction(), 1));
  if (p.etaSeconds >= 0) text += "  " + clockText(p.etaSeconds) + " left";
  if (!p.message.empty()) text += "  " + p.message;
  return printable(text);
}

}  // namespace

std::string clockText(double seconds) {
  const long long s = std::llround(std::fmin(std::fmax(seconds, 0), 3.6e9));
  if (s >= 3600) return formatted("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  return formatted("%d:%02d", s / 60, s % 60);
}

Console::Console(bool json) : json_(json), terminal_(!json && isatty(STDERR_FILENO)) {}

Console::~Console() {
  const std::lock_guard lock(mutex_);
  eraseProgress();
}

void Console::progress(const Progress& p) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const bool newStage = p.stage != stage_;
  stage_ = p.stage;
  if (json_) {
    const bool last = p.total > 0 && p.step >= p.total;
    if (!newStage && !last && now - lastDrawn_ < kBetweenDraws) return;
    lastDrawn_ = now;
    line({{"stage", p.stage},
          {"step", p.step},
          {"total", p.total},
          {"message", p.message},
          {"eta_seconds", p.etaSeconds < 0 ? nlohmann::json() : nlohmann::json(p.etaSeconds)}});
    return;
  }
  if (!terminal_) {
    if (now - start_ < kBetweenPlainLines || now - lastDrawn_ < kBetweenPlainLines) return;
    lastDrawn_ = now;
    writeError(progressText(p) + "\n");
    return;
  }
  if (now - start_ < kLate || now - lastDrawn_ < kBetweenDraws) return;
  lastDrawn_ = now;
  std::string text = progressText(p);
  text.resize(std::min(text.size(), terminalWidth() - 1));
  if (text == drawn_) return;
  // Written over the old line and padded, in one write: erasing first would flicker.
  std::string out = "\r" + text;
  if (drawn_.size() > text.size()) out.append(drawn_.size() - text.size(), ' ');
  drawn_ = text;
  writeError(out);
}

void Console::eraseProgress() {
  if (drawn_.empty()) return;
  writeError("\r" + std::string(drawn_.size(), ' ') + "\r");
  drawn_.clear();
}

bool Console::line(const nlohmann::json& object) { return writeToStandardError(printableJson(object)) == 0; }

int Console::output(const std::string& text) {
  const int fault = writeToStandardOutput(text);
  if (fault == 0) return 0;
  const std::string message = std::string("cannot write to standard output: ") + std::strerror(fault);
  if (json_)
    line({{"state", "failed"}, {"code", static_cast<int>(ErrorCode::failed)}, {"message", message}, {"hint", ""}});
  else
    writeError(errorText("error: " + message, {}));
  return static_cast<int>(ErrorCode::failed);
}

void Console::log(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (json_) return void(line({{"log", text}}));
  eraseProgress();
  writeError(printable(text) + "\n");
}

void Console::note(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (json_) return void(line({{"note", message}}));
  eraseProgress();
  writeError(errorText(message, {}));
}

int Console::finished(nlohmann::json result, const std::string& summary) {
  const std::lock_guard lock(mutex_);
  eraseProgress();
  result["state"] = "finished";
  if (json_) return line(result) ? 0 : static_cast<int>(ErrorCode::failed);
  return output(printableLines(summary));
}

int Console::cancelled(nlohmann::json result, const std::string& message, const std::string& hint) {
  const std::lock_guard lock(mutex_);
  eraseProgress();
  result.update({{"state", "cancelled"}, {"message", message}, {"hint", hint}});
  if (json_)
    line(result);
  else
    writeError(errorText(message, hint));
  return static_cast<int>(ErrorCode::cancelled);
}

int Console::failed(const JobError& error) {
  if (error.cancelled()) return cancelled({}, error.message.empty() ? "cancelled" : error.message, error.hint);
  const std::lock_guard lock(mutex_);
  eraseProgress();
  if (json_)
    line({{"state", "failed"}, {"code", static_cast<int>(error.code)}, {"message", error.message}, {"hint", error.hint}});
  else
    writeError(errorText("error: " + error.message, error.hint));
  return static_cast<int>(error.code);
}

int Console::dryRun(const nlohmann::json& plan) {
  const std::lock_guard lock(mutex_);
  eraseProgress();
  return output(printableJson(plan, 2));
}

int Console::print(const std::string& text) {
  const std::lock_guard lock(mutex_);
  eraseProgress();
  return output(printableLines(text));
}

}  // namespace inflaton::cli
