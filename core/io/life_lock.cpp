#include "core/io/life_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/api/error.h"
#include "core/io/atomic_file.h"
#include "core/io/file_lock.h"

namespace inflaton {
namespace {

// Whoever asks holds a shared lock for a moment: only a lock that stays is a life.
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kBetweenTries{10};

using FileNumber = std::pair<dev_t, ino_t>;

struct Held {
  std::mutex mutex;
  std::multiset<FileNumber> files;
};
Held& heldHere() {
  static Held& held = *new Held;  // never destroyed: locks may outlive other statics
  return held;
}

FileNumber numberOf(const struct stat& s) { return {s.st_dev, s.st_ino}; }

}  // namespace

LifeLock::LifeLock(const std::string& file) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throwWriteError(file, errno);
  for (int left = kTries; tryExclusiveLock(fd_) == FileLock::refused; std::this_thread::sleep_for(kBetweenTries))
    if (--left == 0) {
      ::close(fd_);
      throw Error(ErrorCode::failed, file + ": is in use by a program that still runs", "Stop that program first.");
    }
  struct stat about {};
  ::fstat(fd_, &about);
  const std::lock_guard guard(heldHere().mutex);
  heldHere().files.insert(numberOf(about));
}

LifeLock::LifeLock(LifeLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LifeLock& LifeLock::operator=(LifeLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LifeLock::~LifeLock() {
  if (fd_ < 0) return;
  struct stat about {};
  ::fstat(fd_, &about);
  {
    const std::lock_guard guard(heldHere().mutex);
    if (const auto found = heldHere().files.find(numberOf(about)); found != heldHere().files.end()) heldHere().files.erase(found);
  }
  ::close(fd_);
}

Life lifeOf(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Life::unknown;
  const FileLock lock = trySharedLock(fd);
  ::close(fd);
  return lock == FileLock::taken ? Life::free : lock == FileLock::refused ? Life::held : Life::unknown;
}

bool isHeldHere(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) return false;
  const std::lock_guard guard(heldHere().mutex);
  return heldHere().files.contains(numberOf(about));
}

}  // namespace inflaton
