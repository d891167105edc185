// The states and their words: one table for files, messages and the window.
#include <array>

#include "core/api/job.h"

namespace inflaton {
namespace {

struct Word {
  JobState state;
  const char* name;
};
constexpr std::array<Word, 7> kWords{{{JobState::queued, "queued"},
                                      {JobState::running, "running"},
                                      {JobState::paused, "paused"},
                                      {JobState::finished, "finished"},
                                      {JobState::failed, "failed"},
                                      {JobState::cancelled, "cancelled"},
                                      {JobState::lost, "lost"}}};

}  // namespace

const char* jobStateName(JobState state) {
  for (const Word& w : kWords)
    if (w.state == state) return w.name;
  return "";
}

std::optional<JobState> jobStateNamed(std::string_view name) {
  for (const Word& w : kWords)
    if (w.name == name) return w.state;
  return std::nullopt;
}

}  // namespace inflaton
