#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/api/networks.h"
#include "core/api/points.h"
#include "core/api/train.h"
#include "core/io/npy.h"
#include "core/io/run_folder.h"
#include "core/nets/file/network_file.h"
#include "core/train/training_state.h"
#include "core/train/validation.h"
#include "tests/core/io/event_reader.h"
#include "tests/core/nets/net_testing.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

using ::testing::AllOf;
using testing::Folder;
using ::testing::HasSubstr;

/// A hundred steps of a small network: a fraction of a second.
ToyTrainOptions small(const Folder& folder) {
  ToyTrainOptions o;
  o.outdir = folder.path();
  o.batch = 64, o.duration = 0.0064, o.tick = 0.64, o.snap = 5, o.dump = 5;
  o.width = 16, o.depth = 2, o.lr_rampup = 0.0005, o.ema = 0.001;
  o.eigenbasis_samples = 2000, o.validation_references = 500, o.validation_queries = 64;
  return o;
}

ToyTrainResult trained(const ToyTrainOptions& o, const JobContext& context = {},
                       const std::function<void(const ToyTrainUpdate&)>& update = {}) {
  const auto r = trainToy(o, context, update);
  if (!r) throw Error(r.error().code, r.error().message + " | " + r.error().hint);
  return *r;
}

std::string bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

at::Tensor weightsOf(const std::string& path) { return readNetwork(path).denoiser->weights(); }

TEST(TrainToy, LeavesAWholeRunFolder) {
  const Folder folder;
  const auto o = small(folder);
  int updates = 0;
  std::shared_ptr<const ValidationError> validation;
  std::shared_ptr<const std::vector<float>> generated;
  std::vector<std::string> notes;
  JobContext context;
  double lastFraction = 0;
  context.progress = [&](const Progress& p) { lastFraction = p.fraction(); };
  context.log = [&](const std::string& line) { notes.push_back(line); };
  const auto r = trained(o, context, [&](const ToyTrainUpdate& u) {
    ++updates;
    EXPECT_FALSE(u.run_folder.empty());
    if (u.validation) validation = u.validation;
    if (u.generated) generated = u.generated;
  });
  EXPECT_EQ(r.end, TrainEnd::completed);
  EXPECT_EQ(r.steps, 100);
  EXPECT_GE(updates, 2);
  EXPECT_DOUBLE_EQ(lastFraction, 1);
  EXPECT_FALSE(notes.empty());
  ASSERT_TRUE(validation && generated);
  EXPECT_EQ(validation->t.size(), 8u);
  EXPECT_DOUBLE_EQ(validation->t.front(), 0.5);
  EXPECT_DOUBLE_EQ(validation->t.back(), 7.01);
  EXPECT_EQ(validation->mean, r.validation.mean);
  EXPECT_EQ(generated->size(), 1000u);
  for (const float v : *generated) EXPECT_LT(std::abs(v), 100);

  EXPECT_EQ(fs::path(r.run_folder).filename(), "00000-circles-PRP");
  for (const char* name :
       {"options.json", "training_options.json", "log.txt", "stats.jsonl", "progress.json", "network-snapshot-000003.safetensors",
        "training-state-000003.safetensors", "network-snapshot-000006.safetensors", "training-state-000006.safetensors"})
    EXPECT_TRUE(fs::exists(r.run_folder + "/" + name)) << name;
  EXPECT_EQ(readRunState(r.run_folder), JobState::finished);
  const auto stats = readStats(r.run_folder);
  EXPECT_GE(stats.size(), 10u);
  for (const char* field : {"step", "mimg", "loss", "loss_smoothed", "lr", "seconds", "steps_per_second", "validation"})
    EXPECT_TRUE(stats.back().contains(field)) << field;
  EXPECT_GT(stats.back().at("timestamp").get<double>(), 1.6e9);
  for (const char* field :
       {"Progress/tick", "Progress/kimg", "Timing/total_sec", "Timing/sec_per_tick", "Timing/sec_per_kimg", "Timing/maintenance_sec",
        "Resources/cpu_mem_gb", "Resources/peak_gpu_mem_gb", "Resources/peak_gpu_mem_reserved_gb", "Loss/loss"}) {
    ASSERT_TRUE(stats.front().contains(field)) << field;
    for (const char* part : {"num", "mean", "std"}) EXPECT_TRUE(stats.front().at(field).at(part).is_number()) << field << " " << part;
  }
  EXPECT_EQ(stats.front().at("Loss/loss").at("num"), 10);
  EXPECT_EQ(stats[2].at("Progress/tick").at("mean"), 3);
  EXPECT_NEAR(stats[2].at("Progress/kimg").at("mean").get<double>(), 1.92, 1e-9);
  EXPECT_GT(stats.back().at("Resources/cpu_mem_gb").at("mean").get<double>(), 0.01);
  const auto info = networkInfo(r.network);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->data_name, "circles");
  EXPECT_NEAR(info->validation_mean, r.validation.mean, 1e-12);
}

TEST(TrainToy, TrainingBringsTheNetworkNearer) {
  const Folder folder;
  auto o = small(folder);
  o.duration = 0.384, o.batch = 256, o.snap = 1, o.dump = 1, o.lr = 4e-3, o.width = 64, o.ema = 0.02, o.validation_references = 50000;
  DataSource data(o);
  const auto r = trained(o);
  const auto read = readNetwork(r.network);
  Validator validator(data, read.denoiser->schedule(), read.denoiser->basis(), 50000, 64);
  while (!validator.ready()) validator.prepareSome();
  EXPECT_NEAR(validator.measure(*read.denoiser).mean, r.validation.mean, 1e-9);  // the measure is repeatable
  const NetDenoiser gaussian(read.denoiser->schedule(), read.denoiser->basis(), makeNetwork(read.denoiser->network().configuration(), ""),
                             at::zeros_like(read.denoiser->weights()));
  EXPECT_LT(r.validation.mean, 0.7 * validator.measure(gaussian).mean);
}

TEST(TrainToy, SameSeedSameBytesWhateverTheThreads) {
  const Folder a, b;
  auto o = small(a);
  const auto one = trained(o);
  const auto two = trained(o);
  EXPECT_NE(one.run_folder, two.run_folder);
  EXPECT_EQ(bytesOf(one.network), bytesOf(two.network));
  o.threads = 1;
  EXPECT_TRUE(at::equal(weightsOf(trained(o).network), weightsOf(one.network)));
  o.seed = 1;
  EXPECT_FALSE(at::equal(weightsOf(trained(o).network), weightsOf(one.network)));
}

class Resuming : public ::testing::TestWithParam<std::pair<const char*, std::function<void(ToyTrainOptions&)>>> {};
INSTANTIATE_TEST_SUITE_P(
    Ways, Resuming,
    ::testing::Values(std::pair{"Prp", [](ToyTrainOptions&) {}}, std::pair{"Prr", [](ToyTrainOptions& o) { o.dims_to_keep = 1; }},
                      std::pair{"Rounds", [](ToyTrainOptions& o) { o.batch_gpu = 16; }},
                      std::pair{"MeanTargets", [](ToyTrainOptions& o) { o.targets = "mean", o.target_references = 4096; }},
                      std::pair{"Edm", [](ToyTrainOptions& o) { o.precond = "edm", o.targets = "mean", o.bad_gradients = "clean"; }},
                      std::pair{"PaperScheduleInDataSpace", [](ToyTrainOptions& o) { o.schedule = "paper", o.space = "IS", o.ls = 3; }},
                      std::pair{"ConvUNet", [](ToyTrainOptions& o) { o.arch = "ToyConvUNet", o.batch_gpu = 32, o.lr_cosine = false; }}),
    [](const auto& one) { return one.param.first; });

TEST_P(Resuming, IsAsIfItHadNeverStopped) {
  const Folder folder, elsewhere;
  {
    auto o = small(folder);
    GetParam().second(o);
    const auto whole = trained(o);
    // From a state that was copied away: a new run folder, beside the first.
    const auto state = elsewhere.file("copy.safetensors");
    fs::copy_file(whole.run_folder + "/training-state-000003.safetensors", state, fs::copy_options::overwrite_existing);
    ToyTrainOptions again;
    again.resume = state;
    const auto second = trained(again);
    EXPECT_EQ(second.steps, 100);
    // Not EXPECT_EQ: of long texts that differ it computes the shortest way from one to the other.
    EXPECT_TRUE(bytesOf(second.network) == bytesOf(whole.network));
    EXPECT_TRUE(bytesOf(second.state) == bytesOf(whole.state));
    const auto a = readTrainingState(whole.state).learner, b = readTrainingState(second.state).learner;
    EXPECT_TRUE(at::equal(a.optimiser.weights, b.optimiser.weights) && at::equal(a.optimiser.first, b.optimiser.first) &&
                at::equal(a.optimiser.second, b.optimiser.second));
    EXPECT_EQ(a.lossSmoothed, b.lossSmoothed);
  }
}

// All of them, not only the last: what was measured in between, and when, must not show in them.
TEST(TrainToy, EveryNetworkOfAResumedRunIsThatOfAnUninterruptedOneToTheByte) {
  const Folder folder, elsewhere;
  auto o = small(folder);
  o.snap = 1, o.validation_queries = 200;
  const auto whole = trained(o);
  std::map<std::string, std::string> networks;  // by name
  for (const auto& entry : fs::directory_iterator(whole.run_folder))
    if (const auto name = entry.path().filename().string(); name.starts_with("network-")) networks[name] = bytesOf(entry.path().string());
  ASSERT_EQ(networks.size(), 7u);
  // In its own folder, and as a copy.
  const auto copy = elsewhere.file("state.safetensors");
  fs::copy_file(whole.run_folder + "/training-state-000003.safetensors", copy);
  for (const auto& state : {whole.run_folder + "/training-state-000003.safetensors", copy}) {
    ToyTrainOptions again;
    again.resume = state;
    const auto second = trained(again);
    int compared = 0;
    for (const auto& [name, bytes] : networks)
      if (const auto path = second.run_folder + "/" + name; fs::exists(path)) {
        EXPECT_TRUE(bytesOf(path) == bytes) << path;
        ++compared;
      }
    EXPECT_GE(compared, 4) << second.run_folder;
  }
}

TEST(TrainToy, StatsOfAResumedRunNeverGoBack) {
  const Folder folder;
  const auto whole = trained(small(folder));
  ToyTrainOptions again;
  again.resume = whole.run_folder + "/training-state-000003.safetensors";
  ASSERT_EQ(trained(again).run_folder, whole.run_folder);
  std::vector<int> steps;
  for (const auto& line : readStats(whole.run_folder)) steps.push_back(line.at("step").get<int>());
  EXPECT_EQ(steps, (std::vector<int>{10, 20, 30, 40, 50, 60, 70, 80, 90, 100}));
}

// The second is refused before it reads the state, so that it cannot go on from what the first has left behind by then.
TEST(TrainToy, TwoCannotGoOnInOneFolder) {
  const Folder folder;
  const auto whole = trained(small(folder));
  ToyTrainOptions again;
  again.resume = whole.run_folder + "/training-state-000003.safetensors";
  const auto before = bytesOf(whole.run_folder + "/progress.json");
  {
    const LifeLock other = RunFolder::claim(whole.run_folder);
    const auto refused = trainToy(again, {});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr(whole.run_folder), HasSubstr("is in use by a program that still runs")));
    EXPECT_EQ(bytesOf(whole.run_folder + "/progress.json"), before);
  }
  EXPECT_EQ(trained(again).run_folder, whole.run_folder);
}

TEST(TrainToy, AStateNamedWithoutItsFolderGoesOnInThisOne) {
  const Folder folder;
  const auto whole = trained(small(folder));
  const auto here = fs::current_path();
  fs::current_path(whole.run_folder);
  ToyTrainOptions again;
  again.resume = "training-state-000003.safetensors";
  const auto second = trainToy(again, {});
  fs::current_path(here);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->run_folder, ".");
}

TEST(TrainToy, EventsAreOneFileWhoseStepsNeverGoBack) {
  const Folder folder;
  const auto o = small(folder);
  const auto whole = trained(o);
  const auto files = [&] {
    std::vector<std::string> all;
    for (const auto& e : fs::directory_iterator(whole.run_folder + "/TB_logs")) all.push_back(e.path().string());
    return all;
  };
  ASSERT_EQ(files().size(), 1u);
  const auto check = [](const std::vector<test::ReadEvent>& events) {
    EXPECT_EQ(events.front().version, "brain.Event:2");
    for (std::size_t i = 1; i < events.size(); ++i) {
      EXPECT_GE(events[i].step, events[i - 1].step) << i;
      for (const char* tag : {"train_loss", "lr", "grad_norm", "imgs_per_sec"}) EXPECT_TRUE(events[i].scalars.contains(tag)) << tag;
      EXPECT_GT(events[i].scalars.at("grad_norm"), 0);
    }
  };
  const auto before = test::readEvents(files()[0]);
  check(before);
  EXPECT_GE(before.size(), 11u);
  EXPECT_EQ(before.back().step, 6);
  // From the state in the middle: what the run had written after it goes, and comes again.
  ToyTrainOptions again;
  again.resume = whole.run_folder + "/training-state-000003.safetensors", again.duration = 0.0128;
  EXPECT_EQ(trained(again).run_folder, whole.run_folder);
  ASSERT_EQ(files().size(), 1u);
  const auto after = test::readEvents(files()[0]);
  check(after);
  EXPECT_EQ(after.back().step, 12);
  EXPECT_LE(std::count_if(after.begin(), after.end(), [](const auto& e) { return e.step == 5; }), 3);
}

TEST(TrainToy, NoSubfolderIsTheFolderItselfOnce) {
  const Folder folder;
  auto o = small(folder);
  o.outdir = folder.file("here"), o.nosubdir = true, o.duration = 0.00064;
  const auto r = trained(o);
  EXPECT_EQ(r.run_folder, o.outdir);
  EXPECT_TRUE(fs::exists(o.outdir + "/training_options.json"));
  const auto second = trainToy(o, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, AllOf(HasSubstr(o.outdir), HasSubstr("holds a run already")));
  ToyTrainOptions again;
  again.resume = r.state, again.nosubdir = true, again.outdir = o.outdir, again.duration = 0.00128;
  EXPECT_EQ(trained(again).run_folder, o.outdir);
}

TEST(TrainToy, DescriptionIsAppended) {
  const Folder folder;
  auto o = small(folder);
  o.desc = "try 2", o.duration = 0.000128, o.validation_references = 0;
  EXPECT_EQ(fs::path(trained(o).run_folder).filename(), "00000-circles-PRP-try-2");
}

TEST(TrainToy, MeanTargetsTeachMoreFromTheSameSamples) {
  const Folder folder;
  auto o = small(folder);
  o.batch = 256, o.duration = 0.0768, o.tick = 100, o.width = 32, o.ema = 0.005;
  const double sample = trained(o).validation.mean;
  o.targets = "mean", o.target_references = 32768;
  double share = -1;
  std::vector<std::string> notes;
  JobContext context;
  context.log = [&](const std::string& line) { notes.push_back(line); };
  const auto mean = trained(o, context, [&](const ToyTrainUpdate& u) { share = u.targetShare; });
  EXPECT_LT(mean.validation.mean, sample);
  EXPECT_GT(share, 0);
  EXPECT_LT(share, 1);
  EXPECT_THAT(notes, ::testing::Contains(HasSubstr("targets cost")));
}

TEST(TrainCost, IsWhatItThenTakes) {
  const Folder folder;
  auto o = small(folder);
  o.width = 128, o.depth = 4, o.batch = 1024, o.duration = 0.2048, o.tick = 1000, o.targets = "mean", o.validation_references = 0;
  const auto cost = trainCost(o, {});
  ASSERT_TRUE(cost) << cost.error().message;
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_EQ(cost->steps, 200);
  EXPECT_NEAR(cost->seconds, cost->secondsPerStep * 200, 1e-9);
  EXPECT_GT(cost->parameters, 60000);
  EXPECT_GT(cost->targetShare, 0);
  EXPECT_GT(cost->memory, 1e7);
  EXPECT_LT(cost->memory, 4e9);
  const double took = trained(o).seconds;
  EXPECT_LT(cost->seconds, 8 * took);  // others may load the machine meanwhile
  EXPECT_GT(cost->seconds, took / 8);
  // A large batch is tried in part, and a run to go on from costs what is left of it.
  o.batch = 8192, o.duration = 8.192;
  const auto large = trainCost(o, {});
  ASSERT_TRUE(large);
  EXPECT_GT(large->secondsPerStep, 2 * cost->secondsPerStep);
  o.dims_to_keep = 5;
  EXPECT_FALSE(trainCost(o, {}));
}

TEST(TrainCost, OfARunToGoOnFromIsWhatIsLeft) {
  const Folder folder;
  const auto r = trained(small(folder));
  ToyTrainOptions again;
  again.resume = r.run_folder + "/training-state-000003.safetensors";
  const auto cost = trainCost(again, {});
  ASSERT_TRUE(cost) << cost.error().message;
  EXPECT_EQ(cost->steps, 50);
}

TEST(TrainToy, StopAndKeepThenGoOnInTheSameFolder) {
  const Folder folder;
  auto o = small(folder);
  const auto whole = trained(o);
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  o.duration = 10;  // far more than will run
  const auto kept = trained(o, context, [&](const TrainUpdate& u) {
    if (u.step >= 1) finish.request_stop();
  });
  EXPECT_EQ(kept.end, TrainEnd::stoppedAndKept);
  EXPECT_LT(kept.steps, 1000);
  EXPECT_EQ(readRunState(kept.run_folder), JobState::finished);
  EXPECT_EQ(readTrainingState(kept.state).learner.step(), kept.steps);
  EXPECT_TRUE(networkInfo(kept.network));

  ToyTrainOptions again;
  again.resume = kept.state, again.duration = 0.0128;
  const auto done = trained(again);
  EXPECT_EQ(done.end, TrainEnd::completed);
  EXPECT_EQ(done.run_folder, kept.run_folder);
  EXPECT_EQ(done.steps, 200);
}

TEST(TrainToy, AStopBeforeTheFirstStepLeavesNothingBehind) {
  const Folder folder;
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  finish.request_stop();  // while points are drawn for the eigenbasis
  const auto r = trainToy(small(folder), context);
  ASSERT_FALSE(r);
  EXPECT_TRUE(r.error().cancelled());
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const auto cost = trainCost(small(folder), context);
  ASSERT_FALSE(cost);
  EXPECT_TRUE(cost.error().cancelled());
}

TEST(TrainToy, CancelEndsWithinAFewStepsAndSaysSo) {
  const Folder folder;
  auto o = small(folder);
  o.duration = 100;
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  std::string where;
  const auto r = trainToy(o, context, [&](const TrainUpdate& u) { where = u.run_folder, stop.request_stop(); });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::cancelled);
  EXPECT_EQ(readRunState(where), JobState::cancelled);
  EXPECT_EQ(readRunStatus(where).error, "");
  const auto stats = readStats(where);
  EXPECT_TRUE(stats.empty() || stats.back().at("step").get<int>() < 20);
}

TEST(TrainToy, DivergingStopsNamesTheStepAndKeepsTheLastGoodWeights) {
  const Folder folder;
  auto o = small(folder);
  o.lr = 1e30;
  const auto r = trainToy(o, {});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::diverged);
  EXPECT_THAT(r.error().message, AllOf(HasSubstr("diverged"), HasSubstr("step ")));
  EXPECT_THAT(r.error().hint, AllOf(HasSubstr("last good weights"), HasSubstr(".safetensors"), HasSubstr("lr")));
  const std::string run = folder.file("00000-circles-PRP");
  EXPECT_EQ(readRunState(run), JobState::failed);
  EXPECT_THAT(readRunStatus(run).error, HasSubstr("step "));
  EXPECT_TRUE(at::isfinite(weightsOf(run + "/network-snapshot-000000.safetensors")).all().item<bool>());
}

TEST(TrainToy, OwnPointsFromAFile) {
  const Folder folder;
  std::vector<float> values(600);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i * i % 101)) + static_cast<float>(i % 3);
  writeNpy<float>(folder.file("mine.npy"), values, {200, 3});
  auto o = small(folder);
  o.data_name = "file", o.data_file = folder.file("mine.npy"), o.dims_to_keep = 2;
  const auto r = trained(o);
  EXPECT_EQ(fs::path(r.run_folder).filename(), "00000-mine-PRRto2D");
  const auto info = *networkInfo(r.network);
  EXPECT_EQ(info.dim, 3);
  ASSERT_NE(info.data, nullptr);
  EXPECT_EQ(*info.data, *loadPoints(o.data_file, true).origin) << "file, SHA-256, rows, columns, offset and scale";
  EXPECT_EQ(changedData(info), "");
}

TEST(TrainToy, ResumesWithTheOwnPointsItWasStartedWith) {
  const Folder folder;
  std::vector<float> values(120);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i * i % 101)) + static_cast<float>(i % 2);
  writeNpy<float>(folder.file("mine.npy"), values, {60, 2});
  auto o = small(folder);
  o.data_name = "file", o.data_file = folder.file("mine.npy");
  const auto r = trained(o);
  ToyTrainOptions again;
  again.resume = r.state, again.duration = 2 * o.duration;
  EXPECT_EQ(trained(again).steps, 200);
  values[7] += 0.5f;
  writeNpy<float>(folder.file("mine.npy"), values, {60, 2});
  again.duration = 3 * o.duration;
  const auto refused = trainToy(again, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("mine.npy: is not the data that the run"), HasSubstr("60 rows")));
}

TEST(TrainToy, OwnPointsOfManyColumns) {
  const Folder folder;
  constexpr std::int64_t D = 300;
  std::vector<float> values(400 * D);
  auto dice = at::detail::createCPUGenerator(3);
  const auto noise = at::normal(0., 1., {400, D}, dice, at::kFloat).contiguous();
  std::copy_n(noise.data_ptr<float>(), values.size(), values.begin());
  writeNpy<float>(folder.file("wide.npy"), values, {400, D});
  auto o = small(folder);
  o.data_name = "file", o.data_file = folder.file("wide.npy"), o.dims_to_keep = 2, o.duration = 0.00064;
  const auto r = trained(o);
  const auto info = *networkInfo(r.network);
  EXPECT_EQ(info.dim, D);
  EXPECT_EQ(info.data->dim(), D);
  EXPECT_EQ(readNetwork(r.network).denoiser->basis().dim, D);
}

TEST(TrainToy, BadRequestsLeaveNoFolder) {
  const Folder folder;
  const auto refused = [&](const std::function<void(ToyTrainOptions&)>& change) {
    auto o = small(folder);
    change(o);
    const auto r = trainToy(o, {});
    EXPECT_FALSE(r);
    EXPECT_TRUE(fs::is_empty(folder.path()));
    return r ? std::string() : r.error().message;
  };
  EXPECT_THAT(refused([](auto& o) { o.data_name = "squares"; }), HasSubstr("squares"));
  EXPECT_THAT(refused([](auto& o) { o.dims_to_keep = 3; }), HasSubstr("dims_to_keep"));
  EXPECT_THAT(refused([](auto& o) { o.tmax = 0; }), HasSubstr("tmax"));
  EXPECT_THAT(refused([](auto& o) { o.rho = -1; }), HasSubstr("rho"));
  EXPECT_THAT(refused([](auto& o) { o.device = "cuda:77"; }), HasSubstr("cuda:77"));
  EXPECT_THAT(refused([](auto& o) { o.resume = "/none/such.safetensors"; }), HasSubstr("/none/such.safetensors"));
  EXPECT_THAT(refused([](auto& o) { o.outdir = "/proc/none"; }), HasSubstr("/proc/none"));
}

TEST(TrainToy, ResumingSomethingElseIsRefused) {
  const Folder folder;
  const auto r = trained(small(folder));
  ToyTrainOptions again;
  again.resume = r.state, again.width = 99;
  auto refused = trainToy(again, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("width is 99"), HasSubstr("16")));
  again.width = ToyTrainOptions{}.width, again.data_name = "moons";
  refused = trainToy(again, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("data_name is moons"), HasSubstr("circles")));
}

TEST(TrainingState, DamagedAndForeignFilesAreRefused) {
  const Folder folder;
  const auto r = trained(small(folder));
  const auto whole = bytesOf(r.state);
  const auto message = [&](const std::string& bytes) {
    const auto path = folder.file("state.safetensors");
    std::ofstream(path, std::ios::binary) << bytes;
    const auto text = testing::errorOf([&] { readTrainingState(path); });
    EXPECT_THAT(text, HasSubstr(path));
    return text;
  };
  message("");
  message("hello");
  EXPECT_THAT(message("PK\3\4 not really"), HasSubstr("is an archive of LibTorch"));
  for (const std::size_t part : {3u, 7u, 9u}) message(whole.substr(0, whole.size() * part / 10));
  EXPECT_THAT(message(bytesOf(r.network)), HasSubstr("no training state"));
  const auto network = networkInfo(r.state);
  ASSERT_FALSE(network);
  EXPECT_THAT(network.error().message, HasSubstr("is a training state, not a network"));
  auto state = readTrainingState(r.state);
  state.learner.optimiser.weights[3] = NAN;
  saveTrainingState(folder.file("nan.safetensors"), state);
  EXPECT_THAT(testing::errorOf([&] { readTrainingState(folder.file("nan.safetensors")); }),
              AllOf(HasSubstr("weights"), HasSubstr("not finite")));
  state = readTrainingState(r.state);
  state.learner.optimiser.first = at::zeros({5});
  saveTrainingState(folder.file("short.safetensors"), state);
  EXPECT_THAT(testing::errorOf([&] { readTrainingState(folder.file("short.safetensors")); }), HasSubstr("first"));
}

TEST(Presets, EachReadsAndIsValid) {
  const auto presets = trainPresets();
  std::vector<std::string> names;
  for (const auto& p : presets) {
    names.push_back(p.name);
    EXPECT_FALSE(p.title.empty() || p.about.empty()) << p.name;
    const auto o = trainPreset(p.name);
    EXPECT_NO_THROW(validate(o)) << p.name;
    EXPECT_EQ(o.preset, p.name);
  }
  EXPECT_THAT(names, ::testing::IsSupersetOf({"quick", "careful", "paper"}));
  EXPECT_LT(trainPreset("quick").duration, trainPreset("careful").duration);
  EXPECT_THAT(testing::errorOf([] { trainPreset("hasty"); }), AllOf(HasSubstr("hasty"), HasSubstr("careful, paper, quick")));
}

TEST(Presets, PaperIsTheReferences) {
  const auto o = trainPreset("paper");
  EXPECT_EQ(o.arch, "ToyConvUNet");
  EXPECT_EQ(o.batch, 8192);
  EXPECT_EQ(o.batch_gpu, 1024);
  EXPECT_EQ(o.duration, 7000);
  EXPECT_EQ(o.lr, 1e-5);
  EXPECT_EQ(o.lr_rampup, 10);
  EXPECT_FALSE(o.lr_cosine);
  EXPECT_EQ(o.ema, 0.5);
  EXPECT_EQ(o.targets, "sample");
  EXPECT_EQ(o.bad_gradients, "clean");
  EXPECT_EQ(o.tmax, 7.01);
  EXPECT_EQ(o.tmin, 1e-7);
  EXPECT_EQ(o.gamma0, 5e-4);
  EXPECT_EQ(o.tick, 50);
  EXPECT_EQ(o.snap, 50);
  EXPECT_EQ(o.dump, 500);
  EXPECT_EQ(static_cast<std::int64_t>(std::ceil(o.duration * 1e6 / static_cast<double>(o.batch))), 854493);
}

}  // namespace
}  // namespace inflaton
