#include "core/io/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/printable.h"
#include "core/io/atomic_file.h"
#include "core/io/line_file.h"
#include "core/io/run_status.h"
#include "core/io/temporary_file.h"

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

namespace inflaton {
namespace {

constexpr auto kWriteEvery = 500ms;  // a faster loop than the disk must not wait for it
constexpr auto kBeatEvery = 5s;
constexpr double kBeatGrace = 20;  // seconds a beat may be late before the run counts as lost

/// Letters, digits and ". _ - + =" stay; the rest becomes '-'. Never empty, never hidden, at most 100 bytes.
std::string safeName(const std::string& desc) {
  std::string name;
  for (const char c : desc.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::strchr("._-+=", c);
    name += plain && c != '\0' ? c : '-';
  }
  return name.empty() ? "run" : name;
}

/// The number after the highest "NNNNN-" in `parent`.
long nextNumber(const std::string& parent) {
  long highest = -1;
  for (const auto& entry : fs::directory_iterator(parent)) {
    const std::string name = entry.path().filename().string();
    const auto digits = name.find_first_not_of("0123456789");
    if (digits >= 5 && digits <= 9 && digits != std::string::npos && name[digits] == '-') highest = std::max(highest, std::stol(name));
  }
  return highest + 1;
}

class FolderLock {
 public:
  explicit FolderLock(const std::string& folder) : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) throwWriteError(folder, errno);
    ::flock(fd_, LOCK_EX);
  }
  ~FolderLock() { ::close(fd_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

}  // namespace

json toJson(const RunDescription& d) {
  return {{"program", "inflaton"},
          {"version", d.version},
          {"device", d.device},
          {"seed", d.seed},
          {"command", d.command},
          {"options", d.options},
          {"created", isoTime(nowSeconds())}};
}

struct RunFolder::Impl {
  Impl(std::string folder, LifeLock lock)
      : path(std::move(folder)), life(std::move(lock)), logFile(path + "/log.txt"), statsFile(path + "/stats.jsonl") {
    status.pid = processId();
    status.host = hostName();
    write();
    beating = std::jthread([this](std::stop_token stop) { keepBeating(stop); });
  }
  ~Impl() {
    beating.request_stop();
    wake.notify_all();
    if (beating.joinable()) beating.join();
    if (!isActive(status.state)) return;
    status.state = JobState::failed;
    status.error = "ended without saying how";
    try {
      write();
    } catch (const Error&) {  // a destructor cannot tell; the missing heartbeat will: the run shows as lost
    }
  }

  const std::string path;
  mutable std::mutex mutex;
  std::condition_variable_any wake;
  RunStatus status;
  bool changed = false;
  std::unique_ptr<Error> failure;  ///< of the thread; thrown at the next call
  LifeLock life;
  LineFile logFile, statsFile;
  std::jthread beating;

  /// With the mutex held (or before the thread starts).
  void write() {
    const double now = nowSeconds();
    status.updated = isoTime(now);
    status.nextBeatBy = isoTime(now + std::chrono::duration<double>(kBeatEvery).count() + kBeatGrace);
    writeFileAtomically(path + "/progress.json", jsonText(statusToJson(status), 2) + "\n");
    changed = false;
  }

  void keepBeating(std::stop_token stop) {
    std::unique_lock lock(mutex);
    auto written = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, kBeatEvery, [this] { return changed; });
      wake.wait_until(lock, stop, written + kWriteEvery, [] { return false; });
      if (stop.stop_requested()) break;
      if (!isActive(status.state)) continue;
      try {
        write();
      } catch (const Error& e) {
        failure = std::make_unique<Error>(e);
        changed = false;
      }
      written = std::chrono::steady_clock::now();
    }
  }

  template <class Change>
  void update(Change change, bool now) {
    std::lock_guard lock(mutex);
    if (failure) throw Error(*std::exchange(failure, nullptr));
    change(status);
    if (now) {
      write();
    } else {
      changed = true;
      wake.notify_all();
    }
  }

  void end(JobState state, const std::string& message, const std::string& error) {
    update(
        [&](RunStatus& s) {
          s.state = state, s.error = error, s.progress.etaSeconds = -1;
          if (!message.empty()) s.progress.message = message;
        },
        true);
  }
};

RunFolder::RunFolder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunFolder::~RunFolder() = default;
RunFolder::RunFolder(RunFolder&&) noexcept = default;
RunFolder& RunFolder::operator=(RunFolder&&) noexcept = default;

RunFolder RunFolder::create(const std::string& parent, const std::string& desc) {
  std::error_code fault;
  fs::create_directories(parent.empty() ? "." : parent, fault);
  const std::string where = parent.empty() ? "." : parent;
  if (fault) throwWriteError(where, fault.value());
  // Counting and making happen under a lock on the parent, so that no two runs get one number. Where locks do not work
  // (some network folders), mkdir still keeps runs of one description apart.
  const FolderLock lock(where);
  for (long number = nextNumber(where);; ++number) {
    const std::string folder = where + "/" + formatted("%05d-", number) + safeName(desc);
    if (::mkdir(folder.c_str(), 0777) == 0) return begun(folder);
    if (errno != EEXIST) throwWriteError(folder, errno);
  }
}

RunFolder RunFolder::createAt(const std::string& folder) {
  const std::string where = folder.empty() ? "." : folder;
  std::error_code fault;
  fs::create_directories(where, fault);
  if (fault) throwWriteError(where, fault.value());
  const FolderLock lock(where);
  if (fs::exists(where + "/progress.json"))
    throw Error(ErrorCode::failed, where + ": holds a run already", "Choose another folder, or resume that run.");
  return begun(where);
}

LifeLock RunFolder::claim(const std::string& folder) {
  if (!fs::exists(folder + "/log.txt"))
    throw Error(ErrorCode::failed, folder + ": is not a run folder", "Choose a folder that a run has made.");
  return LifeLock(folder + "/log.txt");
}

RunFolder RunFolder::open(const std::string& folder, LifeLock claimed) {
  removeStaleTemporaries(folder);
  return RunFolder(std::make_unique<Impl>(folder, std::move(claimed)));
}

RunFolder RunFolder::open(const std::string& folder) { return open(folder, claim(folder)); }

RunFolder RunFolder::begun(const std::string& folder) { return RunFolder(std::make_unique<Impl>(folder, LifeLock(folder + "/log.txt"))); }

const std::string& RunFolder::path() const { return impl_->path; }

void RunFolder::writeOptions(const RunDescription& d, const std::string& name) {
  writeFileAtomically(file(name), jsonText(toJson(d), 2) + "\n");
}

void RunFolder::log(const std::string& line) {
  std::lock_guard lock(impl_->mutex);
  impl_->logFile.write(isoTime(nowSeconds()) + "  " + printable(line));  // one line, and safe to look at in a terminal
}

void RunFolder::stat(const json& line) {
  std::lock_guard lock(impl_->mutex);
  impl_->statsFile.write(jsonText(line));
}

void RunFolder::cutStats(const std::string& field, double most) {
  std::lock_guard lock(impl_->mutex);
  std::uint64_t keep = 0;
  readLines(impl_->statsFile.path(), [&](std::string_view line, std::uint64_t end) {
    const json j = jsonOrNull(line);
    const auto found = j.is_object() ? j.find(field) : j.end();
    if (found == j.end() || !found->is_number()) return true;  // cut by a kill, or of something else: goes if nothing good follows
    if (found->get<double>() > most) return false;
    keep = end;
    return true;
  });
  impl_->statsFile.cutTo(keep);
}

void RunFolder::progress(const std::string& stage, double step, double total, double etaSeconds, const std::string& message) {
  impl_->update([&](RunStatus& s) { s.progress = {stage, step, total, etaSeconds, message}; }, false);
}
void RunFolder::beat() {
  impl_->update([](RunStatus&) {}, true);
}
void RunFolder::pause() {
  impl_->update([](RunStatus& s) { s.state = JobState::paused; }, true);
}
void RunFolder::resume() {
  impl_->update([](RunStatus& s) { s.state = JobState::running; }, true);
}
void RunFolder::finish(const std::string& message) { impl_->end(JobState::finished, message, {}); }
void RunFolder::fail(const std::string& error) { impl_->end(JobState::failed, {}, error); }
void RunFolder::cancel(const std::string& message) { impl_->end(JobState::cancelled, message, {}); }

}  // namespace inflaton
