#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "core/api/mcmc.h"
#include "core/api/options.h"
#include "core/api/runs.h"
#include "core/io/file_stamp.h"
#include "core/io/life_lock.h"
#include "core/io/run_status.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

/// The number of NNNNN-<description>; < 0: no run folder.
long numberOf(const std::string& name) {
  const auto digits = name.find_first_not_of("0123456789");
  return digits >= 5 && digits <= 9 && digits != std::string::npos && name[digits] == '-' ? std::stol(name) : -1;
}

/// The command that goes on with a run from what it left.
std::string resumeCommand(const std::string& folder) {
  std::string newest;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("training-state-") && name.ends_with(".safetensors") &&
        std::tuple(name.size(), name) > std::tuple(newest.size(), newest))
      newest = name;
  }
  if (!newest.empty()) {
    ToyTrainOptions o;
    o.resume = folder + "/" + newest;
    return commandLine(o);
  }
  if (!fs::exists(folder + "/checkpoint.npz", fault)) return {};
  ToyMcmcOptions o;
  o.resume = folder;
  return commandLine(o);
}

struct Known {
  FileStamp stamp;
  RunStatus status;
  bool readable = false;
  std::string command;  // of a run that was lost when it was last looked at
};

}  // namespace

struct RunWatch::Impl {
  std::string runs;
  std::map<std::string, Known> known;  // by the folder's name
  std::size_t filesRead = 0;

  std::vector<std::string> names() const {
    std::vector<std::pair<long, std::string>> found;
    std::error_code fault;
    for (fs::directory_iterator entry(runs, fault), end; !fault && entry != end; entry.increment(fault)) {
      std::string name = entry->path().filename().string();
      if (const long number = numberOf(name); number >= 0) found.emplace_back(number, std::move(name));
    }
    const auto kept = std::min(found.size(), kMost);
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(), std::greater<>());
    std::vector<std::string> out;
    for (std::size_t i = 0; i < kept; ++i) out.push_back(std::move(found[i].second));
    return out;
  }

  /// What is known of the run, read again where it changed.
  Known refreshed(const std::string& name) {
    const auto old = known.find(name);
    Known now;
    now.status.state = JobState::finished;  // of one that cannot be read there is nothing to watch
    const auto stamp = stampOf(runs + "/" + name + "/progress.json");
    if (!stamp) return now;
    now.stamp = *stamp;
    if (old != known.end() && old->second.stamp == now.stamp) return old->second;
    ++filesRead;
    try {
      now.status = readProgressFile(runs + "/" + name);
      now.readable = true;
    } catch (const Error&) {  // damaged: nothing that could be shown
    }
    return now;
  }
};

RunWatch::RunWatch(std::string runsFolder) : impl_(std::make_unique<Impl>()) { impl_->runs = std::move(runsFolder); }
RunWatch::~RunWatch() = default;
const std::string& RunWatch::folder() const { return impl_->runs; }
std::size_t RunWatch::filesRead() const { return impl_->filesRead; }

std::vector<RunSighting> RunWatch::look() {
  std::vector<RunSighting> sightings;
  std::map<std::string, Known> known;
  for (const std::string& name : impl_->names()) {
    const std::string folder = impl_->runs + "/" + name;
    Known run = impl_->refreshed(name);
    RunStatus status = withSignsOfLife(run.status, folder);
    const auto since = status.state == JobState::lost ? stampOf(folder + "/progress.json") : std::nullopt;
    if (since && *since != run.stamp) {
      run = impl_->refreshed(name);  // it ended properly in between
      status = withSignsOfLife(run.status, folder);
    }
    if (run.readable) {
      RunSighting s;
      s.folder = folder;
      s.state = status.state;
      s.progress = std::move(status.progress);
      s.error = std::move(status.error);
      s.own = isHeldHere(folder + "/log.txt");
      if (s.state != JobState::lost)
        run.command.clear();
      else if (run.command.empty())
        run.command = resumeCommand(s.folder);
      s.command = run.command;
      sightings.push_back(std::move(s));
    }
    known.emplace(name, std::move(run));
  }
  impl_->known = std::move(known);  // what is gone is forgotten
  return sightings;
}

}  // namespace inflaton
