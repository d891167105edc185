#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/api/job.h"

namespace inflaton {
namespace {

using namespace std::chrono_literals;

/// Remembers every announced status and waits for states.
class Listener {
 public:
  void operator()(const JobStatus& s) {
    std::lock_guard lock(mutex_);
    last_[s.id] = s;
    states_[s.id].push_back(s.state);
    changed_.notify_all();
  }
  JobStatus waitFor(std::uint64_t id, JobState state) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return last_.count(id) && last_[id].state == state; }));
    return last_[id];
  }
  std::vector<JobState> states(std::uint64_t id) {
    std::lock_guard lock(mutex_);
    return states_[id];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, JobStatus> last_;
  std::map<std::uint64_t, std::vector<JobState>> states_;
};

Expected<void> untilStopped(const JobContext& c) {
  for (;;) {
    c.throwIfStopped();
    std::this_thread::sleep_for(1ms);
  }
}

TEST(JobQueue, ThreeEndings) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto good = queue.submit({"good", {}, "command", Lane::batch, [](const JobContext& c) -> Expected<void> {
                                    c.note("line"), c.report({"working", 1, 2, 3, "half"}), c.folder("/runs/1");
                                    return {};
                                  }});
  const auto bad = queue.submit({"bad", {}, {}, Lane::batch, [](const JobContext&) -> Expected<void> {
                                   throw Error(ErrorCode::diverged, "NaN at step 7", "lower lr");
                                 }});
  const auto odd =
      queue.submit({"odd", {}, {}, Lane::batch, [](const JobContext&) -> Expected<void> { throw std::runtime_error("surprise"); }});
  const auto endless = queue.submit({"endless", {}, {}, Lane::batch, untilStopped});
  const auto never = queue.submit({"never", {}, {}, Lane::batch, [](const JobContext&) -> Expected<void> {
                                     ADD_FAILURE();
                                     return {};
                                   }});
  const auto done = heard.waitFor(good, JobState::finished);
  EXPECT_EQ(done.progress.message, "half");
  EXPECT_EQ(done.log, std::vector<std::string>{"line"});
  EXPECT_EQ(done.folder, "/runs/1");
  EXPECT_EQ(heard.states(good).front(), JobState::queued);
  const auto failed = heard.waitFor(bad, JobState::failed);
  EXPECT_EQ(failed.error.code, ErrorCode::diverged);
  EXPECT_EQ(failed.error.message, "NaN at step 7");
  EXPECT_EQ(failed.error.hint, "lower lr");
  EXPECT_EQ(heard.waitFor(odd, JobState::failed).error.message, "surprise");
  heard.waitFor(endless, JobState::running);
  queue.cancel(never);
  heard.waitFor(never, JobState::cancelled);
  queue.cancel(endless);
  heard.waitFor(endless, JobState::cancelled);
}

TEST(JobQueue, InteractiveSupersedesAndBatchQueues) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto batch = queue.submit({"b", {}, {}, Lane::batch, untilStopped});
  heard.waitFor(batch, JobState::running);
  const auto first = queue.submit({"1", {}, {}, Lane::interactive, untilStopped});
  heard.waitFor(first, JobState::running);
  const auto second = queue.submit({"2", {}, {}, Lane::interactive, untilStopped});
  const auto third = queue.submit({"3", {}, {}, Lane::interactive, [](const JobContext&) -> Expected<void> { return {}; }});
  heard.waitFor(first, JobState::cancelled);
  heard.waitFor(second, JobState::cancelled);
  heard.waitFor(third, JobState::finished);
  EXPECT_EQ(heard.states(batch).back(), JobState::running);
}

TEST(JobQueue, FinishIsNotCancel) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto id = queue.submit({"t", {}, {}, Lane::batch, [](const JobContext& c) -> Expected<void> {
                                  while (!c.finish.stop_requested()) std::this_thread::sleep_for(1ms);
                                  EXPECT_FALSE(c.stop.stop_requested());
                                  return {};
                                }});
  heard.waitFor(id, JobState::running);
  queue.finish(id);
  heard.waitFor(id, JobState::finished);
}

TEST(JobQueue, DestroyingCancelsAndJoins) {
  std::atomic<int> ended{0};
  {
    JobQueue queue({});
    for (Lane lane : {Lane::batch, Lane::interactive})
      queue.submit({"t", {}, {}, lane, [&](const JobContext& c) -> Expected<void> {
                      while (!c.stop.stop_requested()) std::this_thread::sleep_for(1ms);
                      ++ended;
                      return {};
                    }});
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(ended, 2);
}

TEST(JobEdge, ExceptionsBecomeErrors) {
  const auto result = atEdge([]() -> int { throw Error(ErrorCode::usage, "m", "h"); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_EQ(*atEdge([] { return 4; }), 4);
  EXPECT_EQ(atEdge([]() -> int { throw std::bad_alloc(); }).error().message, "out of memory");
}

}  // namespace
}  // namespace inflaton
