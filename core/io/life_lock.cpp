#include "core/io/life_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/api/error.h"
#include "core/io/atomic_file.h"

namespace inflaton {
namespace {

/// A lock of the open file, not of the process: reading the file elsewhere in the process does not give it up.
int lockCall(int fd, [[maybe_unused]] bool ask, [[maybe_unused]] struct flock& whole) {
  whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
#ifdef F_OFD_SETLK
  return ::fcntl(fd, ask ? F_OFD_GETLK : F_OFD_SETLK, &whole);
#else
  errno = ENOTSUP;
  return fd < 0 ? fd : -1;
#endif
}

}  // namespace

LifeLock::LifeLock(const std::string& file) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throwWriteError(file, errno);
  struct flock whole;
  if (lockCall(fd_, false, whole) == 0 || (errno != EAGAIN && errno != EACCES)) return;
  ::close(fd_);
  throw Error(ErrorCode::failed, file + ": is in use by a program that still runs", "Stop that program first.");
}

LifeLock::~LifeLock() { ::close(fd_); }

Life lifeOf(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Life::unknown;
  struct flock whole;
  const bool known = lockCall(fd, true, whole) == 0;
  ::close(fd);
  if (!known) return Life::unknown;
  return whole.l_type == F_UNLCK ? Life::free : Life::held;
}

}  // namespace inflaton
