#include "core/io/sha256.h"

#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::HasSubstr;

// The vectors of FIPS 180-4's examples.
TEST(Sha256, OfKnownBytes) {
  const TempFolder folder;
  EXPECT_EQ(sha256OfFile(folder.write("none", "")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256OfFile(folder.write("abc", "abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256OfFile(folder.write("million", std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  // More than a piece, whose end falls elsewhere than the file's.
  std::string long_(3 * (1 << 20) + 5, 'b');
  const auto before = sha256OfFile(folder.write("long", long_));
  long_.back() = 'c';
  EXPECT_NE(sha256OfFile(folder.write("long", long_)), before);
}

TEST(Sha256, OfNoFile) {
  const TempFolder folder;
  EXPECT_THAT(errorOf([&] { sha256OfFile(folder.file("none")); }), HasSubstr("there is no such file"));
  EXPECT_THAT(errorOf([&] { sha256OfFile(folder.path()); }), HasSubstr("is a folder"));
}
