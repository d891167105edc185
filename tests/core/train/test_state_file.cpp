#include "core/train/state_file.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>

#include "core/io/safetensors.h"
#include "core/nets/file/network_parts.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using testing::errorOf;
using testing::Folder;
using ::testing::HasSubstr;

std::string bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(StateFile, PartsComeBackByName) {
  const Folder folder;
  const auto path = folder.file("state.safetensors");
  StateWriter out("a-job");
  out.text("words", "{\"a\": 1}");
  const std::vector<double> two{0.1, -3};
  out.numbers("numbers", two);
  out.whole("step", std::int64_t{1} << 53 | 1);
  out.tensor("tensor", at::arange(6, at::kFloat).view({2, 3}));
  out.tensor("across", at::arange(6, at::kFloat).view({2, 3}).t());
  auto dice = at::detail::createCPUGenerator(7);
  out.tensor("rank0.generator", dice.get_state());
  out.tensor("mask", at::ones({3}, at::kBool));
  out.tensor("half", at::ones({2}, at::kBFloat16));
  out.commit(path);
  const StateReader in(path, "a-job");
  EXPECT_EQ(in.object("words").at("a"), 1);
  EXPECT_EQ(in.numbers("numbers", 2), (std::vector<double>{0.1, -3}));
  EXPECT_EQ(in.whole("step"), std::int64_t{1} << 53 | 1);
  EXPECT_TRUE(at::equal(in.floats("tensor", {2, 3}), at::arange(6, at::kFloat).view({2, 3})));
  EXPECT_TRUE(at::equal(in.floats("across", {3, 2}), at::arange(6, at::kFloat).view({2, 3}).t()));
  EXPECT_TRUE(at::equal(in.tensor("mask", at::kBool, {3}), at::ones({3}, at::kBool)));
  EXPECT_TRUE(at::equal(in.tensor("half", at::kBFloat16, {2}), at::ones({2}, at::kBFloat16)));
  auto again = at::detail::createCPUGenerator(1);
  again.set_state(in.tensor("rank0.generator", at::kByte, dice.get_state().sizes().vec()));
  EXPECT_TRUE(at::equal(at::rand({5}, again), at::rand({5}, dice)));
  EXPECT_THAT(errorOf([&] { in.floats("tensor", {6}); }), AllOf(HasSubstr(path), HasSubstr("part \"tensor\""), HasSubstr("(2, 3)")));
  EXPECT_THAT(errorOf([&] { in.floats("numbers", {2}); }),
              HasSubstr("part \"numbers\": is F64 of the shape (2,); needed: F32 of the shape (2,)"));
  EXPECT_THAT(errorOf([&] { in.whole("numbers"); }), HasSubstr("needed: I64"));
  EXPECT_THAT(errorOf([&] { in.text("none"); }), HasSubstr("has no part \"none\""));
  EXPECT_THAT(errorOf([&] { in.object("tensor"); }), HasSubstr("has no part \"tensor\""));
  EXPECT_THAT(errorOf([&] { out.tensor("complex", at::ones({2}, at::kComplexFloat)); }), HasSubstr("part \"complex\""));
}

TEST(StateFile, IsAnOrdinarySafetensorsFileOfTheSameBytes) {
  const Folder folder;
  for (const char* name : {"a", "b"}) {
    StateWriter out("a-job");
    out.tensor("y", at::arange(3, at::kFloat));
    out.whole("step", 7);
    out.text("options", "{}");
    out.commit(folder.file(name));
  }
  EXPECT_EQ(bytesOf(folder.file("a")), bytesOf(folder.file("b")));
  const auto file = readSafetensors(folder.file("a"));
  EXPECT_EQ(file.metadata.at("format"), kTrainingStateFormat);
  EXPECT_EQ(file.metadata.at("command"), "a-job");
  EXPECT_EQ(file.tensor("step", "").doubles(), std::vector<double>{7});
  EXPECT_EQ(file.tensor("y", "").floats(), (std::vector<float>{0, 1, 2}));
}

TEST(StateFile, AFileThatCannotBeWrittenLeavesTheOldOne) {
  const Folder folder;
  const auto path = folder.file("state.safetensors");
  StateWriter small("a-job");
  const std::vector<double> one{1};
  small.numbers("numbers", one);
  small.commit(path);
  StateWriter large("a-job");
  large.tensor("noise", at::rand({1 << 20}));
  EXPECT_THAT(errorOf([&] { large.commit(folder.file("none/state.safetensors")); }), HasSubstr("none"));
  // The system stops the file in the middle.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{1 << 20, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const auto text = errorOf([&] { large.commit(path); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(text, AllOf(HasSubstr("cannot write " + path), HasSubstr("larger than the system allows")));
  EXPECT_EQ(StateReader(path, "a-job").numbers("numbers", 1), std::vector<double>{1});
}

TEST(StateFile, ArchivesOfLibTorchAreRefusedUnopened) {
  const Folder folder;
  const auto path = folder.file("training-state-000003.pt");
  for (const std::string rest : {"", "\x03\x04 and whatever follows", "\x05\x06"}) {
    std::ofstream(path, std::ios::binary) << "PK" << rest;
    EXPECT_THAT(errorOf([&] { StateReader(path, "a-job"); }),
                AllOf(HasSubstr(path + ": is an archive of LibTorch"), HasSubstr("not opened, since such files can run programs"),
                      HasSubstr("Finish that run with the version that began it, or start a new one")));
  }
}

TEST(StateFile, OtherFilesAreRefusedByWhatTheyAre) {
  const Folder folder;
  const auto path = folder.file("state.safetensors");
  const auto refusal = [&] { return errorOf([&] { StateReader(path, "a-job"); }); };
  const auto write = [&](const std::map<std::string, std::string>& metadata) { writeSafetensors(path, metadata, {}); };
  std::ofstream(path) << "hello";
  EXPECT_THAT(refusal(), HasSubstr(path + ": is not a safetensors file"));
  write({{"format", "pt"}, {"inflaton", "{}"}});
  EXPECT_THAT(refusal(), HasSubstr("is no training state of Inflaton"));
  write({{"format", kTrainingStateFormat}, {"version", "3"}, {"command", "a-job"}});
  EXPECT_THAT(refusal(), HasSubstr("is of version \"3\"; this program reads version 2"));
  write({{"format", kTrainingStateFormat}, {"version", "2"}, {"command", "b-job"}});
  EXPECT_THAT(refusal(), HasSubstr("is a training state of b-job; needed: one of a-job"));
}

TEST(StateFile, ValuesThatAreNotFiniteAndTextsThatAreNoObjectsAreRefused) {
  const Folder folder;
  const auto path = folder.file("state.safetensors");
  StateWriter out("a-job");
  out.tensor("w", at::ones({2}).mul_(NAN));
  const std::vector<double> infinite{INFINITY};
  out.numbers("n", infinite);
  out.text("list", "[1]");
  out.text("deep", std::string(58'000, '['));
  out.commit(path);
  const StateReader in(path, "a-job");
  EXPECT_THAT(errorOf([&] { in.floats("w", {2}); }), HasSubstr("part \"w\": holds values that are not finite"));
  EXPECT_THAT(errorOf([&] { in.numbers("n", 1); }), HasSubstr("part \"n\": holds values that are not finite"));
  EXPECT_THAT(errorOf([&] { in.object("list"); }), HasSubstr("part \"list\": is no JSON object"));
  EXPECT_THAT(errorOf([&] { in.object("deep"); }), HasSubstr("part \"deep\": is not valid JSON (it is nested deeper than the 64 levels"));
}

// A file that claims more than it has is refused before memory is taken for it.
TEST(StateFile, WhatAFileOnlyClaimsIsRefused) {
  const Folder folder;
  const auto path = folder.file("state.safetensors");
  const std::string header =
      R"({"__metadata__":{"format":"inflaton training state"},"w":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,17179869184]}})";
  const std::uint64_t size = header.size();
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(&size), sizeof size) << header << "1234";
  EXPECT_THAT(errorOf([&] { StateReader(path, "a-job"); }), HasSubstr("the file's tensors have 4 bytes"));
}

}  // namespace
}  // namespace inflaton
