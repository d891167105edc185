#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/io/atomic_file.h"
#include "core/io/input_file.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(AtomicFile, WritesReplacesAndLeavesNothingElse) {
  TempFolder folder;
  const auto path = folder.file("a.txt");
  writeFileAtomically(path, "one");
  EXPECT_EQ(bytesOf(path), "one");
  writeFileAtomically(path, std::string(3 << 20, 'x'));
  EXPECT_EQ(bytesOf(path), std::string(3 << 20, 'x'));
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, NothingShowsBeforeCommitAndDestructionDiscards) {
  TempFolder folder;
  const auto path = folder.write("a.txt", "old");
  {
    AtomicFile file(path);
    file.write("new");
    EXPECT_EQ(bytesOf(path), "old");
  }
  EXPECT_EQ(bytesOf(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, PatchOverwritesBytesAlreadyWritten) {
  TempFolder folder;
  AtomicFile file(folder.file("a"));
  file.write("headBODY");
  file.patch(0, std::as_bytes(std::span("HE", 2)));
  file.write("tail");
  EXPECT_EQ(file.written(), 12u);
  file.commit();
  EXPECT_EQ(bytesOf(folder.file("a")), "HEadBODYtail");
}

TEST(AtomicFile, KeepsALinkAndWritesItsTarget) {
  TempFolder folder;
  const auto target = folder.write("target", "old");
  fs::create_symlink(target, folder.file("link"));
  writeFileAtomically(folder.file("link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.file("link")));
  EXPECT_EQ(bytesOf(target), "new");
}

TEST(AtomicFile, SaysWhyItCannotWrite) {
  TempFolder folder;
  folder.write("file", "x");
  fs::create_directory(folder.file("sub"));
  const auto failure = [](const std::string& path) { return errorOf([&] { writeFileAtomically(path, "x"); }); };
  EXPECT_THAT(failure(folder.file("no/such/a.npz")),
              HasSubstr("cannot write " + folder.file("no/such/a.npz") + ": the folder " + folder.file("no/such") + " does not exist"));
  EXPECT_THAT(failure(folder.file("file/a.npz")), HasSubstr("is not a folder"));
  EXPECT_THAT(failure(folder.file("sub")), HasSubstr("Is a directory"));
  EXPECT_THAT(failure(""), HasSubstr("cannot write"));
  EXPECT_THAT(failure("/proc/a.npz"), HasSubstr("cannot write /proc/a.npz"));
}

TEST(AtomicFile, RefusesToReplaceADevice) {
  EXPECT_THAT(errorOf([] { writeFileAtomically("/dev/full", "x"); }), HasSubstr("it is a device or pipe"));
  struct stat st {};
  ASSERT_EQ(::stat("/dev/full", &st), 0);
  EXPECT_TRUE(S_ISCHR(st.st_mode));
}

TEST(AtomicFile, RefusesAReadOnlyFolderAndAReadOnlyFile) {
  TempFolder folder;
  const auto path = folder.write("a.npz", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  EXPECT_EQ(inChild([&] {
              if (::geteuid() == 0 && ::setuid(65534) != 0) return 77;  // root may write everywhere
              for (const auto& target : {path, folder.file("new.npz")}) try {
                  writeFileAtomically(target, "x");
                  return 1;
                } catch (const Error& e) {
                  if (std::string(e.what()).find("cannot write " + target + ": writing there is not allowed") != 0) return 2;
                }
              return 0;
            }),
            0);
  EXPECT_EQ(bytesOf(path), "old");
  fs::permissions(folder.path(), fs::perms::owner_all);
}

// The exit codes of the children: 0 as it should be, others say what was wrong.
namespace {
int writeTooMuch(const TempFolder& folder, const std::string& path, const std::string& reason) {
  try {
    writeFileAtomically(path, std::string(4 << 20, 'x'));
    return 1;
  } catch (const Error& e) {
    if (std::string(e.what()).find(reason) == std::string::npos) return 2;
    if (std::string(e.what()).find(path) == std::string::npos || e.hint().empty()) return 3;
  }
  if (bytesOf(path) != "old") return 4;
  return folder.entries() == 1 ? 0 : 5;
}
}  // namespace

TEST(AtomicFile, AFullDiskIsToldAndHarmsNothing) {
  TempFolder folder;
  const int code = inChild([&] {
    // A disk of its own, 1 MiB large, that only this child sees.
    if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0) return 77;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) return 77;
    folder.write("a.npz", "old");
    return writeTooMuch(folder, folder.file("a.npz"), "the disk is full");
  });
  if (code == 77) GTEST_SKIP() << "no small disk can be mounted here";
  EXPECT_EQ(code, 0);
}

TEST(AtomicFile, AFileSizeLimitIsToldAndHarmsNothing) {
  TempFolder folder;
  folder.write("a.npz", "old");
  EXPECT_EQ(inChild([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{1 << 20, 1 << 20};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return writeTooMuch(folder, folder.file("a.npz"), "larger than the system allows");
            }),
            0);
}

TEST(AtomicFile, WordsOfTheCommonReasons) {
  EXPECT_THAT(errorOf([] { throwWriteError("/a/b.npz", ENOSPC); }), HasSubstr("cannot write /a/b.npz: the disk is full | Free some space"));
  EXPECT_THAT(errorOf([] { throwWriteError("/a/b.npz", EDQUOT); }), HasSubstr("the disk quota is used up"));
  EXPECT_THAT(errorOf([] { throwWriteError("/a/b.npz", EACCES); }), HasSubstr("not allowed"));
  EXPECT_THAT(errorOf([] { throwWriteError("b.npz", ENOENT); }), HasSubstr("the folder . does not exist"));
}

TEST(AtomicFile, AKilledProgramLeavesTheOldFile) {
  TempFolder folder;
  const auto path = folder.write("a.txt", "old");
  EXPECT_EQ(inChild([&] {
              AtomicFile file(path);
              file.write(std::string(1 << 20, 'x'));
              ::raise(SIGKILL);
              return 0;
            }),
            1000 + SIGKILL);
  EXPECT_EQ(bytesOf(path), "old");
  EXPECT_EQ(folder.entries(), 2u);
  writeFileAtomically(path, "new");
  EXPECT_EQ(bytesOf(path), "new");
  EXPECT_EQ(folder.entries(), 1u) << "the next to write there tidies";
}

TEST(InputFile, SaysWhyItCannotRead) {
  TempFolder folder;
  EXPECT_THAT(errorOf([&] { InputFile f(folder.file("none")); }), HasSubstr(folder.file("none") + ": there is no such file"));
  EXPECT_THAT(errorOf([&] { InputFile f(folder.path()); }), HasSubstr("is a folder, not a file"));
  EXPECT_THAT(errorOf([&] { InputFile f(""); }), HasSubstr("there is no such file"));
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  EXPECT_THAT(errorOf([&] { InputFile f(folder.file("pipe")); }), HasSubstr("is not a regular file"));  // and does not hang
  const auto path = folder.write("a", "12345");
  EXPECT_THAT(errorOf([&] { readTextFile(path, 4); }), HasSubstr("has 5 bytes; at most 4"));
  EXPECT_EQ(readTextFile(path), "12345");
  char into[4];
  EXPECT_THAT(errorOf([&] { InputFile(path).readAt(3, into, 4); }), HasSubstr("is truncated: it ends at byte 5"));
}
