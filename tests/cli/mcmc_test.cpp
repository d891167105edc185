// toy-mcmc and hmc-demo as a user runs them: signals, kill -9, a full disk, going on, slips.
#include <gmock/gmock.h>

#include <csignal>

#include "core/io/npz.h"
#include "core/io/run_folder.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

/// Some seconds: an exact score of few points, few latents, the solver.
std::vector<std::string> small(const fs::path& outdir) {
  return {"toy-mcmc", "--total_samples", "40",  "--gamma0",     "0.05",     "--map",        "solver", "--solver", "rk4", "--steps",
          "6",        "--gt_n",          "100", "--gt_eps_mvn", "0.05",     "--chains",     "2",      "--burn",   "20",  "--mcmc_n",
          "40",       "--max_depth",     "4",   "--json",       "--outdir", outdir.string()};
}

int occurrences(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

fs::path runIn(const fs::path& outdir) {
  fs::path last;
  if (fs::exists(outdir))
    for (const auto& entry : fs::directory_iterator(outdir)) last = std::max(last, entry.path());
  return last;
}

/// The files that must not depend on when or in how many sittings a run took place.
std::map<std::string, std::string> lasting(const fs::path& run) {
  std::map<std::string, std::string> all;
  for (const char* name : {"sampled_weights.npz", "sampled_zs.npz", "posterior.npz", "summary.csv", "summary.json"})
    all[name] = read(run / name);
  return all;
}

void goesOn(const fs::path& run, const fs::path& whole) {
  const Ended rest = cli({"toy-mcmc", "--resume", run.string()});
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(readRunState(run.string()), JobState::finished);
  EXPECT_EQ(lasting(run), lasting(whole));
}

}  // namespace

TEST(ToyMcmcCommand, KilledAndInterruptedRunsGoOnToTheSameBytes) {
  const TemporaryFolder folder;
  const Ended whole = cli(small(folder / "whole"));
  ASSERT_EQ(whole.code, 0) << whole.err;
  const auto end = jsonLines(whole.err).back();
  EXPECT_EQ(end.at("iteration"), 60);
  EXPECT_EQ(end.at("weights").size(), 3u);

  for (const int how : {SIGKILL, SIGINT}) {
    const fs::path outdir = folder / std::to_string(how);
    Process chains(small(outdir) + std::vector<std::string>{"--checkpoint", "0.01"});
    // The first line may come before the first draw that is kept.
    ASSERT_TRUE(chains.waitUntil([&] { return occurrences(chains.err(), "\"stage\":\"sampling\"") >= 3; })) << chains.err();
    chains.signal(how);
    const Ended ended = chains.wait();
    const fs::path run = runIn(outdir);
    ASSERT_TRUE(fs::exists(run / "checkpoint.npz"));
    if (how == SIGKILL) {
      EXPECT_EQ(ended.signal, SIGKILL);
      EXPECT_EQ(readRunState(run.string()), JobState::lost);
    } else {
      EXPECT_EQ(ended.code, 3) << ended.err;
      const auto last = jsonLines(ended.err).back();
      EXPECT_EQ(last.at("state"), "cancelled");
      EXPECT_THAT(last.at("hint").get<std::string>(), HasSubstr("--resume " + run.string()));
      EXPECT_TRUE(fs::exists(run / "sampled_weights.npz"));
    }
    goesOn(run, runIn(folder / "whole"));
  }
}

TEST(ToyMcmcCommand, AFullDiskLosesNothing) {
  const TemporaryFolder folder;
  ASSERT_EQ(cli(small(folder / "whole") + std::vector<std::string>{"--mcmc_n", "70"}).code, 0);
  // The latents' file grows by 1.6 kB a draw.
  const Ended full = cli(small(folder / "full") + std::vector<std::string>{"--mcmc_n", "70", "--checkpoint", "0.2"},
                         {.folder = {}, .fileLimitBytes = 80'000});
  EXPECT_EQ(full.code, 1) << full.err;
  EXPECT_THAT(full.err, HasSubstr("latents.part"));
  const fs::path run = runIn(folder / "full");
  ASSERT_TRUE(fs::exists(run / "checkpoint.npz")) << full.err;
  EXPECT_THAT(full.err, HasSubstr("--resume " + run.string()));
  goesOn(run, runIn(folder / "whole"));
}

TEST(ToyMcmcCommand, WhatIsTypedBesideResumeMustBeWhatItWas) {
  const TemporaryFolder folder;
  ASSERT_EQ(cli(small(folder / "runs") + std::vector<std::string>{"--burn", "5", "--mcmc_n", "5", "--acpt", "0.9"}).code, 0);
  const std::string run = runIn(folder / "runs").string();
  const auto refused = [&](const std::string& option, const std::string& value, const std::string& was) {
    const Ended ended = cli({"toy-mcmc", "--resume", run, option, value});
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(option.substr(2) + " is " + value), HasSubstr(was)));
  };
  refused("--acpt", "0.7", "0.9");  // the default, but not what the run had
  refused("--seed", "5", "123");
  refused("--mcmc_n", "4", "at least 5");
  EXPECT_EQ(cli({"toy-mcmc", "--resume", run, "--mcmc_n", "8"}).code, 0);
  EXPECT_EQ(NpzReader(run + "/sampled_weights.npz").shape("arr_0")[0], 16);
}

TEST(ToyMcmcCommand, SlipsAreNamed) {
  const TemporaryFolder folder;
  const auto fails = [&](const std::vector<std::string>& words, const std::string& says, int code = 2) {
    const Ended ended = cli(std::vector<std::string>{"toy-mcmc", "--outdir", (folder / "runs").string()} + words);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(says));
    EXPECT_FALSE(fs::exists(folder / "runs"));
  };
  fails({"--network", pretrained("s_curve-PRP")}, "2");
  fails({"--network", pretrained("circles-PRP"), "--dims_to_keep", "1"}, "was trained for PRP", 2);
  fails({"--network", (folder / "none.safetensors").string()}, "none.safetensors", 1);
  fails({"--source", "net"}, "network is empty");
  fails({"--chains", "0"}, "chains");
  fails({"--acpt", "0"}, "acpt");
  fails({"--acpt", "1"}, "acpt");
  fails({"--gt_n", "0"}, "gt_n");
  fails({"--sampler", "gibbs"}, "nuts");
  fails({"--resume", (folder / "nowhere").string()}, "nowhere");
}

TEST(ToyMcmcCommand, ADryRunTakesTheReferencesOptions) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-mcmc",
                           "--outdir",
                           (folder / "runs").string(),
                           "--network",
                           pretrained("circles-PRP"),
                           "--gt_n",
                           "20",
                           "--gt_eps_mvn",
                           "0.02",
                           "--net_eps_cd",
                           "1",
                           "--tmax",
                           "7.01",
                           "--step_size",
                           "0.001",
                           "--traj_length",
                           "15",
                           "--burn",
                           "500",
                           "--mcmc_n",
                           "1500",
                           "--acpt",
                           "0.8",
                           "--seed",
                           "4",
                           "-n"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto plan = nlohmann::json::parse(ended.out);
  EXPECT_EQ(plan["options"]["source"], "net");
  EXPECT_EQ(plan["options"]["traj_length"], 15);
  EXPECT_THAT(plan["would_write"].dump(), HasSubstr("sampled_zs.npz"));
  EXPECT_FALSE(fs::exists(folder / "runs"));
}

TEST(HmcDemoCommand, WritesItsPaths) {
  const TemporaryFolder folder;
  const Ended ended = cli({"hmc-demo", "--network", pretrained("circles-PRP"), "--gt_n", "10", "--steps", "12", "--transitions", "4",
                           "--grid", "20", "--output", (folder / "d.npz").string()});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("4 transitions"));
  NpzReader((folder / "d.npz").string()).expectShape("log_density", {20, 20});
}
