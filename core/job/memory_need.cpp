#include "core/api/memory_need.h"

#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/api/number_text.h"

namespace inflaton {
namespace {

struct Estimate {
  std::string what, hint;
  double bytes = 0;
};
thread_local Estimate latest;  // of the job that runs on this thread

/// "12.3 GiB"; whole where it is large.
std::string gibibytes(double bytes) {
  const double gib = bytes / (1 << 30);
  return fixedText(gib, gib < 100 && std::abs(gib - std::round(gib)) >= 0.05 ? 1 : 0) + " GiB";
}

/// What can be had without swapping (Linux tells); 0: not known.
double freeBytes() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string name;
    double kilobytes = 0;
    if (fields >> name >> kilobytes && name == "MemAvailable:") return 1024 * kilobytes;
  }
  return 0;
}

std::string freeText() {
  const double free = freeBytes();
  return free > 0 ? ", and " + gibibytes(free) + " are free" : std::string();
}

/// The number that follows "allocate "; 0 where there is none.
double askedAtOnce(const std::string& text) {
  const std::string mark = "allocate ";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {  // "can't allocate memory" stands before it
    std::uint64_t bytes = 0;
    std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), bytes);
    if (bytes > 0) return static_cast<double>(bytes);
  }
  return 0;
}

}  // namespace

void requireMemory(double bytes, const std::string& what, const std::string& hint, double most) {
  latest = {what, hint, bytes};
  if (bytes > most) throw Error(ErrorCode::usage, what + " need " + gibibytes(bytes) + "; allowed: " + gibibytes(most), hint);
  if (const double free = freeBytes(); free > 0 && bytes > free)
    throw Error(ErrorCode::failed, what + " need " + gibibytes(bytes) + freeText(), hint);
}

JobError outOfMemory(const std::string& libraryText) {
  if (latest.bytes > 0)
    return {ErrorCode::failed, "out of memory: " + latest.what + " need about " + gibibytes(latest.bytes) + freeText(), latest.hint};
  const double asked = askedAtOnce(libraryText);
  return {ErrorCode::failed, "out of memory" + (asked > 1 << 20 ? ": " + gibibytes(asked) + " were asked for at once" + freeText() : ""),
          "Ask for fewer points, frames or references."};
}

void forgetMemoryNeed() { latest = {}; }

}  // namespace inflaton
