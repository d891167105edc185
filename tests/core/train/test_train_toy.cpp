#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/api/jobs.h"
#include "core/io/npy.h"
#include "core/io/run_folder.h"
#include "core/nets/network_file.h"
#include "core/train/training_state.h"
#include "core/train/validation.h"
#include "tests/core/nets/net_testing.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::Folder;

/// A hundred steps of a small network: a fraction of a second.
ToyTrainOptions small(const Folder& folder) {
  ToyTrainOptions o;
  o.outdir = folder.path();
  o.batch = 64, o.duration = 0.0064, o.tick = 0.64, o.snap = 5, o.dump = 5;
  o.width = 16, o.depth = 2, o.lr_rampup = 0.0005, o.ema = 0.001;
  o.eigenbasis_samples = 2000, o.validation_references = 500, o.validation_queries = 64;
  return o;
}

TrainResult trained(const ToyTrainOptions& o, const JobContext& context = {}, const std::function<void(const TrainUpdate&)>& update = {}) {
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
  const auto r = trained(o, context, [&](const TrainUpdate& u) {
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
  for (const char* name : {"options.json", "training_options.json", "log.txt", "stats.jsonl", "progress.json", "network-snapshot-000003.safetensors",
                           "training-state-000003.pt", "network-snapshot-000006.safetensors", "training-state-000006.pt"})
    EXPECT_TRUE(fs::exists(r.run_folder + "/" + name)) << name;
  EXPECT_EQ(readRunState(r.run_folder), RunState::finished);
  const auto stats = readStats(r.run_folder);
  EXPECT_GE(stats.size(), 10u);
  for (const char* field : {"step", "mimg", "loss", "loss_smoothed", "lr", "seconds", "steps_per_second", "validation"}) EXPECT_TRUE(stats.back().contains(field)) << field;
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

TEST(TrainToy, ResumingIsAsIfItHadNeverStopped) {
  const Folder folder, elsewhere;
  for (const std::int64_t keep : {0, 1}) {
    auto o = small(folder);
    o.dims_to_keep = keep;
    const auto whole = trained(o);
    // From a state that was copied away: a new run folder.
    const auto state = elsewhere.file("copy.pt");
    fs::copy_file(whole.run_folder + "/training-state-000003.pt", state, fs::copy_options::overwrite_existing);
    ToyTrainOptions again;
    again.resume = state, again.outdir = elsewhere.path();
    const auto second = trained(again);
    EXPECT_EQ(second.steps, 100);
    EXPECT_TRUE(at::equal(weightsOf(second.network), weightsOf(whole.network)));
    const auto a = readTrainingState(whole.state).trainer, b = readTrainingState(second.state).trainer;
    EXPECT_TRUE(at::equal(a.weights, b.weights) && at::equal(a.first, b.first) && at::equal(a.second, b.second));
    EXPECT_EQ(a.lossSmoothed, b.lossSmoothed);
  }
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
  EXPECT_EQ(readRunState(kept.run_folder), RunState::finished);
  EXPECT_EQ(readTrainingState(kept.state).trainer.step, kept.steps);
  EXPECT_TRUE(networkInfo(kept.network));

  ToyTrainOptions again;
  again.resume = kept.state, again.duration = 0.0128;
  const auto done = trained(again);
  EXPECT_EQ(done.end, TrainEnd::completed);
  EXPECT_EQ(done.run_folder, kept.run_folder);
  EXPECT_EQ(done.steps, 200);
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
  EXPECT_EQ(readRunState(where), RunState::cancelled);
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
  EXPECT_EQ(readRunState(run), RunState::failed);
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
  EXPECT_EQ(networkInfo(r.network)->dim, 3);
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
  EXPECT_THAT(refused([](auto& o) { o.resume = "/none/such.pt"; }), HasSubstr("/none/such.pt"));
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
    const auto path = folder.file("state.pt");
    std::ofstream(path, std::ios::binary) << bytes;
    const auto text = testing::errorOf([&] { readTrainingState(path); });
    EXPECT_THAT(text, HasSubstr(path));
    return text;
  };
  message("");
  message("hello");
  message("PK\3\4 not really");
  for (const std::size_t part : {3u, 7u, 9u}) message(whole.substr(0, whole.size() * part / 10));
  EXPECT_THAT(message(bytesOf(r.network)), HasSubstr("no training state"));
  auto state = readTrainingState(r.state);
  state.trainer.weights[3] = NAN;
  saveTrainingState(folder.file("nan.pt"), state);
  EXPECT_THAT(testing::errorOf([&] { readTrainingState(folder.file("nan.pt")); }), AllOf(HasSubstr("weights"), HasSubstr("not finite")));
  state = readTrainingState(r.state);
  state.trainer.first = at::zeros({5});
  saveTrainingState(folder.file("short.pt"), state);
  EXPECT_THAT(testing::errorOf([&] { readTrainingState(folder.file("short.pt")); }), HasSubstr("first"));
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
  EXPECT_THAT(names, ::testing::IsSupersetOf({"quick", "careful"}));
  EXPECT_LT(trainPreset("quick").duration, trainPreset("careful").duration);
  EXPECT_THAT(testing::errorOf([] { trainPreset("hasty"); }), AllOf(HasSubstr("hasty"), HasSubstr("careful, quick")));
}

}  // namespace
}  // namespace inflaton
