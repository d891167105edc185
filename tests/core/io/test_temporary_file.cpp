// Temporary files: names that never meet, and litter that is told from files in use by locks, not by numbers of processes.
#include "core/io/temporary_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "core/io/atomic_file.h"
#include "core/io/set_aside.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::MatchesRegex;
namespace fs = std::filesystem;

namespace {

void madeTwoDaysAgo(const std::string& path) { fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(48)); }

}  // namespace

TEST(TemporaryFile, AnotherNameIsTakenWhereOneIsThere) {
  TempFolder folder;
  const auto first = makeTemporary(folder.path(), "a.npz", [] { return std::uint64_t{7}; });
  ASSERT_GE(first.fd, 0);
  EXPECT_EQ(first.path, folder.file(".a.npz.tmp-0000000000000007"));
  ::close(first.fd);  // a killed program's
  std::uint64_t next = 6;
  const auto second = makeTemporary(folder.path(), "a.npz", [&] { return ++next; });
  ASSERT_GE(second.fd, 0);
  EXPECT_EQ(second.path, folder.file(".a.npz.tmp-0000000000000008"));
  ::close(second.fd);
  errno = 0;
  EXPECT_LT(makeTemporary(folder.path(), "a.npz", [] { return std::uint64_t{7}; }).fd, 0);
  EXPECT_EQ(errno, EEXIST);
  EXPECT_LT(makeTemporary(folder.file("none"), "a").fd, 0);
  EXPECT_EQ(errno, ENOENT);
  const auto longest = makeTemporary(folder.path(), std::string(255, 'x'));
  ASSERT_GE(longest.fd, 0);
  ::close(longest.fd);
}

TEST(TemporaryFile, WhatAKilledProgramOfTheSameNumberLeftIsNoObstacle) {
  TempFolder folder;
  const auto path = folder.file("a.txt");
  for (int i = 0; i < 3; ++i) folder.write(".a.txt.tmp-" + std::to_string(::getpid()) + "-" + std::to_string(i), "x");
  writeFileAtomically(path, "one");
  EXPECT_EQ(bytesOf(path), "one");
  std::string seen;
  {
    AtomicFile file(path);
    for (const auto& entry : fs::directory_iterator(folder.path()))
      if (const auto name = entry.path().filename().string();
          name.find(".tmp-" + std::to_string(::getpid())) == std::string::npos && name[0] == '.')
        seen = name;
  }
  EXPECT_THAT(seen, MatchesRegex("\\.a\\.txt\\.tmp-[0-9a-f]+"));
}

TEST(TemporaryFile, LitterGoesAndWhatIsInUseStays) {
  TempFolder folder;
  EXPECT_EQ(inChild([&] {
              AtomicFile file(folder.file("a.txt"));
              file.write(std::string(1 << 20, 'x'));
              ::raise(SIGKILL);
              return 0;
            }),
            1000 + SIGKILL);
  ASSERT_EQ(folder.entries(), 1u);
  AtomicFile mine(folder.file("b.txt"));  // the first writing here tidies
  EXPECT_EQ(folder.entries(), 1u);
  folder.write(".c.tmp-notes", "the user's own");
  folder.write(".d.tmp-00000000000000ab", "litter");
  folder.write("e.tmp-00000000000000ab", "not hidden: the user's own");
  removeStaleTemporaries(folder.path());
  EXPECT_EQ(folder.entries(), 3u);
  EXPECT_FALSE(fs::exists(folder.file(".d.tmp-00000000000000ab")));
  mine.commit();
  EXPECT_TRUE(fs::exists(folder.file("b.txt")));
}

// In a container the writer's number may be that of nobody, or of somebody else.
TEST(TemporaryFile, ALivingProgramsFileStaysWhateverItsNumber) {
  TempFolder folder;
  int ready[2], order[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(order), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    AtomicFile file(folder.file("a.txt"));
    file.write("new");
    char c = 'r';
    if (::write(ready[1], &c, 1) != 1 || ::read(order[0], &c, 1) != 1) ::_exit(1);
    file.commit();
    ::_exit(0);
  }
  char c = 0;
  ASSERT_EQ(::read(ready[0], &c, 1), 1);
  removeStaleTemporaries(folder.path());
  ASSERT_EQ(folder.entries(), 1u);
  ASSERT_EQ(::write(order[1], "g", 1), 1);
  int status = 0;
  ::waitpid(writer, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(bytesOf(folder.file("a.txt")), "new");
  for (const int fd : {ready[0], ready[1], order[0], order[1]}) ::close(fd);
}

TEST(TemporaryFile, FilesOfVersionsWithoutLocksGoAfterADay) {
  TempFolder folder;
  const auto fresh = folder.write(".a.tmp-4242-0", "x"), old = folder.write(".b.tmp-4242-1", "x");
  madeTwoDaysAgo(old);
  removeStaleTemporaries(folder.path());
  EXPECT_TRUE(fs::exists(fresh));
  EXPECT_FALSE(fs::exists(old));
  ASSERT_EQ(::symlink(fresh.c_str(), folder.file(".c.tmp-00000000000000ab").c_str()), 0);
  removeStaleTemporaries(folder.path());
  EXPECT_TRUE(fs::exists(fresh)) << "a link is not followed";
}

TEST(TemporaryFile, WhatIsSetAsideHasNoName) {
  TempFolder folder;
  SetAside aside(folder.file("a.npz"));
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(TemporaryFile, NumbersDiffer) { EXPECT_NE(randomNumber(), randomNumber()); }
