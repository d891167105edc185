// What a training would cost: asked once things are quiet, never beside a training, and the question before a long one.
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

#include "core/api/train.h"
#include "ui/jobs/jobs_model.h"
#include "ui/session/cost_meter.h"

namespace inflaton::ui {
namespace {

/// Measured by a function of the test's own: the meter is about when, not about how much.
class Meter : public testing::Test {
 protected:
  Meter() : settings(home.path()), trainer(&bridge, &model, &settings) {}
  void make(double seconds, int lasting = 0) {
    meter = std::make_unique<CostMeter>(
        &bridge, &trainer, [this, seconds, lasting](const ToyTrainOptions& o, const JobContext& context) -> Expected<TrainCost> {
          ++runs;
          for (int ms = 0; ms < lasting && !context.stop.stop_requested(); ++ms) std::this_thread::sleep_for(std::chrono::milliseconds(1));
          if (context.stop.stop_requested()) return tl::unexpected(JobError{ErrorCode::cancelled, "", ""});
          if (o.width == 13) return tl::unexpected(JobError{ErrorCode::failed, "width 13 brings bad luck", ""});
          ++answers;
          TrainCost cost;
          cost.steps = static_cast<std::int64_t>(1e6 * o.duration / static_cast<double>(o.batch));
          cost.seconds = seconds;
          cost.secondsPerStep = seconds / static_cast<double>(cost.steps);
          cost.memory = 6e8;
          return cost;
        });
  }
  bool known(int ms = 5000) {
    return QTest::qWaitFor([&] { return meter->cost().has_value(); }, ms);
  }
  static ToyTrainOptions withBatch(std::int64_t batch) {
    ToyTrainOptions o;
    o.batch = batch;
    return o;
  }

  QTemporaryDir home;
  Settings settings;
  JobsModel model;
  JobBridge bridge;
  TrainingRun trainer;
  std::atomic<int> runs = 0, answers = 0;
  std::unique_ptr<CostMeter> meter;
};

TEST_F(Meter, AnswersOnceForManyQuickEdits) {
  make(25);
  meter->setWatched(true);
  for (int batch : {64, 128, 256, 512, 1024}) meter->ask(withBatch(batch));
  ASSERT_TRUE(known());
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(meter->cost()->steps, 5859);
  EXPECT_FALSE(meter->isLong());
  meter->ask(withBatch(1024));
  EXPECT_TRUE(meter->cost()) << "nothing changed";
  ToyTrainOptions renamed = withBatch(1024);
  renamed.desc = "another name", renamed.seed = 5;
  meter->ask(renamed);
  EXPECT_TRUE(meter->cost()) << "a name costs nothing";
}

TEST_F(Meter, MeasuresOnlyWhileSomebodyLooks) {
  make(25);
  meter->ask(withBatch(64));
  QTest::qWait(500);
  EXPECT_EQ(runs, 0);
  meter->setWatched(true);
  EXPECT_TRUE(known());
}

TEST_F(Meter, ANewerEditCancelsTheMeasurementUnderWay) {
  make(25, 2000);
  meter->setWatched(true);
  meter->ask(withBatch(64));
  ASSERT_TRUE(QTest::qWaitFor([&] { return runs == 1; }));
  meter->ask(withBatch(128));
  ASSERT_TRUE(known(8000));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(meter->cost()->steps, 46875);
}

TEST_F(Meter, WaitsForWhatComputesAndBeginsAgainWhenAFlowTakesItsPlace) {
  make(25, 300);
  meter->setWatched(true);
  std::atomic<bool> go = false;
  bridge.submit({"a training", "", "", Lane::batch(), [&](const JobContext&) -> Expected<void> {
                   while (!go) std::this_thread::yield();
                   return {};
                 }});
  meter->ask(withBatch(64));
  QTest::qWait(600);
  EXPECT_EQ(runs, 0) << "beside a training it would measure wrongly";
  go = true;
  ASSERT_TRUE(QTest::qWaitFor([&] { return runs == 1; }));
  bridge.submit(
      {"a flow", "", "", Lane::interactive(), [](const JobContext&) -> Expected<void> { return {}; }});  // supersedes the measurement
  ASSERT_TRUE(known());
  EXPECT_EQ(runs, 2);
}

TEST_F(Meter, ALongOneIsLongAndAStartWaitsForTheAnswer) {
  make(14 * 86400.0, 200);
  QSignalSpy wanted(meter.get(), &CostMeter::wantedStart);
  ToyTrainOptions paper;
  paper.arch = "ToyConvUNet";
  paper.duration = 7000;
  meter->ask(paper);
  EXPECT_TRUE(meter->startWhenKnown());
  EXPECT_TRUE(meter->startPending());
  ASSERT_TRUE(known());
  EXPECT_TRUE(meter->isLong());
  EXPECT_EQ(wanted.count(), 1);
  EXPECT_FALSE(meter->startWhenKnown()) << "it is known now";
  meter->ask(withBatch(1024));
  EXPECT_FALSE(meter->startWhenKnown()) << "six Mimg of a small network start at once";
}

TEST_F(Meter, SaysWhyItIsNotKnownAndLetsTheStartGo) {
  make(25);
  meter->setWatched(true);
  ToyTrainOptions o;
  o.width = 13;
  o.duration = 1000;
  meter->ask(o);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !meter->problem().isEmpty(); }));
  EXPECT_TRUE(meter->problem().contains("bad luck"));
  EXPECT_FALSE(meter->startWhenKnown());
}

TEST(CostText, IsWhatPeopleSay) {
  TrainCost cost;
  cost.steps = 854493;
  cost.secondsPerStep = 1.4;
  cost.seconds = 854493 * 1.4;
  cost.memory = 1.6e9;
  EXPECT_EQ(costText(cost, 8192).replace(QChar(0x202f), ' '), "About 14 days here (854 493 steps of 8192, 1.4 s each, 1.6 GB).");
}

}  // namespace
}  // namespace inflaton::ui
