#include "core/io/file_lock.h"

#include <sys/file.h>

#include <cerrno>

namespace inflaton {
namespace {

FileLock tryLock(int fd, int kind) {
  int failed = 0;
  do failed = ::flock(fd, kind | LOCK_NB);
  while (failed != 0 && errno == EINTR);
  if (failed == 0) return FileLock::taken;
  return errno == EWOULDBLOCK ? FileLock::refused : FileLock::unsupported;
}

}  // namespace

FileLock tryExclusiveLock(int fd) { return tryLock(fd, LOCK_EX); }
FileLock trySharedLock(int fd) { return tryLock(fd, LOCK_SH); }

}  // namespace inflaton
