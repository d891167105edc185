// The training loop with a problem that knows no networks.
#include "core/train/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/api/stop_scope.h"
#include "core/io/run_folder.h"
#include "tests/core/nets/net_testing.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

using ::testing::ElementsAre;
using testing::Folder;
using ::testing::HasSubstr;

/// Counts. Its state is one number; its picture is a text.
class Counter : public TrainingProblem {
 public:
  explicit Counter(const Folder& folder) {
    o.outdir = folder.path();
    o.batch = 500, o.duration = 0.05, o.tick = 5, o.snap = 3, o.dump = 4;  // 100 steps, ticks of 10
  }
  const TrainOptions& options() const override { return o; }
  nlohmann::json optionsJson() const override { return {{"batch", o.batch}}; }
  std::string command() const override { return "count"; }
  std::string title() const override { return "numbers-Counter"; }
  std::string about() const override { return "a number"; }
  c10::Device device() const override { return c10::kCPU; }
  std::string stage() const override { return steps_ < 50 ? "warm-up" : "counting"; }
  std::int64_t steps() const override { return trainingSteps(o); }
  std::int64_t step() const override { return steps_; }
  void advance() override {
    if (duringStep) duringStep();
    if (steps_ + 1 == bad) throw Error(ErrorCode::diverged, "step " + std::to_string(bad) + " is bad");
    ++steps_;
    if (afterStep) afterStep();
  }
  StepReport report() const override {
    return {.loss = static_cast<double>(steps_), .lossSmoothed = 0.5, .learningRate = 0.1, .gradientNorm = 2};
  }
  void goBack() override { steps_ = 32; }
  SharedWork sharedWork() const override { return shared; }
  std::string saveSnapshot(const std::string& stem) override { return written(stem + ".text"); }
  std::string saveState(const std::string& stem) override { return written(stem + ".number"); }
  bool validates() const override { return true; }
  bool prepareValidation() override { return ++prepared > 3; }
  void validate(const Pace& pace) override {
    EXPECT_GT(prepared, 3);
    EXPECT_GE(pace.rows, 16);
    pace.poll();
    ++validated;
  }
  bool previews() const override { return true; }
  std::string preview(const std::string& folder, const Pace&) override { return written(folder + "/preview.text"); }
  void tell(const TrainUpdate& u) override { told.push_back(u); }
  void record(nlohmann::json& line, const TrainUpdate& u) const override { line["squared"] = u.step * u.step; }
  std::string remark(const TrainUpdate&) const override { return ", so far so good"; }
  std::string closingNote(const TrainUpdate&) const override { return "that was that"; }
  std::string verdict() const override { return ", well done"; }

  TrainOptions o;
  std::int64_t bad = -1;
  std::function<void()> duringStep, afterStep;
  SharedWork shared;
  int prepared = 0, validated = 0;
  std::vector<TrainUpdate> told;

 private:
  std::string written(const std::string& path) const {
    std::ofstream(path) << steps_;
    return path;
  }
  std::int64_t steps_ = 0;
};

std::set<std::string> files(const std::string& folder) {
  std::set<std::string> all;
  for (const auto& e : fs::directory_iterator(folder)) all.insert(e.path().filename().string());
  return all;
}

TEST(Training, LeavesAWholeRunFolderWhateverTheProblem) {
  const Folder folder;
  Counter counter(folder);
  std::vector<std::string> notes, stages;
  JobContext context;
  context.log = [&](const std::string& line) { notes.push_back(line); };
  context.progress = [&](const Progress& p) { stages.push_back(p.stage + ": " + p.message); };
  const auto r = runTraining(counter, context);
  EXPECT_EQ(r.end, TrainEnd::completed);
  EXPECT_EQ(r.steps, 100);
  EXPECT_EQ(r.loss, 0.5);
  EXPECT_EQ(fs::path(r.run_folder).filename(), "00000-numbers-Counter");
  EXPECT_EQ(fs::path(r.network).filename(), "network-snapshot-000050.text");
  EXPECT_EQ(fs::path(r.state).filename(), "training-state-000050.number");
  // Ticks 3, 6, 9 and the end; 4, 8 and the end. A tick is 5 kimg.
  const auto there = files(r.run_folder);
  for (const char* name :
       {"network-snapshot-000015.text", "network-snapshot-000030.text", "network-snapshot-000045.text", "network-snapshot-000050.text",
        "training-state-000020.number", "training-state-000040.number", "training-state-000050.number", "preview.text", "options.json",
        "training_options.json", "log.txt", "stats.jsonl", "progress.json", "TB_logs"})
    EXPECT_TRUE(there.contains(name)) << name;
  EXPECT_EQ(
      std::count_if(there.begin(), there.end(), [](const auto& n) { return n.starts_with("network-") || n.starts_with("training-s"); }), 7);
  const auto stats = readStats(r.run_folder);
  ASSERT_EQ(stats.size(), 10u);
  EXPECT_EQ(stats[1].at("step"), 20);
  EXPECT_EQ(stats[1].at("squared"), 400);
  EXPECT_DOUBLE_EQ(stats[1].at("mimg").get<double>(), 0.01);
  EXPECT_EQ(stats[1].at("Loss/loss").at("mean"), 15.5);
  EXPECT_EQ(stats[1].at("grad_norm"), 2);
  EXPECT_GE(counter.validated, 1) << "at the end at least, once all was prepared";
  ASSERT_FALSE(counter.told.empty());
  EXPECT_EQ(counter.told.back().previewFile, r.run_folder + "/preview.text");
  EXPECT_EQ(counter.told.back().step, 100);
  EXPECT_EQ(counter.told.front().step, 1);
  EXPECT_EQ(stages.front(), "warm-up: loss 0.5000, so far so good");
  EXPECT_EQ(stages.back(), "counting: loss 0.5000, so far so good");
  EXPECT_THAT(notes, ElementsAre("training a number, steps 0 to 100", "that was that", "finished at step 100, well done"));
  EXPECT_EQ(readRunState(r.run_folder), JobState::finished);
}

TEST(Training, StopsAndKeepsOrCancels) {
  const Folder folder;
  Counter kept(folder), cancelled(folder);
  std::stop_source finish, stop;
  JobContext keeping, stopping;
  keeping.finish = finish.get_token(), stopping.stop = stop.get_token();
  kept.afterStep = [&] { finish.request_stop(); };
  cancelled.afterStep = [&] { stop.request_stop(); };
  const auto r = runTraining(kept, keeping);
  EXPECT_EQ(r.end, TrainEnd::stoppedAndKept);
  EXPECT_EQ(r.steps, 1);
  EXPECT_TRUE(fs::exists(r.state));
  try {
    runTraining(cancelled, stopping);
    FAIL() << "was not cancelled";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(readRunState(folder.file("00001-numbers-Counter")), JobState::cancelled);
}

TEST(Training, LeavesAStepThatIsUnderWay) {
  const Folder folder;
  for (const bool keep : {true, false}) {
    Counter problem(folder);
    std::stop_source asked;
    JobContext context;
    (keep ? context.finish : context.stop) = asked.get_token();
    int loopsAfter = 0;  // of the step's work, since the request
    problem.duringStep = [&] {
      if (problem.step() < 5) return;
      asked.request_stop();
      for (int i = 0; i < 1000; ++i, ++loopsAfter) StopScope::look();
    };
    if (keep) {
      const auto r = runTraining(problem, context);
      EXPECT_EQ(r.end, TrainEnd::stoppedAndKept);
      EXPECT_EQ(r.steps, 5) << "as it was before the step";
      EXPECT_TRUE(fs::exists(r.state));
    } else {
      EXPECT_THROW(runTraining(problem, context), Error);
    }
    EXPECT_EQ(loopsAfter, 0);
  }
}

TEST(Training, StoppingDoesNotWaitForALongValidation) {
  const Folder folder;
  Counter problem(folder);
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  problem.afterStep = [&] { finish.request_stop(); };
  problem.prepared = -1000000000;  // never ready
  EXPECT_EQ(runTraining(problem, context).end, TrainEnd::stoppedAndKept);
  EXPECT_EQ(problem.validated, 0);
}

TEST(Training, DivergingKeepsTheLastGoodState) {
  const Folder folder;
  Counter counter(folder);
  counter.bad = 50;
  const auto text = testing::errorOf([&] { runTraining(counter, {}); });
  EXPECT_THAT(text, HasSubstr("step 50 is bad | The last good weights, of step 32, are in "));
  EXPECT_THAT(text, HasSubstr("network-snapshot-000016.text. Lower lr (0.004)"));
  EXPECT_TRUE(fs::exists(folder.file("00000-numbers-Counter/training-state-000016.number")));
  EXPECT_EQ(readRunState(folder.file("00000-numbers-Counter")), JobState::failed);
}

TEST(Training, SharedWorkCostsByItsShare) {
  const Folder folder;
  Counter counter(folder);
  counter.o.duration = 1000;
  counter.shared = {.seconds = 8, .steps = 4};  // of the step taken before
  counter.advance();
  // A step takes next to no time, and nothing more was shared: what is left is the share.
  EXPECT_NEAR(secondsPerStep(counter, {}), 2, 0.1);
  EXPECT_GT(counter.step(), 2);
}

TEST(Training, StepsAreAtLeastOne) {
  TrainOptions o;
  o.batch = 1024, o.duration = 1e-9;
  EXPECT_EQ(trainingSteps(o), 1);
  o.duration = 1.024;
  EXPECT_EQ(trainingSteps(o), 1000);
  o.duration = 1.0240001;
  EXPECT_EQ(trainingSteps(o), 1001);
}

}  // namespace
}  // namespace inflaton
