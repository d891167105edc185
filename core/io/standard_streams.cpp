#include "core/api/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace inflaton {
namespace {

int writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto done = ::write(descriptor, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && errno == EAGAIN) {  // somebody else who shares the terminal set it so
      pollfd room{descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (done <= 0) return done == 0 ? ENOSPC : errno;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

}  // namespace

void openStandardStreams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    // The lowest free number is what open gives, and those below are open by now.
    if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDWR) != descriptor)
      _exit(1);  // no /dev/null, and nowhere to say so
}

int writeToStandardOutput(std::string_view text) {
  std::fflush(stdout);  // what went through the C library before comes first
  return writeAll(STDOUT_FILENO, text);
}

int writeToStandardError(std::string_view text) {
  std::fflush(stderr);
  return writeAll(STDERR_FILENO, text);
}

}  // namespace inflaton
