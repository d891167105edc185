// marginal-posterior and sbc as a user runs them: on a pretrained network, end to end, with slips.
#include <gmock/gmock.h>

#include <csignal>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

/// Some seconds: a solver of few steps, few latents.
std::vector<std::string> quick(const std::string& command, const fs::path& output) {
  return {command,    "--network",    pretrained("circles-PRRto1D-soft"), "--map", "solver", "--steps", "12", "--points", "1000",
          "--output", output.string()};
}

}  // namespace

TEST(Calibration, MarginalPosteriorOfAPretrainedNetwork) {
  const TemporaryFolder folder;
  const auto words = quick("marginal-posterior", folder / "m.npz") + std::vector<std::string>{"--gt_n", "1000", "--draws", "100"};
  const Ended dry = cli(words + std::vector<std::string>{"-n"});
  ASSERT_EQ(dry.code, 0) << dry.err;
  EXPECT_FALSE(fs::exists(folder / "m.npz"));
  const auto plan = nlohmann::json::parse(dry.out);
  EXPECT_EQ(plan["options"]["source"], "net");
  EXPECT_EQ(plan["options"]["dims_to_keep"], 1);  // the network's
  EXPECT_EQ(plan["would_write"], nlohmann::json::array({(folder / "m.npz").string()}));

  const Ended ended = cli(words);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("1000 observations, 1000 latents of each component"), HasSubstr("w2"), HasSubstr("flat on the logits")));
  const Ended again = cli(words + std::vector<std::string>{"--threads", "1", "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  const auto end = jsonLines(again.err).back();
  EXPECT_EQ(end["mean"].size(), 3u);
  EXPECT_FALSE(end.contains("log_evidence"));
  const NpzReader npz((folder / "m.npz").string());
  npz.expectShape("draws", {100, 3});
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(npz.doubles("mean")[k], npz.doubles("truth")[k], 5 * npz.doubles("sd")[k]);
}

TEST(Calibration, TheSameBytesAgain) {
  const TemporaryFolder folder;
  const auto words = [&](const char* name, const char* threads) {
    return quick("sbc", folder / name) +
           std::vector<std::string>{"--replicates", "10", "--observations", "30", "--posterior_draws", "49", "--threads", threads};
  };
  const Ended ended = cli(words("one.npz", "1"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("10 replicates of 30 observations"), HasSubstr("credible"), HasSubstr("binomial 95 %")));
  ASSERT_EQ(cli(words("two.npz", "2")).code, 0);
  const NpzReader one((folder / "one.npz").string()), two((folder / "two.npz").string());
  one.expectShape("ranks", {3, 10});
  EXPECT_EQ(one.int64s("ranks"), two.int64s("ranks"));
}

TEST(Calibration, SlipsAreNamed) {
  const TemporaryFolder folder;
  const auto fails = [&](const std::vector<std::string>& words, const std::string& says) {
    const Ended ended = cli(words + std::vector<std::string>{"--output", (folder / "x.npz").string()});
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(says));
    EXPECT_FALSE(fs::exists(folder / "x.npz"));
  };
  fails({"marginal-posterior", "--network", pretrained("s_curve-PRP")}, "2");
  fails({"marginal-posterior", "--source", "net"}, "network is empty");
  fails({"marginal-posterior", "--points", "3"}, "points");
  fails({"marginal-posterior", "--prior", "jeffreys"}, "softmax");
  fails({"sbc", "--network", pretrained("circles-PRP"), "--dims_to_keep", "1"}, "was trained for PRP");
  fails({"sbc", "--score_scale", "-1"}, "score_scale");
  fails({"sbc", "--replicates", "0"}, "replicates");
  fails({"sbc", "--gt_n", "5"}, "gt_n");
  EXPECT_EQ(cli({"marginal-posterior", "--network", (folder / "none.safetensors").string()}).code, 1);
}

TEST(Calibration, TheFirstInterruptKeepsWhatIsDone) {
  const TemporaryFolder folder;
  Process process(quick("sbc", folder / "sbc.npz") + std::vector<std::string>{"--replicates", "5000", "--observations", "200", "--json"});
  ASSERT_TRUE(process.waitUntil([&] { return process.err().find("\"replicates\"") != std::string::npos; }));
  process.signal(SIGINT);
  const Ended ended = process.wait();
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto end = jsonLines(ended.err).back();
  EXPECT_GT(end["replicates"].get<int>(), 0);
  EXPECT_LT(end["replicates"].get<int>(), 5000);
  EXPECT_TRUE(fs::exists(folder / "sbc.npz"));
}
