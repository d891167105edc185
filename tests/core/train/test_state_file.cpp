#include "core/train/state_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using testing::errorOf;
using testing::Folder;
using ::testing::HasSubstr;

TEST(StateFile, PartsComeBackByName) {
  const Folder folder;
  const auto path = folder.file("state.pt");
  StateWriter out;
  out.text("words", "{\"a\": 1}");
  const std::vector<double> two{0.1, -3};
  out.numbers("numbers", two);
  out.tensor("tensor", at::arange(6, at::kFloat).view({2, 3}));
  out.commit(path);
  StateReader in(path);
  EXPECT_EQ(in.object("words").at("a"), 1);
  EXPECT_EQ(in.numbers("numbers", 2), (std::vector<double>{0.1, -3}));
  EXPECT_TRUE(at::equal(in.floats("tensor", {2, 3}), at::arange(6, at::kFloat).view({2, 3})));
  EXPECT_THAT(errorOf([&] { in.floats("tensor", {6}); }), AllOf(HasSubstr(path), HasSubstr("part \"tensor\""), HasSubstr("[2, 3]")));
  EXPECT_THAT(errorOf([&] { in.floats("numbers", {2}); }), HasSubstr("part \"numbers\""));
  EXPECT_THAT(errorOf([&] { in.text("none"); }), HasSubstr("has no part \"none\""));
  EXPECT_THAT(errorOf([&] { in.object("tensor"); }), HasSubstr("has no part \"tensor\""));
}

TEST(StateFile, AFileThatCannotBeWrittenLeavesTheOldOne) {
  const Folder folder;
  const auto path = folder.file("state.pt");
  StateWriter small;
  const std::vector<double> one{1};
  small.numbers("numbers", one);
  small.commit(path);
  StateWriter large;
  large.tensor("noise", at::rand({1 << 20}));
  EXPECT_THAT(errorOf([&] { large.commit(folder.file("none/state.pt")); }), HasSubstr("none"));
  // The system stops the file in the middle: LibTorch's writer must bear it.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{1 << 20, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const auto text = errorOf([&] { large.commit(path); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(text, AllOf(HasSubstr("cannot write " + path), HasSubstr("larger than the system allows")));
  EXPECT_EQ(StateReader(path).numbers("numbers", 1), std::vector<double>{1});
}

TEST(StateFile, WhatWouldUnpackToMoreThanAllowedIsRefusedUnread) {
  // A directory of one entry that claims 32 GB, out of 10 bytes that are not even there.
  const auto u16 = [](unsigned v) { return std::string{static_cast<char>(v & 255), static_cast<char>(v >> 8 & 255)}; };
  const auto u32 = [&](std::uint32_t v) { return u16(v & 65535) + u16(v >> 16); };
  const auto u64 = [&](std::uint64_t v) { return u32(static_cast<std::uint32_t>(v)) + u32(static_cast<std::uint32_t>(v >> 32)); };
  const std::string name = "archive/data.pkl", extra = u16(1) + u16(8) + u64(std::uint64_t{32} << 30);
  const std::string local = "PK\3\4" + u16(45) + u16(0) + u16(8) + u32(0) + u32(0) + u32(10) + u32(0xFFFFFFFF) +
                            u16(static_cast<unsigned>(name.size())) + u16(static_cast<unsigned>(extra.size())) + name + extra +
                            std::string(10, '\0');
  const std::string entry = "PK\1\2" + u16(45) + u16(45) + u16(0) + u16(8) + u32(0) + u32(0) + u32(10) + u32(0xFFFFFFFF) +
                            u16(static_cast<unsigned>(name.size())) + u16(static_cast<unsigned>(extra.size())) + u16(0) + u16(0) + u16(0) +
                            u32(0) + u32(0) + name + extra;
  const std::string end = std::string("PK\5\6") + u16(0) + u16(0) + u16(1) + u16(1) + u32(static_cast<std::uint32_t>(entry.size())) +
                          u32(static_cast<std::uint32_t>(local.size())) + u16(0);
  const Folder folder;
  const auto path = folder.file("bomb.pt");
  std::ofstream(path, std::ios::binary) << local << entry << end;
  EXPECT_THAT(errorOf([&] { StateReader{path}; }), HasSubstr("unpacks to 34359738368 bytes, more than a file of "));
}

}  // namespace
}  // namespace inflaton
