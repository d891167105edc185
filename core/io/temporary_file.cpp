#include "core/io/temporary_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <string_view>

#include "core/api/number_text.h"
#include "core/io/file_lock.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

constexpr std::string_view kMark = ".tmp-";
constexpr std::size_t kDigits = 16, kLongestName = 255;
constexpr int kTries = 100;
constexpr std::time_t kDay = 24 * 60 * 60;

enum class Kind { other, ours, ofOldVersions };

/// Versions before wrote ".<name>.tmp-<process>-<number>", and held no lock.
Kind kindOf(const std::string& name) {
  const auto mark = name.rfind(kMark);
  if (name.empty() || name.front() != '.' || mark == std::string::npos) return Kind::other;
  const auto tail = std::string_view(name).substr(mark + kMark.size());
  if (tail.size() == kDigits && tail.find_first_not_of("0123456789abcdef") == std::string_view::npos) return Kind::ours;
  const auto digits = [](std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; };
  const auto dash = tail.find('-');
  const bool old = dash != std::string_view::npos && digits(tail.substr(0, dash)) && digits(tail.substr(dash + 1));
  return old ? Kind::ofOldVersions : Kind::other;
}

void removeIfStale(const std::string& path, Kind kind) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return;
  struct stat about {};
  if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
    const FileLock lock = tryExclusiveLock(fd);
    const bool old = std::time(nullptr) - about.st_mtime > kDay;
    if (lock != FileLock::refused && (old || (lock == FileLock::taken && kind == Kind::ours))) ::unlink(path.c_str());
  }
  ::close(fd);
}

}  // namespace

std::uint64_t randomNumber() {
  std::random_device draw;
  return std::uint64_t{draw()} << 32 | draw();
}

TemporaryFile makeTemporary(const std::string& folder, const std::string& name, const std::function<std::uint64_t()>& draw) {
  const std::string start = folder + "/." + name.substr(0, kLongestName - 1 - kMark.size() - kDigits) + std::string(kMark);
  for (int left = kTries; left > 0; --left) {
    TemporaryFile made{start + formatted("%016llx", draw())};
    made.fd = ::open(made.path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (made.fd < 0 && errno == EEXIST) continue;
    if (made.fd < 0) return made;
    // Whoever tidies may have found it before it was locked, and have deleted it.
    struct stat about {};
    if (tryExclusiveLock(made.fd) != FileLock::refused && ::fstat(made.fd, &about) == 0 && about.st_nlink > 0) return made;
    ::close(made.fd);
  }
  errno = EEXIST;
  return {};
}

void removeStaleTemporaries(const std::string& folder) {
  std::error_code fault;
  for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault))
    if (const Kind kind = kindOf(it->path().filename().string()); kind != Kind::other) removeIfStale(it->path().string(), kind);
}

void removeStaleTemporariesOnce(const std::string& folder) {
  static std::mutex mutex;
  static std::set<std::string>& done = *new std::set<std::string>;  // never destroyed: files may be written until the very end
  {
    const std::lock_guard guard(mutex);
    if (!done.insert(folder).second) return;
  }
  removeStaleTemporaries(folder);
}

}  // namespace inflaton
