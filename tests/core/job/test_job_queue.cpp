#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
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
  const auto good = queue.submit({"good", {}, "command", Lane::batch(), [](const JobContext& c) -> Expected<void> {
                                    c.note("line"), c.report({"working", 1, 2, 3, "half"}), c.folder("/runs/1");
                                    return {};
                                  }});
  const auto bad = queue.submit({"bad", {}, {}, Lane::batch(), [](const JobContext&) -> Expected<void> {
                                   throw Error(ErrorCode::diverged, "NaN at step 7", "lower lr");
                                 }});
  const auto odd =
      queue.submit({"odd", {}, {}, Lane::batch(), [](const JobContext&) -> Expected<void> { throw std::runtime_error("surprise"); }});
  const auto endless = queue.submit({"endless", {}, {}, Lane::batch(), untilStopped});
  const auto never = queue.submit({"never", {}, {}, Lane::batch(), [](const JobContext&) -> Expected<void> {
                                     ADD_FAILURE();
                                     return {};
                                   }});
  const auto done = heard.waitFor(good, JobState::finished);
  EXPECT_EQ(done.progress.message, "half");
  EXPECT_EQ(queue.log(good).lines, std::vector<std::string>{"line"});
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
  const auto batch = queue.submit({"b", {}, {}, Lane::batch(), untilStopped});
  heard.waitFor(batch, JobState::running);
  const auto first = queue.submit({"1", {}, {}, Lane::interactive(), untilStopped});
  heard.waitFor(first, JobState::running);
  const auto second = queue.submit({"2", {}, {}, Lane::interactive(), untilStopped});
  const auto third = queue.submit({"3", {}, {}, Lane::interactive(), [](const JobContext&) -> Expected<void> { return {}; }});
  heard.waitFor(first, JobState::cancelled);
  heard.waitFor(second, JobState::cancelled);
  heard.waitFor(third, JobState::finished);
  EXPECT_EQ(heard.states(batch).back(), JobState::running);
}

TEST(JobQueue, FinishIsNotCancel) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto id = queue.submit({"t", {}, {}, Lane::batch(), [](const JobContext& c) -> Expected<void> {
                                  while (!c.finish.stop_requested()) std::this_thread::sleep_for(1ms);
                                  EXPECT_FALSE(c.stop.stop_requested());
                                  return {};
                                }});
  heard.waitFor(id, JobState::running);
  queue.finish(id);
  heard.waitFor(id, JobState::finished);
}

/// A job that runs until it is let go or cancelled, and is there to be asked while it runs.
class Held {
 public:
  JobQueue::Request request(Lane lane, int processors = 0) {
    return {"held", {}, {}, std::move(lane), [this](const JobContext& c) { return run(c); }, processors};
  }
  void letGo() { go_ = true; }
  void waitUntilItRuns() {
    for (int ms = 0; ms < 10000 && !running_; ++ms) std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(running_);
  }
  bool runs() const { return running_; }
  int share() const { return share_; }      ///< as the queue tells it
  int threads() const { return threads_; }  ///< that OpenMP would use in the job

 private:
  Expected<void> run(const JobContext& c) {
    share_ = c.threads();
    threads_ = omp_get_max_threads();
    running_ = true;
    while (!go_) {
      c.throwIfStopped();
      c.report({"held", 0, 0, -1, {}});
      share_ = c.threads();
      threads_ = omp_get_max_threads();
      std::this_thread::sleep_for(1ms);
    }
    running_ = false;
    return {};
  }
  std::atomic<bool> running_{false}, go_{false};
  std::atomic<int> share_{0}, threads_{0};
};

bool eventually(const std::function<bool()>& condition) {
  for (int ms = 0; ms < 10000; ++ms) {
    if (condition()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

TEST(JobQueue, LanesRunSideBySideAndEachInOrder) {
  Held a, b;
  std::vector<int> order;
  JobQueue queue({});
  queue.submit(a.request(Lane::batch("a")));
  for (int i : {1, 2, 3})
    queue.submit({"next", {}, {}, Lane::batch("a"), [&order, i](const JobContext&) -> Expected<void> {
                    order.push_back(i);  // one lane: never two at a time
                    return {};
                  }});
  queue.submit(b.request(Lane::batch("b")));
  a.waitUntilItRuns();
  b.waitUntilItRuns();
  EXPECT_TRUE(order.empty());
  EXPECT_EQ(queue.active().size(), 5u);
  a.letGo();
  EXPECT_TRUE(eventually([&] { return queue.active().size() == 1; }));
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
  b.letGo();
}

TEST(JobQueue, SupersedingLeavesOtherLanesAlone) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto flow = queue.submit({"flow", {}, {}, Lane::interactive(), untilStopped});
  const auto map = queue.submit({"map", {}, {}, Lane::interactive("map"), untilStopped});
  heard.waitFor(flow, JobState::running);
  heard.waitFor(map, JobState::running);
  const auto newer = queue.submit({"map", {}, {}, Lane::interactive("map"), untilStopped});
  heard.waitFor(map, JobState::cancelled);
  heard.waitFor(newer, JobState::running);
  EXPECT_EQ(heard.states(flow).back(), JobState::running);
}

TEST(JobQueue, TheWorkOfAJobCancelledWhileItWaitsIsLetGo) {
  const auto held = std::make_shared<int>(1);
  JobQueue queue({});
  queue.submit({"endless", {}, {}, Lane::batch(), untilStopped});
  const auto waiting = queue.submit({"waits", {}, {}, Lane::batch(), [held](const JobContext&) -> Expected<void> { return {}; }});
  EXPECT_EQ(held.use_count(), 2);
  queue.cancel(waiting);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(JobQueue, RunningJobsShareOneBudgetOfProcessors) {
  Held batch, second, flow;
  JobQueue queue({}, {8, 30s});
  queue.submit(batch.request(Lane::batch("a")));
  batch.waitUntilItRuns();
  EXPECT_EQ(batch.share(), 8) << "alone it has the machine";
  queue.submit(second.request(Lane::batch("b"), 2));
  queue.submit(flow.request(Lane::interactive()));
  second.waitUntilItRuns();
  flow.waitUntilItRuns();
  EXPECT_TRUE(eventually([&] { return batch.share() == 3 && second.share() == 2 && flow.share() == 3; }))
      << batch.share() << " " << second.share() << " " << flow.share();
  EXPECT_TRUE(eventually([&] { return batch.threads() == 3; })) << "a job takes its new share up at its next report";
  flow.letGo();
  EXPECT_TRUE(eventually([&] { return batch.threads() == 6; }));
  EXPECT_EQ(second.share(), 2);
  batch.letGo(), second.letGo();
}

TEST(JobQueue, AThreadNumberOfItsOwnIsNotRaised) {
  std::atomic<int> threads{0};
  Held other;
  JobQueue queue({}, {4, 30s});
  queue.submit(other.request(Lane::batch("other")));
  other.waitUntilItRuns();
  queue.submit({"one", {}, {}, Lane::batch(), [&](const JobContext& c) -> Expected<void> {
                  omp_set_num_threads(c.threads(1));
                  other.letGo();
                  while (queue.active().size() > 1) std::this_thread::sleep_for(1ms);
                  c.report({"on", 0, 0, -1, {}});
                  threads = omp_get_max_threads();
                  return {};
                }});
  EXPECT_TRUE(eventually([&] { return threads != 0; }));
  EXPECT_EQ(threads, 1);
}

TEST(JobQueue, AnInteractiveJobStartsAtOnceWhileABatchJobHasTheMachine) {
  Held batch;
  JobQueue queue({}, {1, 30s});
  queue.submit(batch.request(Lane::batch()));
  batch.waitUntilItRuns();
  auto quickest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 10; ++i) {  // one may meet a busy machine
    const auto asked = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point started;
    std::atomic<bool> done{false};
    queue.submit({"flow", {}, {}, Lane::interactive(), [&](const JobContext& c) -> Expected<void> {
                    started = std::chrono::steady_clock::now();
                    EXPECT_EQ(c.threads(), 1);
                    done = true;
                    return {};
                  }});
    ASSERT_TRUE(eventually([&] { return done.load(); }));
    quickest = std::min(quickest, started - asked);
  }
  EXPECT_TRUE(batch.runs());
  EXPECT_LT(quickest, 50ms);
  batch.letGo();
}

TEST(JobQueue, TenThousandJobsLeaveLittleBehind) {
  std::atomic<int> told{0};
  JobQueue queue([&](const JobStatus&) { ++told; });
  std::uint64_t last = 0;
  std::size_t most = 0;
  for (int i = 0; i < 10000; ++i) {
    last = queue.submit({"drag", {}, {}, Lane::interactive(), [](const JobContext& c) -> Expected<void> {
                           c.note("line");
                           return {};
                         }});
    most = std::max(most, queue.active().size());
  }
  ASSERT_TRUE(eventually([&] { return queue.active().empty(); }));
  EXPECT_LE(most, 2u) << "what is superseded ends or is about to";
  EXPECT_LE(told, 3 * 10000) << "queued, running and an end at most";
  EXPECT_EQ(queue.statuses().size(), JobQueue::kEndedKept);
  EXPECT_EQ(queue.statuses().back().id, last);
  EXPECT_LE(queue.threads(), 2u);
  EXPECT_TRUE(queue.log(1).lines.empty()) << "forgotten";
  EXPECT_EQ(queue.log(last).lines.size(), 1u);
}

TEST(JobQueue, OnlyTheLastLinesOfALogAreKept) {
  Listener heard;
  JobQueue queue([&](const JobStatus& s) { heard(s); });
  const auto id = queue.submit({"talks", {}, {}, Lane::batch(), [](const JobContext& c) -> Expected<void> {
                                  for (int i = 0; i < 1000; ++i) c.note(std::to_string(i));
                                  return {};
                                }});
  heard.waitFor(id, JobState::finished);
  const JobLog log = queue.log(id);
  EXPECT_EQ(log.lines.back(), "999");
  EXPECT_LE(log.lines.size(), 200u);
  EXPECT_EQ(log.lines.front(), std::to_string(log.first));
}

TEST(JobQueue, ThreadsThatHaveNothingToDoEnd) {
  Held a, b, again;
  JobQueue queue({}, {2, 20ms});
  queue.submit(a.request(Lane::batch("a")));
  queue.submit(b.request(Lane::batch("b")));
  a.waitUntilItRuns();
  b.waitUntilItRuns();
  EXPECT_EQ(queue.threads(), 2u);
  a.letGo(), b.letGo();
  EXPECT_TRUE(eventually([&] { return queue.threads() == 0; }));
  queue.submit(again.request(Lane::batch("a")));
  again.waitUntilItRuns();
  again.letGo();
}

TEST(JobQueue, DestroyingCancelsAndJoins) {
  std::atomic<int> ended{0};
  {
    Listener heard;
    JobQueue queue([&](const JobStatus& s) { heard(s); });
    for (const Lane& lane : {Lane::batch(), Lane::batch("other"), Lane::interactive()}) {
      const auto id = queue.submit({"t", {}, {}, lane, [&](const JobContext& c) -> Expected<void> {
                                      while (!c.stop.stop_requested()) std::this_thread::sleep_for(1ms);
                                      ++ended;
                                      return {};
                                    }});
      heard.waitFor(id, JobState::running);
    }
    queue.submit({"waits", {}, {}, Lane::batch(), [](const JobContext&) -> Expected<void> {
                    ADD_FAILURE();
                    return {};
                  }});
  }
  EXPECT_EQ(ended, 3);
}

TEST(JobState, WordsGoThereAndBack) {
  for (const JobState state :
       {JobState::queued, JobState::running, JobState::paused, JobState::finished, JobState::failed, JobState::cancelled, JobState::lost})
    EXPECT_EQ(jobStateNamed(jobStateName(state)), state) << jobStateName(state);
  EXPECT_EQ(jobStateNamed("asleep"), std::nullopt);
  EXPECT_EQ(jobStateNamed(""), std::nullopt);
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
