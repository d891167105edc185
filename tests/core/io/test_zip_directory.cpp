#include "core/io/zip_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using testing::TempFolder;

TEST(ZipDirectory, CountsWhatAllEntriesUnpackTo) {
  const TempFolder folder;
  const auto path = folder.file("two.npz");
  NpzWriter out(path);
  const std::vector<double> values(100, 1.5);
  out.add("a", std::span<const double>(values), {100});
  out.add("b", std::span<const double>(values).first(50), {50});
  out.commit();
  const auto bytes = zipUnpackedBytes(InputFile(path));
  ASSERT_TRUE(bytes);
  EXPECT_GT(*bytes, 150u * sizeof(double));  // and a header each
  EXPECT_LT(*bytes, 150u * sizeof(double) + 2u * 256u);
}

TEST(ZipDirectory, WhatIsNoArchiveHasNoDirectory) {
  const TempFolder folder;
  EXPECT_FALSE(zipUnpackedBytes(InputFile(folder.write("text", "PK\3\4 not really"))));
  EXPECT_FALSE(zipUnpackedBytes(InputFile(folder.write("empty", ""))).value_or(0));
}

}  // namespace
}  // namespace inflaton
