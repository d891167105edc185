// A program that is started with closed streams keeps its files to itself, and failed writes are seen.
#include "core/api/standard_streams.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

/// The exit code of a child that does this.
int inChild(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandardStreams, ClosedOnesAreOpenedOnNothing) {
  for (int closed = 1; closed < 8; ++closed)
    EXPECT_EQ(inChild([&] {
                for (int fd = 0; fd < 3; ++fd)
                  if (closed >> fd & 1) ::close(fd);
                openStandardStreams();
                int ends[2];
                if (::pipe(ends) != 0 || ends[0] < 3 || ends[1] < 3) return 1;  // a pipe for signals is none of them
                return closed & 2 && writeToStandardOutput("lost") != 0 ? 2 : 0;
              }),
              0)
        << "closed: " << closed;
}

TEST(StandardStreams, OpenOnesStay) {
  const testing::TempFolder folder;
  EXPECT_EQ(inChild([&] {
              ::dup2(::open(folder.file("out").c_str(), O_WRONLY | O_CREAT, 0644), 1);
              openStandardStreams();
              return writeToStandardOutput("kept\n");
            }),
            0);
  EXPECT_EQ(testing::bytesOf(folder.file("out")), "kept\n");
}

TEST(StandardStreams, FailedWritesTellWhy) {
  EXPECT_EQ(inChild([] {
              ::dup2(::open("/dev/full", O_WRONLY), 1);
              return writeToStandardOutput("text") == ENOSPC ? 0 : 1;
            }),
            0);
  EXPECT_EQ(inChild([] {
              std::signal(SIGPIPE, SIG_IGN);
              int ends[2];
              if (::pipe(ends) != 0) return 2;
              ::dup2(ends[1], 1);
              ::close(ends[0]);
              return writeToStandardOutput("text") == EPIPE ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace inflaton
