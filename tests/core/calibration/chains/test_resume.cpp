// Stopping, going on, and what is refused of it.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/api/job.h"
#include "core/io/run_folder.h"
#include "tests/core/calibration/chains/mcmc_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

/// Runs until so many transitions are done, then asks to stop: by cancel or by stop and keep.
Expected<McmcResult> stopAt(ToyMcmcOptions o, std::int64_t transition, bool keep) {
  std::stop_source stop, finish;
  JobContext context;
  context.stop = stop.get_token(), context.finish = finish.get_token();
  o.checkpoint = 1e-6;
  std::int64_t seen = 0;
  context.progress = [&](const Progress& p) {
    if ((p.stage == "sampling" || p.stage == "warming up") && p.step > 0 && (seen = static_cast<std::int64_t>(p.step)) >= transition)
      (keep ? finish : stop).request_stop();
  };
  return toyMcmc(o, context);
}

std::string refusal(const ToyMcmcOptions& o, ErrorCode code = ErrorCode::usage) {
  const auto r = toyMcmc(o, {});
  if (r) return ADD_FAILURE() << "it ran", "";
  EXPECT_EQ(r.error().code, code) << r.error().message;
  return r.error().message + " | " + r.error().hint;
}

/// Long enough that the job looks around, and says so, before it is over.
ToyMcmcOptions slowChains(const TempFolder& folder) {
  auto o = smallChains(folder);
  o.gt_n = 150;
  return o;
}

}  // namespace

TEST(ToyMcmcResume, AStopBeforeTheFirstTransitionLeavesNothingBehind) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.map = "table", o.table_tolerance = 1e-3;
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  int after = 0;
  context.progress = [&](const Progress& p) {
    if (finish.stop_requested()) ++after;
    if (p.stage == "table of the map") finish.request_stop();
  };
  const auto stopped = toyMcmc(o, context);
  ASSERT_FALSE(stopped);
  EXPECT_TRUE(stopped.error().cancelled()) << stopped.error().message;
  EXPECT_TRUE(finish.stop_requested());
  EXPECT_EQ(after, 0) << "batches of the table after the request";
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(ToyMcmcResume, GivesTheBytesOfARunNeverStopped) {
  const TempFolder folder;
  const auto o = slowChains(folder);
  const auto whole = toyMcmc(o, {});
  ASSERT_TRUE(whole) << whole.error().message;
  for (const bool keep : {true, false})
    for (const std::int64_t at : {1, 30}) {
      SCOPED_TRACE(std::to_string(at) + (keep ? " kept" : " cancelled"));
      const auto part = stopAt(o, at, keep);
      std::string run;
      if (keep) {
        ASSERT_TRUE(part) << part.error().message;
        EXPECT_TRUE(part->stopped);
        EXPECT_LT(part->last.iteration, 55);
        run = part->run_folder;
        EXPECT_EQ(readRunState(run), JobState::finished);
        EXPECT_EQ(fs::exists(fs::path(run) / "sampled_weights.npz"), part->last.iteration > 25);
      } else {
        ASSERT_FALSE(part);
        EXPECT_TRUE(part.error().cancelled());
        for (const auto& entry : fs::directory_iterator(folder.path())) run = std::max(run, entry.path().string());
        EXPECT_EQ(readRunState(run), JobState::cancelled);
      }
      EXPECT_TRUE(fs::exists(fs::path(run) / "checkpoint.npz"));
      ToyMcmcOptions on;
      on.resume = run;
      const auto rest = toyMcmc(on, {});
      ASSERT_TRUE(rest) << rest.error().message;
      EXPECT_EQ(rest->run_folder, run);
      EXPECT_FALSE(rest->stopped);
      EXPECT_EQ(lasting(run), lasting(whole->run_folder));
    }
}

TEST(ToyMcmcResume, MoreDrawsOfAFinishedRun) {
  const TempFolder folder;
  auto o = smallChains(folder);
  const auto longer = toyMcmc(o, {});
  o.mcmc_n = 12;
  auto shorter = toyMcmc(o, {});
  ASSERT_TRUE(longer && shorter);
  ToyMcmcOptions on;
  on.resume = shorter->run_folder, on.mcmc_n = 30;
  shorter = toyMcmc(on, {});
  ASSERT_TRUE(shorter) << shorter.error().message;
  EXPECT_EQ(lasting(shorter->run_folder), lasting(longer->run_folder));
}

TEST(ToyMcmcResume, StatsThatCameAfterTheCheckpointAreTakenOff) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.mcmc_n = 12;
  const auto part = toyMcmc(o, {});
  ASSERT_TRUE(part) << part.error().message;
  const auto iterations = [&] {
    std::vector<std::int64_t> all;
    for (const auto& line : readStats(part->run_folder)) all.push_back(line.at("iteration").get<std::int64_t>());
    return all;
  };
  const std::int64_t reached = iterations().back();
  std::ofstream(part->run_folder + "/stats.jsonl", std::ios::app) << "{\"iteration\": " << reached + 1 << ", \"r_hat\": 9}\n";
  ToyMcmcOptions on;
  on.resume = part->run_folder, on.mcmc_n = 30;
  ASSERT_TRUE(toyMcmc(on, {}));
  const auto after = iterations();
  EXPECT_EQ(after.back(), reached + 18);
  EXPECT_EQ(std::count(after.begin(), after.end(), reached), 1);
  for (const auto& line : readStats(part->run_folder)) EXPECT_NE(line.at("r_hat"), 9);
}

TEST(ToyMcmcResume, TwoCannotGoOnInOneFolder) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.burn = 5, o.mcmc_n = 5;
  const auto r = toyMcmc(o, {});
  ASSERT_TRUE(r) << r.error().message;
  const auto before = lasting(r->run_folder);
  ToyMcmcOptions on;
  on.resume = r->run_folder, on.mcmc_n = 10;
  {
    const LifeLock other = RunFolder::claim(r->run_folder);
    EXPECT_THAT(refusal(on, ErrorCode::failed), AllOf(HasSubstr(r->run_folder), HasSubstr("is in use by a program that still runs")));
    EXPECT_EQ(lasting(r->run_folder), before);
  }
  EXPECT_TRUE(toyMcmc(on, {}));
}

TEST(ToyMcmcResume, ChangedOptionsAreRefusedByNameAndBothValues) {
  const TempFolder folder;
  auto o = smallChains(folder);
  o.burn = 5, o.mcmc_n = 5;
  const auto r = toyMcmc(o, {});
  ASSERT_TRUE(r) << r.error().message;
  const auto before = lasting(r->run_folder);
  ToyMcmcOptions on;
  on.resume = r->run_folder;
  const auto with = [&](auto change) {
    auto changed = on;
    change(changed);
    return refusal(changed);
  };
  EXPECT_THAT(with([](auto& c) { c.acpt = 0.9; }), AllOf(HasSubstr("acpt is 0.9"), HasSubstr("0.7")));
  EXPECT_THAT(with([](auto& c) { c.seed = 77; }), AllOf(HasSubstr("seed is 77"), HasSubstr("123")));
  EXPECT_THAT(with([](auto& c) { c.gt_n = 61; }), AllOf(HasSubstr("gt_n is 61"), HasSubstr("60")));
  EXPECT_THAT(with([](auto& c) { c.chains = 3; }), AllOf(HasSubstr("chains is 3"), HasSubstr("2")));
  EXPECT_THAT(with([](auto& c) { c.mcmc_n = 4; }), AllOf(HasSubstr("mcmc_n is 4"), HasSubstr("at least 5")));
  EXPECT_EQ(lasting(r->run_folder), before);
}

TEST(ToyMcmcResume, MissingAndDamagedFolders) {
  const TempFolder folder;
  ToyMcmcOptions on;
  on.resume = folder.file("nowhere");
  EXPECT_THAT(refusal(on), AllOf(HasSubstr("resume"), HasSubstr("nowhere")));

  auto o = smallChains(folder);
  o.burn = 5, o.mcmc_n = 5;
  const auto r = toyMcmc(o, {});
  ASSERT_TRUE(r);
  on.resume = r->run_folder;
  const std::string checkpoint = r->run_folder + "/checkpoint.npz", good = bytesOf(checkpoint);
  const auto put = [&](const std::string& bytes) {
    std::ofstream(checkpoint, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  put(good.substr(0, good.size() / 2));
  EXPECT_THAT(refusal(on, ErrorCode::failed), HasSubstr("checkpoint.npz"));
  auto flipped = good;
  flipped[good.size() / 3] = static_cast<char>(flipped[good.size() / 3] ^ 0x55);
  put(flipped);
  EXPECT_THAT(refusal(on, ErrorCode::failed), HasSubstr("checkpoint.npz"));
  fs::remove(checkpoint);
  EXPECT_THAT(refusal(on), HasSubstr("checkpoint.npz"));
  put(good);
  std::ofstream(r->run_folder + "/options.json") << "{\"options\": 3";
  EXPECT_THAT(refusal(on, ErrorCode::failed), HasSubstr("options.json"));
}
