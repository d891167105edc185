// From job to signal to row.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <algorithm>
#include <atomic>
#include <thread>

#include "ui/jobs/background.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_model.h"

namespace inflaton::ui {
namespace {

JobStatus status(std::uint64_t id, JobState state, double step = 0, double total = 0) {
  JobStatus s;
  s.id = id;
  s.title = "Train: moons";
  s.state = state;
  s.progress.step = step;
  s.progress.total = total;
  return s;
}

TEST(JobsModel, KeepsTheRulesOfItemModelsThroughItsLife) {
  JobsModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  for (std::uint64_t id = 1; id <= 5; ++id) model.update(status(id, JobState::queued));
  for (std::uint64_t id = 1; id <= 5; ++id) model.update(status(id, id % 2 ? JobState::running : JobState::finished, 1, 4));
  model.remove(3);
  model.remove(99);
  model.clearEnded();
  EXPECT_EQ(model.rowCount(), 2);
}

TEST(JobsModel, TellsStateProgressAndTime) {
  JobsModel model;
  auto job = status(7, JobState::running, 1, 4);
  job.progress.etaSeconds = 70;
  model.update(job);
  EXPECT_EQ(model.index(0, JobsModel::state).data().toString(), "running");
  EXPECT_EQ(model.index(0, JobsModel::progress).data().toString(), "25 %");
  EXPECT_EQ(model.index(0, JobsModel::eta).data().toString(), "1:10 left");
  job.state = JobState::failed;
  job.error = {ErrorCode::diverged, "loss is NaN at step 12", "Lower lr."};
  model.update(job);
  EXPECT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.index(0, JobsModel::message).data().toString(), "loss is NaN at step 12");
  EXPECT_TRUE(model.index(0, 0).data(Qt::ToolTipRole).toString().contains("Lower lr."));
}

TEST(JobsModel, NewestFirstAndTheLongJobIsTheRunningOne) {
  JobsModel model;
  model.update(status(1, JobState::running));
  model.update(status(2, JobState::running));
  EXPECT_EQ(model.job(0)->id, 2u);
  EXPECT_EQ(model.running()->id, 1u);
}

TEST(JobsModel, AFolderFoundLaterStays) {
  JobsModel model;
  model.update(status(1, JobState::running));
  model.setFolder(1, "/runs/00000-moons");
  model.update(status(1, JobState::finished));
  EXPECT_EQ(model.find(1)->folder, "/runs/00000-moons");
}

TEST(JobBridge, ResultsAndStatusesArriveOnTheGuiThread) {
  JobBridge bridge;
  QObject receiver;
  QThread *statusThread = nullptr, *resultThread = nullptr, *workThread = nullptr;
  bool finished = false;
  QObject::connect(&bridge, &JobBridge::changed, &receiver, [&](const JobStatus& s) {
    statusThread = QThread::currentThread();
    finished |= s.state == JobState::finished;
  });
  int answer = 0;
  bridge.run<int>(
      {"sum", "", "", Lane::batch, {}},
      [&](const JobContext&) -> Expected<int> {
        workThread = QThread::currentThread();
        return 42;
      },
      &receiver, [&](const Expected<int>& r) { answer = *r, resultThread = QThread::currentThread(); });
  ASSERT_TRUE(QTest::qWaitFor([&] { return finished && answer == 42; }));
  EXPECT_EQ(statusThread, QThread::currentThread());
  EXPECT_EQ(resultThread, QThread::currentThread());
  EXPECT_NE(workThread, QThread::currentThread());
}

TEST(JobBridge, ExceptionsBecomeErrors) {
  JobBridge bridge;
  QObject receiver;
  JobStatus last;
  QObject::connect(&bridge, &JobBridge::changed, &receiver, [&](const JobStatus& s) { last = s; });
  bridge.submit(
      {"bad", "", "", Lane::batch, [](const JobContext&) -> Expected<void> { throw Error(ErrorCode::failed, "the disk is full"); }});
  ASSERT_TRUE(QTest::qWaitFor([&] { return last.state == JobState::failed; }));
  EXPECT_EQ(last.error.message, "the disk is full");
}

TEST(JobBridge, ALateResultForADeadReceiverIsDropped) {
  JobBridge bridge;
  auto receiver = std::make_unique<QObject>();
  std::atomic<bool> ran = false, go = false;
  bool delivered = false;
  bridge.run<int>(
      {"late", "", "", Lane::batch, {}},
      [&](const JobContext&) -> Expected<int> {
        while (!go) std::this_thread::yield();
        ran = true;
        return 1;
      },
      receiver.get(), [&](const Expected<int>&) { delivered = true; });
  receiver.reset();
  go = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return ran.load(); }));
  QTest::qWait(50);
  EXPECT_FALSE(delivered);
}

TEST(JobBridge, PartialResultsArriveInOrderBeforeTheEnd) {
  for (const Delivery delivery : {Delivery::each, Delivery::newest}) {
    JobBridge bridge;
    std::vector<int> seen;
    bool ended = false;
    JobQueue::Request request;
    request.title = "counts";
    bridge.run<int, int>(
        std::move(request),
        [](const JobContext&, const auto& publish) -> Expected<int> {
          for (int i = 0; i < 1000; ++i) publish(i);
          return 1000;
        },
        &bridge,
        [&](int i) {
          EXPECT_EQ(QThread::currentThread(), QCoreApplication::instance()->thread());
          EXPECT_FALSE(ended);
          seen.push_back(i);
        },
        [&](const Expected<int>& result) { ended = result.has_value(); }, SideLane::none, delivery);
    ASSERT_TRUE(QTest::qWaitFor([&] { return ended; }, 10000));
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back(), 999);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    if (delivery == Delivery::each)
      EXPECT_EQ(seen.size(), 1000u);
    else
      EXPECT_LT(seen.size(), 1000u) << "nobody can look at a thousand a millisecond";
  }
}

// The window deletes a page and lets the loop turn while its job still speaks.
TEST(JobBridge, PartialResultsForADeadReceiverAreDropped) {
  JobBridge bridge;
  auto* receiver = new QObject;
  std::atomic<bool> gone{false}, started{false}, over{false};
  int seen = 0;
  JobQueue::Request request;
  bridge.run<int, int>(
      std::move(request),
      [&](const JobContext&, const auto& publish) -> Expected<int> {
        started = true;
        while (!gone) std::this_thread::yield();
        for (int i = 0; i < 100; ++i) publish(i);
        over = true;
        return 1;
      },
      receiver, [&](int) { ++seen; }, [&](const Expected<int>&) { ++seen; });
  while (!started) std::this_thread::yield();
  delete receiver;
  gone = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return over.load(); }, 10000));
  QTest::qWait(20);
  EXPECT_EQ(seen, 0);
}

TEST(JobBridge, DestroyingItCancelsAndJoins) {
  std::atomic<bool> ended = false, started = false;
  {
    JobBridge bridge;
    bridge.submit({"long", "", "", Lane::batch, [&](const JobContext& c) -> Expected<void> {
                     started = true;
                     while (!c.stop.stop_requested()) std::this_thread::yield();
                     ended = true;
                     return tl::unexpected(JobError{ErrorCode::cancelled, "", ""});
                   }});
    ASSERT_TRUE(QTest::qWaitFor([&] { return started.load(); }));
  }
  EXPECT_TRUE(ended);
}

TEST(Background, AnswersOnTheReceiversThreadAndForgetsTheDead) {
  QObject receiver;
  int answer = 0;
  inBackground(
      &receiver, [] { return 6 * 7; }, [&](int v) { answer = v; });
  ASSERT_TRUE(QTest::qWaitFor([&] { return answer == 42; }));
  bool called = false;
  {
    QObject gone;
    inBackground(
        &gone, [] { return 1; }, [&](int) { called = true; });
  }
  QThreadPool::globalInstance()->waitForDone();
  QTest::qWait(20);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace inflaton::ui
