// That something cannot be written is known before the work, and asking leaves nothing behind.
#include "core/api/writable.h"

#include <sys/stat.h>

#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TempFolder;

std::string refusal(const std::string& path, MissingFolders missing = MissingFolders::refused) {
  const auto checked = checkWritable(path, missing);
  if (checked) return {};
  EXPECT_EQ(checked.error().code, ErrorCode::failed);
  EXPECT_FALSE(checked.error().message.empty());
  return checked.error().message;
}

TEST(Writable, FilesNewAndOldAndFoldersYetToBeMade) {
  const TempFolder folder;
  folder.write("old.npz", "what was there");
  fs::create_symlink(folder.file("old.npz"), folder.file("link.npz"));
  for (const char* name : {"new.npz", "old.npz", "link.npz"}) EXPECT_EQ(refusal(folder.file(name)), "") << name;
  for (const char* name : {"runs/", "runs/deep/er/", "runs/deep/a.npz", "new.npz"})
    EXPECT_EQ(refusal(folder.file(name), MissingFolders::made), "") << name;
  EXPECT_EQ(refusal("only_a_name.npz"), "");
  EXPECT_EQ(refusal("./", MissingFolders::made), "");
  EXPECT_EQ(folder.entries(), 2u) << "asking left something behind";
  EXPECT_EQ(testing::bytesOf(folder.file("old.npz")), "what was there");
}

TEST(Writable, SaysWhatIsInTheWay) {
  const TempFolder folder;
  folder.write("file", "x");
  fs::create_directory(folder.file("sub"));
  EXPECT_THAT(refusal(folder.file("no/a.npz")), AllOf(HasSubstr("cannot write " + folder.file("no/a.npz")), HasSubstr("does not exist")));
  EXPECT_THAT(refusal(folder.file("sub")), HasSubstr("it is a folder"));
  EXPECT_THAT(refusal(folder.file("sub/")), HasSubstr("it is a folder"));
  EXPECT_THAT(refusal(folder.file("sub"), MissingFolders::made), HasSubstr("it is a folder"));
  for (const auto missing : {MissingFolders::refused, MissingFolders::made}) {
    EXPECT_THAT(refusal(folder.file("file/a.npz"), missing), HasSubstr("is not a folder"));
    EXPECT_THAT(refusal("/dev/full", missing), HasSubstr("it is a device or pipe"));
    EXPECT_THAT(refusal(folder.file(std::string(300, 'n')), missing), HasSubstr("too long"));
  }
  EXPECT_THAT(refusal(folder.file("file/deep/er/"), MissingFolders::made), HasSubstr("is not a folder"));
  EXPECT_THAT(refusal(""), HasSubstr("cannot write"));
}

TEST(Writable, FileSystemsThatTakeNoFiles) {
  // Of /proc root has all rights, and can make nothing there all the same: as on a disk that is mounted for reading only.
  EXPECT_THAT(refusal("/proc/a.npz"), HasSubstr("writing there is not allowed"));
  EXPECT_THAT(refusal("/proc/runs/", MissingFolders::made), HasSubstr("writing there is not allowed"));
}

TEST(Writable, RightsOfFoldersAndFiles) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TempFolder folder;
  folder.write("mine.npz", "x");
  ::chmod(folder.file("mine.npz").c_str(), 0444);
  EXPECT_THAT(refusal(folder.file("mine.npz")), HasSubstr("writing there is not allowed"));
  ::chmod(folder.path().c_str(), 0555);
  EXPECT_THAT(refusal(folder.file("new.npz")), HasSubstr("writing there is not allowed"));
  EXPECT_THAT(refusal(folder.file("runs/deep/"), MissingFolders::made), HasSubstr("writing there is not allowed"));
  ::chmod(folder.path().c_str(), 0755);
}

}  // namespace
}  // namespace inflaton
