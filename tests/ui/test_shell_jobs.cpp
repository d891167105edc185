// From job to signal to row.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QToolButton>
#include <algorithm>
#include <atomic>
#include <thread>

#include "ui/jobs/background.h"
#include "ui/jobs/job_bridge.h"
#include "ui/jobs/jobs_dock.h"
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

TEST(JobsModel, APausedOrStoppedJobIsNotFinishedAndNotWhole) {
  JobsModel model;
  model.update(status(1, JobState::finished, 1, 4));
  EXPECT_EQ(model.index(0, JobsModel::progress).data().toString(), "100 %");
  const auto texts = [&] {
    return model.index(0, JobsModel::state).data().toString() + ", " + model.index(0, JobsModel::progress).data().toString();
  };
  model.setRest(1, JobsModel::Rest::paused);
  EXPECT_EQ(texts(), "paused, 25 %");
  model.setRest(1, JobsModel::Rest::resumed);
  EXPECT_EQ(texts(), "paused, resumed, 25 %");
  model.setRest(1, JobsModel::Rest::stopped);
  EXPECT_EQ(texts(), "stopped, kept, 25 %");
  // Told before the queue says that it has ended.
  model.update(status(2, JobState::running, 2, 4));
  model.setRest(2, JobsModel::Rest::paused);
  EXPECT_EQ(texts(), "running, 50 %");
  model.update(status(2, JobState::finished, 2, 4));
  EXPECT_EQ(texts(), "paused, 50 %");
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

RunSighting sighting(const std::string& name, JobState state, bool own = false) {
  RunSighting run;
  run.folder = "/runs/" + name;
  run.state = state;
  run.own = own;
  run.progress = {"training", 1, 4, 70, state == JobState::running ? "loss 0.9" : ""};
  if (state == JobState::lost) run.command = "inflaton-cli toy-train --resume x";
  return run;
}

TEST(JobsModel, RunsOfOthersStandBelowTheJobs) {
  JobsModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.update(status(1, JobState::running));
  model.setRuns({sighting("00003-own", JobState::running, true), sighting("00002-b", JobState::running),
                 sighting("00001-a", JobState::lost), sighting("00000-z", JobState::finished)});
  ASSERT_EQ(model.rowCount(), 3) << "own and ended runs are no rows";
  EXPECT_FALSE(model.isRun(0));
  ASSERT_TRUE(model.isRun(1));
  EXPECT_EQ(model.index(1, JobsModel::title).data().toString(), "Run: 00002-b");
  EXPECT_EQ(model.index(1, JobsModel::state).data().toString(), "running");
  EXPECT_EQ(model.index(1, JobsModel::progress).data().toString(), "25 %");
  EXPECT_EQ(model.index(1, JobsModel::eta).data().toString(), "1:10 left");
  EXPECT_EQ(model.index(1, JobsModel::message).data().toString(), "loss 0.9");
  EXPECT_EQ(model.job(1)->folder, "/runs/00002-b");
  EXPECT_EQ(model.index(2, JobsModel::state).data().toString(), "lost");
  EXPECT_EQ(model.index(2, JobsModel::eta).data().toString(), "");
  EXPECT_TRUE(model.index(2, JobsModel::message).data().toString().contains("resumes it"));
  EXPECT_EQ(model.running()->id, 1u) << "only what this window can stop";

  const auto id = model.job(2)->id;
  model.setRuns({sighting("00004-new", JobState::running), sighting("00001-a", JobState::lost)});
  ASSERT_EQ(model.rowCount(), 3);
  EXPECT_EQ(model.job(1)->folder, "/runs/00004-new");
  EXPECT_EQ(model.job(2)->id, id) << "a run keeps its row";
  model.update(status(2, JobState::queued));
  EXPECT_EQ(model.job(3)->id, id);

  EXPECT_TRUE(model.hasEnded());
  model.clearEnded();
  EXPECT_FALSE(model.hasEnded());
  model.setRuns({sighting("00001-a", JobState::lost)});
  EXPECT_EQ(model.rowCount(), 2) << "cleared away";
  model.setRuns({sighting("00001-a", JobState::running)});
  model.setRuns({sighting("00001-a", JobState::lost)});
  EXPECT_EQ(model.rowCount(), 3) << "somebody went on with it, and it was lost again";
}

TEST(JobsModel, KeepsRowsOfTheNewestEndedJobsOnly) {
  JobsModel model;
  model.update(status(1, JobState::running));
  for (std::uint64_t id = 2; id <= 1000; ++id) {
    model.update(status(id, JobState::queued));
    model.update(status(id, JobState::finished));
  }
  EXPECT_LE(model.rowCount(), static_cast<int>(JobQueue::kEndedKept) + 2);
  EXPECT_EQ(model.job(0)->id, 1000u);
  EXPECT_NE(model.find(1), nullptr) << "it still runs";
  EXPECT_EQ(model.find(2), nullptr);
}

TEST(JobsPanel, ShowsRunsOfOthersWhileItIsInSightAndOffersWhatCanBeDone) {
  QTemporaryDir runs;
  const auto write = [&runs](const QString& host) {
    QDir(runs.path()).mkpath("00000-moons-PRP");
    QFile file(runs.filePath("00000-moons-PRP/progress.json"));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(
        QStringLiteral(R"({"state": "running", "stage": "training", "step": 1, "total": 4, "message": "", "eta_seconds": 70, "pid": 1,
      "host": "%1", "updated": "2026-01-31T12:00:00.000Z", "next_beat_by": "2199-01-31T12:00:00.000Z", "error": null})")
            .arg(host)
            .toUtf8());
  };
  write("elsewhere");
  JobBridge bridge;
  JobsModel model;
  JobsPanel panel(&bridge, &model, [&runs] { return runs.path(); });
  QTest::qWait(50);
  EXPECT_EQ(model.rowCount(), 0) << "nobody looks";
  panel.show();
  ASSERT_TRUE(QTest::qWaitFor([&] { return model.rowCount() == 1; }));
  panel.table()->selectRow(0);
  const auto enabled = [&panel](const QString& text) {
    for (const auto* button : panel.findChildren<QToolButton*>())
      if (button->text() == text) return button->isEnabled();
    ADD_FAILURE() << text.toStdString();
    return false;
  };
  EXPECT_TRUE(enabled("Open folder"));
  EXPECT_FALSE(enabled("Cancel"));
  EXPECT_FALSE(enabled("Stop and keep"));
  QDir(runs.filePath("00000-moons-PRP")).removeRecursively();
  ASSERT_TRUE(QTest::qWaitFor([&] { return model.rowCount() == 0; }, 6000));
}

TEST(LogPanel, AppendsWhatIsNew) {
  JobBridge bridge;
  JobsModel model;
  QObject::connect(&bridge, &JobBridge::changed, &model, [&](const JobStatus& s) { model.update(s); });
  LogPanel panel(&bridge, &model);
  std::atomic<bool> go = false;
  JobQueue::Request request;
  request.title = "talks";
  request.work = [&](const JobContext& c) -> Expected<void> {
    c.note("first");
    c.report({"a", 0, 0, -1, {}});
    while (!go) std::this_thread::yield();
    for (int i = 0; i < 300; ++i) c.note(std::to_string(i));
    return {};
  };
  bridge.submit(std::move(request));
  ASSERT_TRUE(QTest::qWaitFor([&] { return panel.toPlainText() == "first"; }));
  go = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return panel.toPlainText().endsWith("299"); }));
  EXPECT_TRUE(panel.toPlainText().startsWith("first\n100\n101")) << "the last 200 lines are there to be asked for";
}

TEST(JobBridge, AJobCancelledWhileItWaitsHasAnEnd) {
  JobBridge bridge;
  QObject receiver;
  std::atomic<bool> go = false;
  std::vector<std::string> ends;
  const auto request = [](const char* title) { return JobQueue::Request{title, "", "", Lane::batch(), {}}; };
  const auto work = [&go](const JobContext&) -> Expected<int> {
    while (!go) std::this_thread::yield();
    return 1;
  };
  const auto end = [&ends](const char* name) {
    return [&ends, name](const Expected<int>& r) {
      ends.push_back(std::string(name) + (r ? " done" : r.error().cancelled() ? " cancelled" : " failed"));
    };
  };
  bridge.run<int>(request("first"), work, &receiver, end("first"));
  const auto waiting = bridge.run<int>(request("second"), work, &receiver, end("second"));
  bridge.run<int>(
      request("third"), [](const JobContext&) -> Expected<int> { throw std::runtime_error("surprise"); }, &receiver, end("third"));
  bridge.cancel(waiting);
  ASSERT_TRUE(QTest::qWaitFor([&] { return ends.size() == 1; }));
  EXPECT_EQ(ends[0], "second cancelled");
  go = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return ends.size() == 3; }));
  EXPECT_EQ(ends[1], "first done");
  EXPECT_EQ(ends[2], "third failed");
}

TEST(JobBridge, KnowsWhatSomebodyCancelledFromWhatANewerRequestReplaced) {
  JobBridge bridge;
  std::atomic<int> started = 0;
  const auto endless = [&started](const JobContext& c) -> Expected<void> {
    ++started;
    while (!c.stop.stop_requested()) std::this_thread::yield();
    return tl::unexpected(JobError{ErrorCode::cancelled, "", ""});
  };
  std::vector<std::uint64_t> ended;
  QObject::connect(&bridge, &JobBridge::changed, &bridge, [&](const JobStatus& s) {
    if (s.state == JobState::cancelled) ended.push_back(s.id);
  });
  const auto first = bridge.submit({"one", "", "", Lane::interactive("view"), endless});
  ASSERT_TRUE(QTest::qWaitFor([&] { return started == 1; }));
  const auto second = bridge.submit({"two", "", "", Lane::interactive("view"), endless});
  ASSERT_TRUE(QTest::qWaitFor([&] { return started == 2 && !ended.empty(); }));
  EXPECT_FALSE(bridge.askedToCancel(first)) << "superseded";
  bridge.cancel(second);
  ASSERT_TRUE(QTest::qWaitFor([&] { return ended.size() == 2; }));
  EXPECT_TRUE(bridge.askedToCancel(second));
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
      {"sum", "", "", Lane::batch(), {}},
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
      {"bad", "", "", Lane::batch(), [](const JobContext&) -> Expected<void> { throw Error(ErrorCode::failed, "the disk is full"); }});
  ASSERT_TRUE(QTest::qWaitFor([&] { return last.state == JobState::failed; }));
  EXPECT_EQ(last.error.message, "the disk is full");
}

TEST(JobBridge, ALateResultForADeadReceiverIsDropped) {
  JobBridge bridge;
  auto receiver = std::make_unique<QObject>();
  std::atomic<bool> ran = false, go = false;
  bool delivered = false;
  bridge.run<int>(
      {"late", "", "", Lane::batch(), {}},
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
        [&](const Expected<int>& result) { ended = result.has_value(); }, delivery);
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
    bridge.submit({"long", "", "", Lane::batch(), [&](const JobContext& c) -> Expected<void> {
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
