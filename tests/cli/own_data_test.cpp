// Own points from training to flow to density: the network brings its data, in the file's units, or it is said what is missing.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

/// 60 rows "mass,length,...", of which no two are alike.
std::string table(int columns) {
  std::string csv;
  for (const char* name : {"mass", "length", "age", "height", "depth"})
    if (columns-- > 0) csv += (csv.empty() ? "" : ",") + std::string(name);
  const auto D = static_cast<int>(std::count(csv.begin(), csv.end(), ',')) + 1;
  for (int i = 0; i < 60; ++i)
    for (int j = 0; j < D; ++j)
      csv += (j ? "," : "\n") + std::to_string(100.0 * (j + 1) + std::pow(2.0, j) * (std::sin(i * (j + 1.5)) + 0.3 * std::cos(7.3 * i)));
  return csv + "\n";
}

class OwnData : public ::testing::TestWithParam<int> {};

}  // namespace

TEST_P(OwnData, FromTrainingToDensity) {
  const TemporaryFolder folder;
  const int D = GetParam();
  write(folder / "mine.csv", table(D));
  const std::string network = trainTiny(folder / "runs", {"--data_name", "file", "--data_file", (folder / "mine.csv").string()});
  ASSERT_FALSE(network.empty());

  const Ended flow =
      cli({"toy-simulate", "net", "--network", network, "--frames", "4", "--save_dir", (folder / "flow").string(), "--json"});
  ASSERT_EQ(flow.code, 0) << flow.err;
  const auto result = jsonLines(flow.err).back();
  EXPECT_EQ(result.at("data_name"), "mine");
  EXPECT_EQ(result.at("points"), 60);
  EXPECT_EQ(result.at("rows"), "all 60 rows of mine.csv, in the file's order");
  EXPECT_EQ(result.at("data").at("columns").at(1), "length");
  const NpzReader melt((folder / "flow" / "mine_PRP_net_melt_results.npz").string());
  const auto x = melt.doubles("x");
  ASSERT_EQ(x.size(), static_cast<std::size_t>(60 * D));
  for (int i = 0; i < 60; ++i)  // the first column, row for row
    ASSERT_NEAR(x[static_cast<std::size_t>(i * D)], 100 + std::sin(i * 1.5) + 0.3 * std::cos(7.3 * i), 2e-6) << i;
  const auto parameters = nlohmann::json::parse(read(folder / "flow" / "mine_PRP_net_sim_params.json"));
  EXPECT_EQ(parameters.at("data").at("columns").at(0), "mass");
  EXPECT_EQ(parameters.at("data").at("offset").size(), static_cast<std::size_t>(D));

  const Ended density = cli({"density", "net", "--network", network, "--tolerance", "1e-3", "--output", (folder / "d.npz").string()});
  ASSERT_EQ(density.code, 0) << density.err;
  EXPECT_THAT(density.out, AllOf(HasSubstr("60 points"), HasSubstr("per unit of mass x length")));
  EXPECT_THAT(density.err, HasSubstr("all 60 rows of mine.csv"));
  const NpzReader d((folder / "d.npz").string());
  EXPECT_NEAR(d.doubles("x")[0], x[0], 1e-6);

  const Ended residuals =
      cli({"residuals", "extract", "--network", network, "--n_time_pts", "4", "--h", "1", "--save_dir", folder.path().string()});
  ASSERT_EQ(residuals.code, 0) << residuals.err;
  const NpzReader r((folder / "mine_PRP_toy_net_outputs_residuals.npz").string());
  r.expectShape("net_residuals", {4, 60, D});
  EXPECT_EQ(nlohmann::json::parse(r.text("meta")).at("data").at("columns").at(0), "mass");
}

INSTANTIATE_TEST_SUITE_P(Columns, OwnData, ::testing::Values(2, 5));

TEST(OwnDataOfANetwork, GoesWithItOrIsMissed) {
  const TemporaryFolder folder;
  write(folder / "mine.csv", table(2));
  const std::string file = (folder / "mine.csv").string();
  const std::string network = trainTiny(folder / "runs", {"--data_name", "file", "--data_file", file});
  ASSERT_FALSE(network.empty());
  const std::vector<std::vector<std::string>> all{{"toy-simulate", "net"},  {"density", "net"}, {"compare-solvers", "net"},
                                                  {"residuals", "extract"}, {"toy-mcmc"},       {"sbc"},
                                                  {"marginal-posterior"},   {"hmc-demo"},       {"toy-coverage"}};
  const auto run = [&](const std::vector<std::string>& command, const std::vector<std::string>& more = {}) {
    return cli(command + std::vector<std::string>{"--network", network, "-n"} + more, {.folder = folder.path()});
  };
  for (const auto& command : all) {
    const Ended plan = run(command);
    ASSERT_EQ(plan.code, 0) << command[0] << plan.err;
    const auto options = nlohmann::json::parse(plan.out).at("options");
    EXPECT_EQ(options.at("data_name"), "file") << command[0];
    EXPECT_EQ(options.at("data_file"), file) << command[0];
    const Ended asked = run(command, {"--data_name", "circles"});
    ASSERT_EQ(asked.code, 0) << asked.err;
    EXPECT_EQ(nlohmann::json::parse(asked.out).at("options").at("data_name"), "circles") << "others can be asked for";
  }

  const std::size_t withPoints = 4;  // the first commands look at the data
  write(folder / "mine.csv", table(2) + "1,2\n");
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Ended changed = run(all[k]);
    EXPECT_EQ(changed.code, k < withPoints ? 1 : 0) << all[k][0] << changed.err;
    if (k < withPoints) {
      EXPECT_THAT(changed.err, AllOf(HasSubstr("mine.csv: has changed since the network"), HasSubstr("--data_file")));
    }
  }
  const Ended taken = cli({"toy-simulate", "net", "--network", network, "--data_file", file, "--frames", "3", "--direction", "melt",
                           "--save_dir", (folder / "flow").string()});
  ASSERT_EQ(taken.code, 0) << taken.err;
  EXPECT_THAT(taken.err, HasSubstr("has changed since the network was trained on it"));
  EXPECT_THAT(taken.out, HasSubstr("all 61 rows of mine.csv"));

  fs::remove(folder / "mine.csv");
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Ended gone = run(all[k]);
    EXPECT_EQ(gone.code, k < withPoints ? 1 : 0) << all[k][0] << gone.err;
    if (k < withPoints) {
      EXPECT_THAT(gone.err, HasSubstr("mine.csv: there is no such file; the network"));
    }
  }
}

TEST(OwnDataOfANetwork, IsTakenAsItWasSeen) {
  const TemporaryFolder folder;
  const std::string file = (folder / "mine.csv").string(), points = (folder / "points.csv").string();
  write(folder / "mine.csv", "mass,length\nkg,m\n" + table(2).substr(table(2).find('\n') + 1));
  const std::string network = trainTiny(folder / "runs", {"--data_file", file});
  ASSERT_FALSE(network.empty());
  const auto refused = [&](const std::vector<std::string>& more, const std::string& said) {
    const Ended ended = cli(std::vector<std::string>{"density", "net", "--network", network} + more, {.folder = folder.path()});
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(said));
  };
  refused({"--standardize", "false"}, "standardize is false, but the network saw");
  write(points, "mass,length\ng,m\n1030,0.1\n1031,0.2\n");
  refused({"--points", points}, "points.csv: column 1 (mass) is in \"g\"; the data whose units hold");
  write(points, "mass,length\nkg,m\n1030,0.1\n1031,0.2\n");
  const Ended told = cli({"density", "net", "--network", network, "--points", points, "--output", (folder / "d.npz").string()});
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr("units")) << "what was taken for the row of units is said";
}

TEST(OwnDataOfARun, IsHeldAgainstTheState) {
  const TemporaryFolder folder;
  const std::string file = (folder / "mine.csv").string();
  write(folder / "mine.csv", table(2));
  ASSERT_FALSE(trainTiny(folder / "runs", {"--data_file", file}).empty());
  fs::path state;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "runs"))
    if (entry.path().filename().string().starts_with("training-state-")) state = entry.path();
  ASSERT_FALSE(state.empty());
  const fs::path alone = folder / "alone";  // no network beside it tells of the data
  fs::create_directory(alone);
  fs::copy(state, alone / state.filename());
  write(folder / "mine.csv", table(2) + "1,2\n");
  const Ended ended = cli({"toy-train", "--resume", (alone / state.filename()).string(), "--duration", "1", "--outdir", alone.string()});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("mine.csv: is not the data that the run of"));
}

TEST(OwnDataRows, AFileThatIsNamedIsTheData) {
  const TemporaryFolder folder;
  write(folder / "mine.csv", table(2));
  const Ended plan = cli({"toy-train", "--data_file", (folder / "mine.csv").string(), "-n"});
  ASSERT_EQ(plan.code, 0) << plan.err;
  EXPECT_EQ(nlohmann::json::parse(plan.out).at("options").at("data_name"), "file");
  for (const char* command : {"toy-mcmc", "marginal-posterior", "toy-simulate"}) {
    const Ended unset = cli({command, "--network", "", "-n"});
    EXPECT_EQ(unset.code, 2) << command;
    EXPECT_THAT(unset.err, HasSubstr("network is empty"));
  }
}

TEST(OwnDataRows, AnotherNumberIsSaid) {
  const TemporaryFolder folder;
  write(folder / "mine.csv", table(2));
  const std::vector<std::string> line{"toy-simulate", "discrete", "--data_name", "file", "--data_file", (folder / "mine.csv").string(),
                                      "--frames",     "3",        "--direction", "melt", "--save_dir",  (folder / "flow").string()};
  const Ended all = cli(line), some = cli(line + std::vector<std::string>{"--total_samples", "20"});
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("all 60 rows of mine.csv, in the file's order"));
  ASSERT_EQ(some.code, 0) << some.err;
  EXPECT_THAT(some.out, HasSubstr("20 points drawn with replacement from the 60 rows of mine.csv"));
  NpzReader((folder / "flow" / "mine_PRP_melt_results.npz").string()).expectShape("rows", {20});
}
