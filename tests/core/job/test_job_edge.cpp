// What becomes of exceptions at the edge of a job: sentences for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "core/api/job.h"
#include "core/api/memory_need.h"
#include "core/api/stop_scope.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

JobError errorOf(const std::function<void()>& work) {
  const auto result = atEdge(work);
  if (result) ADD_FAILURE() << "nothing was thrown";
  return result ? JobError{} : result.error();
}

TEST(JobEdge, LibrariesNamesForTheirExceptionsStayOut) {
  const auto json = errorOf([] { std::ignore = nlohmann::json::parse("{\"a\": nul}"); }).message;
  EXPECT_THAT(json, AllOf(Not(HasSubstr("json.exception")), HasSubstr("parse error at line 1")));
  const auto wrapped = errorOf([] {
    try {
      nlohmann::json::object().at("x");
    } catch (const nlohmann::json::exception& e) {
      throw Error(ErrorCode::failed, std::string("a.json: is damaged (") + e.what() + ")");
    }
  });
  EXPECT_THAT(wrapped.message, AllOf(StartsWith("a.json: is damaged (key 'x'"), Not(HasSubstr("json.exception"))));
  const auto file = errorOf([] { static_cast<void>(std::filesystem::file_size("/nowhere/at all")); }).message;
  EXPECT_EQ(file, "/nowhere/at all: No such file or directory");
}

TEST(JobEdge, StacksStayOut) {
  const auto said = errorOf([] {
    throw std::runtime_error("sizes differ\nException raised from check at x.cpp:5 (most recent call first):\nframe #0: f + 0x5");
  });
  EXPECT_EQ(said.message, "sizes differ");
}

TEST(JobEdge, MemoryThatRunsOutIsOneSentenceWithTheEstimate) {
  forgetMemoryNeed();
  EXPECT_EQ(errorOf([] { throw std::bad_alloc(); }).message, "out of memory");
  EXPECT_EQ(errorOf([] { std::vector<char>().reserve(~std::size_t{0}); }).message, "out of memory");
  const auto library = errorOf([] {
    throw std::runtime_error("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8589934592 bytes. Error code 12");
  });
  EXPECT_THAT(library.message, StartsWith("out of memory: 8 GiB were asked for at once"));
  EXPECT_THAT(errorOf([] {
                requireMemory(300 << 20, "1000 points", "Take fewer points.");
                throw std::bad_alloc();
              }).message,
              StartsWith("out of memory: 1000 points need about 0.3 GiB"));
  forgetMemoryNeed();
}

TEST(JobEdge, EstimatesAreRefusedBeforeTheMemoryIsTaken) {
  const auto limited = errorOf([] { requireMemory(12.0 * (1 << 30), "1000 frames", "Lower frames.", kMostResultBytes); });
  EXPECT_EQ(limited.code, ErrorCode::usage);
  EXPECT_EQ(limited.message, "1000 frames need 12 GiB; allowed: 8 GiB");
  EXPECT_EQ(limited.hint, "Lower frames.");
  const auto machine = errorOf([] { requireMemory(1e18, "1000 frames", "Lower frames."); });
  EXPECT_EQ(machine.code, ErrorCode::failed);
  EXPECT_THAT(machine.message, AllOf(StartsWith("1000 frames need 931322575 GiB"), HasSubstr(" are free")));
  forgetMemoryNeed();
}

TEST(JobEdge, AStopWithNothingToKeepIsACancel) {
  std::stop_source stop, keep;
  const auto looked = [&] {
    const StopScope scope(stop.get_token(), keep.get_token());
    StopScope::look();
  };
  EXPECT_TRUE(atEdge(looked));
  keep.request_stop();
  EXPECT_TRUE(errorOf(looked).cancelled());
  {
    const StopScope inner(stop.get_token(), keep.get_token());
    const StopScope innermost{StopScope::Tokens{}};  // the innermost counts
    StopScope::look();
  }
  StopScope::look();  // no scope, no stop
  stop.request_stop();
  EXPECT_TRUE(errorOf(looked).cancelled());
}

}  // namespace
}  // namespace inflaton
