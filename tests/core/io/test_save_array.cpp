#include "core/api/save_array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/io/npy.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using ::testing::HasSubstr;

TEST(SaveArray, IsReadBackAndItsFolderMade) {
  const testing::TempFolder folder;
  const std::string path = folder.file("new/deep/points.npy");
  const std::vector<float> values{1.5f, -2, 3, 4, 5, 6};
  const auto saved = saveArray(path, values, {3, 2});
  ASSERT_TRUE(saved) << saved.error().message;
  const auto read = readNpy<float>(path);
  EXPECT_EQ(read.info.shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(read.info.dtype, "<f4");
  EXPECT_EQ(read.values, values);
}

TEST(SaveArray, SaysWhichFileCannotBeWritten) {
  const testing::TempFolder folder;
  const std::vector<float> values{1, 2, 3};
  const auto torn = saveArray(folder.file("torn.npy"), values, {2, 2});
  ASSERT_FALSE(torn);
  EXPECT_THAT(torn.error().message, HasSubstr("torn.npy"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("torn.npy")));
  ASSERT_TRUE(saveArray(folder.file("file"), values, {3}));
  const auto below = saveArray(folder.file("file/below.npy"), values, {3});
  ASSERT_FALSE(below);
  EXPECT_THAT(below.error().message, HasSubstr("below.npy"));
}

}  // namespace
}  // namespace inflaton
