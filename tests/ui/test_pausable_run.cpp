// The states of work that can be paused, with a job that only waits to be told.
#include <gtest/gtest.h>

#include <QTest>
#include <atomic>
#include <thread>

#include "ui/jobs/pausable_run.h"

namespace inflaton::ui {
namespace {

using State = PausableRun::State;

/// A job that runs until it is stopped; `kept` counts those that were asked to keep what they have.
class Pausable : public testing::Test {
 protected:
  Pausable() {
    QObject::connect(&run, &PausableRun::stateChanged, &run, [this] { states.push_back(run.state()); });
  }
  void start(bool resumable = true) {
    run.started(bridge.run<int>(
        {"fake", "", "", Lane::batch(), {}},
        [this](const JobContext& c) -> Expected<int> {
          ++started;
          for (;;) {
            c.throwIfStopped();
            if (fails) throw Error(ErrorCode::failed, "the disk is full");
            if (completes) return 0;
            if (c.finish.stop_requested()) return ++kept;
            std::this_thread::yield();
          }
        },
        &run,
        [this, resumable](const Expected<int>& result) {
          ++ends;
          rested = run.ended(result && *result > 0 && resumable);
        }));
  }
  void begun(int jobs = 1) {
    ASSERT_TRUE(QTest::qWaitFor([&] { return started == jobs; }));
  }
  bool waitFor(State state) {
    return QTest::qWaitFor([&] { return run.state() == state; });
  }

  std::atomic<int> started{0}, kept{0};
  std::atomic<bool> completes{false}, fails{false}, go{false};
  int ends = 0;
  State rested = State::running;
  std::vector<State> states;
  JobBridge bridge;
  PausableRun run{&bridge};
};

TEST_F(Pausable, RunsAndEnds) {
  EXPECT_EQ(run.state(), State::idle);
  EXPECT_FALSE(run.busy());
  start();
  EXPECT_TRUE(run.busy());
  begun();
  completes = true;
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(states, (std::vector{State::running, State::idle}));
}

TEST_F(Pausable, PausesAndGoesOn) {
  start();
  begun();
  run.pause();
  EXPECT_EQ(run.state(), State::pausing);
  EXPECT_TRUE(run.busy());
  run.pause();  // asked once
  ASSERT_TRUE(waitFor(State::paused));
  EXPECT_EQ(rested, State::paused);
  EXPECT_EQ(kept, 1);
  EXPECT_FALSE(run.busy());
  const auto first = run.job();
  start();
  EXPECT_NE(run.job(), first);
  begun(2);
  run.pause();
  ASSERT_TRUE(waitFor(State::paused));
  EXPECT_TRUE(run.stopAndKeep()) << "over at once: nothing runs";
  EXPECT_EQ(run.state(), State::idle);
  EXPECT_EQ(states,
            (std::vector{State::running, State::pausing, State::paused, State::running, State::pausing, State::paused, State::idle}));
}

TEST_F(Pausable, WhatLeftNothingToGoOnFromIsNotPaused) {
  start(false);
  begun();
  run.pause();
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(kept, 1);
  start();
  begun(2);
  fails = true;
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(ends, 2);
  EXPECT_EQ(rested, State::idle);
}

TEST_F(Pausable, KeepsWhenToldToStopAlsoWhileItPauses) {
  start();
  begun();
  EXPECT_FALSE(run.stopAndKeep());
  EXPECT_EQ(run.state(), State::keeping);
  ASSERT_TRUE(waitFor(State::idle));
  start();
  begun(2);
  run.pause();
  EXPECT_FALSE(run.stopAndKeep());
  EXPECT_EQ(run.state(), State::keeping);
  run.pause();
  EXPECT_EQ(run.state(), State::keeping) << "too late";
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(kept, 2);
}

TEST_F(Pausable, CancelsFromEveryState) {
  EXPECT_FALSE(run.cancel()) << "nothing there";
  EXPECT_TRUE(states.empty());
  start();
  begun();
  EXPECT_FALSE(run.cancel());
  EXPECT_EQ(run.state(), State::cancelling);
  EXPECT_FALSE(run.cancel());
  EXPECT_FALSE(run.stopAndKeep());
  EXPECT_EQ(run.state(), State::cancelling);
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(kept, 0);
  start();
  begun(2);
  run.pause();
  ASSERT_TRUE(waitFor(State::paused));
  EXPECT_TRUE(run.cancel());
  EXPECT_EQ(run.state(), State::idle);
}

TEST_F(Pausable, AJobCancelledWhileItWaitsInTheQueueEndsIt) {
  bridge.submit({"before", "", "", Lane::batch(), [this](const JobContext&) -> Expected<void> {
                   while (!go) std::this_thread::yield();
                   return {};
                 }});
  start();
  EXPECT_FALSE(run.cancel());
  ASSERT_TRUE(waitFor(State::idle));
  start();
  bridge.cancel(run.job());  // from the table of jobs
  ASSERT_TRUE(waitFor(State::idle));
  EXPECT_EQ(ends, 2);
  EXPECT_EQ(started, 0);
  go = true;
}

TEST_F(Pausable, RestsWhereItIsToldWhileNothingRuns) {
  run.rest(true);
  EXPECT_EQ(run.state(), State::paused);
  run.rest(false);
  EXPECT_EQ(run.state(), State::idle);
  start();
  run.rest(true);
  EXPECT_EQ(run.state(), State::running);
  completes = true;
  ASSERT_TRUE(waitFor(State::idle));
}

}  // namespace
}  // namespace inflaton::ui
