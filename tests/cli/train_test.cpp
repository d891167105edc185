// toy-train, toy-simulate net and evaluate: from nothing to a flow and a table of scores.
#include <gmock/gmock.h>

#include <cmath>
#include <csignal>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Train, LeavesARunFolder) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinyTraining(folder.path()));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto files = filesBelow(folder.path());
  const std::string run = files.empty() ? "" : files.front().substr(0, files.front().find('/'));
  EXPECT_EQ(run.substr(0, 6), "00000-");
  for (const char* name : {"options.json", "log.txt", "stats.jsonl", "progress.json"}) EXPECT_THAT(files, Contains(run + "/" + name));
  EXPECT_THAT(files, Contains(::testing::MatchesRegex(".*network-snapshot-.*\\.safetensors")));
  EXPECT_THAT(files, Contains(::testing::MatchesRegex(".*training-state-.*\\.safetensors")));
  const auto options = nlohmann::json::parse(read(folder.path() / run / "options.json"));
  EXPECT_EQ(options.at("options").at("width"), 16);
  EXPECT_THAT(options.at("command").get<std::string>(), HasSubstr("inflaton-cli toy-train"));
  EXPECT_EQ(nlohmann::json::parse(read(folder.path() / run / "progress.json")).at("state"), "finished");
  EXPECT_THAT(ended.out, HasSubstr("network"));
  EXPECT_THAT(ended.out, HasSubstr("error"));
}

TEST(Train, CommandInTheRunFolderRepeatsItsNetwork) {
  const TemporaryFolder folder;
  const std::string first = trainTiny(folder.path(), {"--data_name", "moons", "--seed", "4"});
  ASSERT_FALSE(first.empty());
  const std::string command = nlohmann::json::parse(read(fs::path(first).parent_path() / "options.json")).at("command");
  const Ended again = shell(command, folder.path());
  ASSERT_EQ(again.code, 0) << command << "\n" << again.err;
  fs::path second = fs::path(first).parent_path().filename().string().replace(0, 5, "00001");
  second = folder.path() / second / fs::path(first).filename();
  ASSERT_TRUE(fs::exists(second)) << second;
  EXPECT_EQ(read(first), read(second)) << "same seed, same device, same bytes";
}

TEST(Train, PresetGivesValuesAndWhatIsTypedWins) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-train", "--preset", "quick", "--batch", "77", "--dry-run", "--outdir", folder.path().string()});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto options = nlohmann::json::parse(ended.out).at("options");
  EXPECT_EQ(options.at("batch"), 77);
  const Ended bare = cli({"toy-train", "--preset", "careful", "-n"});
  ASSERT_EQ(bare.code, 0) << bare.err;
  EXPECT_NE(nlohmann::json::parse(bare.out).at("options").at("duration"), options.at("duration"));
  EXPECT_THAT(filesBelow(folder.path()), IsEmpty());

  const Ended unknown = cli({"toy-train", "--preset", "quik"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("quik"));
  EXPECT_THAT(unknown.err, HasSubstr("quick"));
  EXPECT_THAT(unknown.err, HasSubstr("careful"));
}

TEST(Train, NetworkFlowsAndIsEvaluated) {
  const TemporaryFolder folder;
  const std::string network = trainTiny(folder.path(), {"--data_name", "moons", "--tmax", "6"});
  ASSERT_FALSE(network.empty());

  // The network brings its own data set and schedule.
  const Ended flow = cli(
      {"toy-simulate", "net", "--network", network, "--total_samples", "25", "--frames", "4", "--save_dir", (folder / "flow").string()});
  ASSERT_EQ(flow.code, 0) << flow.err;
  EXPECT_THAT(filesBelow(folder / "flow"), ElementsAre("moons_PRP_net_gen_results.npz", "moons_PRP_net_melt_results.npz",
                                                       "moons_PRP_net_rdtrp_results.npz", "moons_PRP_net_sim_params.json"));
  NpzReader melt((folder / "flow/moons_PRP_net_melt_results.npz").string());
  EXPECT_NEAR(melt.doubles("t").back(), 6, 1e-9);

  NpzWriter input((folder / "in.npz").string());
  const std::vector<float> x{0.1f, 0.2f, -1, 0.5f, 2, -2}, t{0.5f, 1, 6};
  input.add("x", x, {3, 2});
  input.add("t", t, {3});
  input.commit();
  const Ended evaluated =
      cli({"evaluate", "--network", network, "--input", (folder / "in.npz").string(), "--output", (folder / "out.npz").string()});
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  NpzReader output((folder / "out.npz").string());
  for (const char* key : {"denoised", "weight", "score"}) output.expectShape(key, {3, 2});
  // score = (D - x) / gamma, with gamma = gamma0 exp(rho t): 5e-4 and 2.
  const auto denoised = output.doubles("denoised"), score = output.doubles("score");
  for (std::size_t i = 0; i < 6; ++i) {
    const double gamma = 5e-4 * std::exp(2 * t[i / 2]);
    EXPECT_NEAR(score[i], (denoised[i] - x[i]) / gamma, 1e-3 * (1 + std::abs(score[i])));
  }
}

TEST(Train, NetworkOfAnotherScheduleOrDimensionIsRefused) {
  const TemporaryFolder folder;
  const std::string network = trainTiny(folder.path());
  ASSERT_FALSE(network.empty());
  for (const std::vector<std::string>& other : {std::vector<std::string>{"--dims_to_keep", "1"},
                                                {"--rho", "1.5"},
                                                {"--tmax", "9"},
                                                {"--data_name", "s_curve"},
                                                {"--data_dim", "2", "--gamma0", "0.001"}}) {
    const Ended ended =
        cli(std::vector<std::string>{"toy-simulate", "net", "--network", network, "--save_dir", (folder / "flow").string()} + other);
    EXPECT_NE(ended.code, 0) << other[0];
    EXPECT_THAT(ended.err, HasSubstr("trained"));
    EXPECT_THAT(ended.err, HasSubstr(network));
    EXPECT_FALSE(fs::exists(folder / "flow"));
  }
}

TEST(Train, OptionsThatTheOthersMakeIdleAreNamed) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinyTraining(folder.path()) +
                          std::vector<std::string>{"--img_res", "16", "--standardize", "--data_name", "moons", "--data_file", "x.csv"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("img_res has no effect with arch Mlp; it is for ToySongUNet"));
  EXPECT_THAT(ended.err, HasSubstr("data_file has no effect with data_name "));
  EXPECT_THAT(ended.err, ::testing::Not(HasSubstr("standardize has no effect"))) << "it was on anyway";
}

TEST(Train, DryRunMakesNoFolder) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinyTraining(folder / "runs") + std::vector<std::string>{"-n"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(fs::exists(folder / "runs"));
  EXPECT_THAT(nlohmann::json::parse(ended.out).at("would_write").dump(), HasSubstr((folder / "runs").string()));
}

TEST(Train, DryRunTellsTheCost) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-train", "--preset", "paper", "--outdir", (folder / "runs").string(), "-n"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto cost = nlohmann::json::parse(ended.out).at("cost");
  EXPECT_EQ(cost.at("steps"), 854493);
  EXPECT_GT(cost.at("seconds_per_step").get<double>(), 0);
  EXPECT_NEAR(cost.at("seconds").get<double>() / cost.at("seconds_per_step").get<double>(), 854493, 1);
  EXPECT_GT(cost.at("memory_bytes").get<double>(), 1e7);
  EXPECT_THAT(cost.at("text").get<std::string>(),
              ::testing::MatchesRegex("7000 Mimg, 854493 steps: about .* days on this machine, .* [MG]B"));
  EXPECT_THAT(filesBelow(folder.path()), IsEmpty());
}

TEST(Train, ALongRunSaysSoBeforeItStarts) {
  const TemporaryFolder folder;
  Process training({"toy-train", "--preset", "paper", "--batch", "64", "--batch_gpu", "32", "--duration", "30", "--validation_references",
                    "0", "--outdir", folder.path().string()});
  ASSERT_TRUE(training.waitUntil([&] { return !filesBelow(folder.path()).empty(); })) << training.err();
  EXPECT_THAT(training.err(), HasSubstr("30 Mimg, 468750 steps: about "));
  EXPECT_THAT(training.err(), HasSubstr("on this machine"));
  training.signal(SIGINT);
  EXPECT_EQ(training.wait(std::chrono::seconds(60)).code, 3);
}

TEST(Train, DivergenceEndsWithFourAndKeepsTheLastGoodWeights) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinyTraining(folder.path()) + std::vector<std::string>{"--lr", "1e30", "--lr_rampup", "0"});
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("step"));
  std::string network;
  for (const auto& file : filesBelow(folder.path()))
    if (file.find("network-snapshot-") != std::string::npos) network = (folder.path() / file).string();
  ASSERT_FALSE(network.empty());
  EXPECT_THAT(ended.err, HasSubstr(network));
  EXPECT_EQ(
      cli({"toy-simulate", "net", "--network", network, "--total_samples", "5", "--frames", "2", "--save_dir", (folder / "flow").string()})
          .code,
      0);
}
