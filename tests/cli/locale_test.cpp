// Every command under a decimal comma leaves the files that it leaves under the C locale; names that are no UTF-8 are refused before any
// work.
#include <gmock/gmock.h>

#include "core/api/utf8.h"
#include "tests/cli/support.h"
#include "tests/german.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::HasSubstr;

namespace {

using Words = std::vector<std::string>;

/// Small runs of all commands that write files, one after the other, in `folder`; names are relative, so that files do not differ in them.
/// Returns what the commands printed, without times.
std::set<std::string> runAll(const fs::path& folder, const std::string& locale) {
  std::set<std::string> said;
  const auto run = [&](const Words& words) {
    Setting setting;
    setting.folder = folder;
    setting.environment = {{"LC_ALL", locale}, {"LANGUAGE", ""}};
    const Ended ended = cli(words, setting);
    EXPECT_EQ(ended.code, 0) << words[0] << " under " << locale << ": " << ended.err;
    said.merge(linesWithoutNumbers(ended.out));
    return ended;
  };
  const std::string points = "-0.5,0.25\n0.5,0.125\n1.5,-0.75\n0.25,1\n";
  write(folder / "points.csv", "x,y\n" + points);
  const Ended trained = run(tinyTraining("runs") + Words{"--json"});
  const auto lines = jsonLines(trained.err);
  const std::string network = lines.empty() ? "" : lines.back().value("network", "");
  EXPECT_FALSE(network.empty());
  run({"toy-simulate", "discrete", "--total_samples", "40", "--gamma0", "0.05", "--save_dir", "flow"});
  run({"toy-simulate", "--network", network, "--total_samples", "20", "--save_dir", "net"});
  run({"toy-coverage", "--network", network, "--save_dir", "cover", "--test_pts", "200", "--boundary_pts", "40", "--r_num", "2", "--steps",
       "12", "--r_min", "0.5"});
  run({"density", "discrete", "--total_samples", "60", "--gamma0", "0.05", "--points", "points.csv", "--tolerance", "1e-4", "--output",
       "density.npz"});
  run({"residuals", "extract", "--network", network, "--n_samples", "20", "--n-time-pts", "6", "--h", "0.5", "--save_dir", "residuals"});
  run({"compare-solvers", "discrete", "--total_samples", "60", "--solvers", "adams,euler", "--budgets", "16,64", "--output", "work.csv"});
  run({"toy-mcmc", "--total_samples", "40",  "--gamma0",     "0.05",  "--map",    "solver", "--solver", "rk4", "--steps",
       "6",        "--gt_n",          "100", "--gt_eps_mvn", "0.05",  "--chains", "2",      "--burn",   "10",  "--mcmc_n",
       "20",       "--max_depth",     "4",   "--outdir",     "chains"});
  run({"hmc-demo", "--network", pretrained("circles-PRP"), "--gt_n", "10", "--steps", "12", "--transitions", "2", "--grid", "12",
       "--output", "demo.npz"});
  const Words quick{"--network", pretrained("circles-PRRto1D-soft"), "--map", "solver", "--steps", "12", "--points", "600"};
  run(Words{"marginal-posterior"} + quick + Words{"--gt_n", "1000", "--output", "marginal.npz"});
  run(Words{"sbc"} + quick + Words{"--replicates", "10", "--observations", "20", "--posterior_draws", "19", "--output", "sbc.npz"});
  run({"export-network", network, "net.npz", "net.json"});
  return said;
}

}  // namespace

TEST(Locale, EveryFileOfEveryCommandIsTheSameUnderADecimalComma) {
  if (!germanIsThere()) GTEST_SKIP() << kNoGerman;
  const TemporaryFolder c, german;
  const auto plain = runAll(c.path(), "C"), comma = runAll(german.path(), kGerman);
  EXPECT_EQ(plain, comma);
  EXPECT_GT(filesBelow(c.path()).size(), 30u);
  expectSameFiles(c.path(), german.path());
}

// The comparison can fail.
TEST(Locale, ACommaWouldBeSeen) {
  EXPECT_EQ(linesWithoutNumbers("loss 0.25 in 3 s\n"), linesWithoutNumbers("loss 1e-05 in 12.5 s\n"));
  EXPECT_NE(linesWithoutNumbers("loss 0.25\n"), linesWithoutNumbers("loss 0,25\n"));
  EXPECT_NE(linesWithoutNumbers("[1,2]\n"), linesWithoutNumbers("[1,2,3]\n"));
}

TEST(FileNames, ThatAreNoUtf8AreRefusedBeforeAnyWork) {
  const TemporaryFolder folder;
  write(folder / "m\xE9ss.csv", "x,y\n1,2\n2,1\n3,5\n4,4\n");
  const std::vector<Words> all{{"toy-simulate", "--data_file", "m\xE9ss.csv"},
                               {"toy-simulate", "--data_file=m\xE9ss.csv", "-n"},
                               {"toy-simulate", "--save_dir", "out\xE9"},
                               {"toy-train", "--outdir", "out\xE9", "--duration", "0.01"},
                               {"toy-train", "--desc", "\xFF", "--duration", "0.01"},
                               {"toy-coverage", "--network", "\xE9.safetensors"},
                               {"density", "--output", "d\xE9.npz"},
                               {"toy-mcmc", "--resume", "r\xE9"},
                               {"import-network", "\xE9.npz", "a.json", "b.safetensors"},
                               {"residuals", "correlate", "--res_root", "\xE9.npz"}};
  for (const Words& words : all)
    for (const bool json : {false, true}) {
      Setting setting;
      setting.folder = folder.path();
      const Ended ended = cli(json ? words + Words{"--json"} : words, setting);
      EXPECT_EQ(ended.code, 2) << words[0] << ": " << ended.err;
      EXPECT_THAT(ended.err, HasSubstr("is not UTF-8; allowed"));
      EXPECT_TRUE(isUtf8(ended.err) && isUtf8(ended.out)) << shownUtf8(ended.err);
      if (json) {
        EXPECT_EQ(jsonLines(ended.err).back().value("code", 0), 2);
      }
    }
  EXPECT_EQ(filesBelow(folder.path()), Words{"m\xE9ss.csv"});
}

// The name of the folder in which one works is in no file.
TEST(FileNames, AFolderThatIsNoUtf8IsWorkedIn) {
  const TemporaryFolder folder;
  const fs::path inside = folder / "\xE9t\xE9";
  fs::create_directories(inside);
  Setting setting;
  setting.folder = inside;
  const Ended trained = cli(tinyTraining("runs") + Words{"--json"}, setting);
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::string network = jsonLines(trained.err).back().value("network", "");
  ASSERT_EQ(cli({"toy-simulate", "--network", network, "--total_samples", "20", "--save_dir", "flow"}, setting).code, 0);
  ASSERT_EQ(cli({"toy-coverage", "--network", network, "--save_dir", "cover", "--test_pts", "100", "--boundary_pts", "30", "--r_num", "1",
                 "--steps", "12"},
                setting)
                .code,
            0);
  for (const auto& [name, content] : contentsBelow(inside))
    if (name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".txt")) {
      EXPECT_TRUE(isUtf8(content)) << name;
    }
}
