// density, residuals extract and residuals correlate: files, keys and shapes; the same bytes again; what they say.
#include <gmock/gmock.h>

#include <cmath>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

std::vector<std::string> names(const NpzReader& npz) {
  std::vector<std::string> all;
  for (const auto& info : npz.arrays()) all.push_back(info.name);
  return all;
}

}  // namespace

TEST(Residuals, ExtractAndCorrelateLeaveTheReferencesFiles) {
  const TemporaryFolder folder;
  const std::string network = trainTiny(folder / "runs", {"--data_name", "moons", "--dims_to_keep", "1"});
  const std::vector<std::string> extract{"residuals",    "extract", "--network", network, "--n_samples", "50",
                                         "--n-time-pts", "6",       "--h",       "1",     "--save_dir"};
  const Ended first = cli(extract + std::vector<std::string>{(folder / "a").string()});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(filesBelow(folder / "a"),
              ElementsAre("moons_PRRto1_toy_net_outputs_residuals.npz"));  // data set and schedule come with the network
  ASSERT_EQ(cli(extract + std::vector<std::string>{(folder / "b").string()}).code, 0);
  const auto file = (folder / "a" / "moons_PRRto1_toy_net_outputs_residuals.npz").string();
  {
    const NpzReader a(file), b((folder / "b" / "moons_PRRto1_toy_net_outputs_residuals.npz").string());
    EXPECT_THAT(names(a), ElementsAre("net_outputs", "net_residuals", "t", "seed", "meta"));
    a.expectShape("net_residuals", {6, 50, 2});
    EXPECT_EQ(a.floats("net_residuals"), b.floats("net_residuals"));
    EXPECT_EQ(nlohmann::json::parse(a.text("meta")).at("options").at("along"), "fresh");
  }
  const std::vector<std::string> correlate{"residuals", "correlate", "--res_root", file, "--save-dir", (folder / "a").string()};
  const Ended dry = cli(correlate + std::vector<std::string>{"-n"});
  ASSERT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("moons_PRRto1_toy_autocorrelations.npz"));
  EXPECT_EQ(filesBelow(folder / "a").size(), 1u);
  const Ended done = cli(correlate + std::vector<std::string>{"--json"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(jsonLines(done.err).back().dump(), HasSubstr("moons_PRRto1_toy_autocorrelations.npz"));
  const NpzReader out((folder / "a" / "moons_PRRto1_toy_autocorrelations.npz").string());
  EXPECT_THAT(names(out), ElementsAre("net_output_acs", "net_residual_acs", "net_output_acs_proper", "net_residual_acs_proper", "diag_mean",
                                      "t", "meta"));
  out.expectShape("net_residual_acs", {6, 2, 2});
  EXPECT_NEAR(out.doubles("diag_mean")[0], 1, 1e-9);
}

TEST(Residuals, MoreTimesThanMemoryHoldsAtOnce) {
  // The arrays of 4000 x 700 x 2 would be 45 MB; doubling the times must not add to the peak.
  const TemporaryFolder folder;
  const std::string network = trainTiny(folder / "runs");
  const auto peak = [&](const char* times, const char* h) {
    const Ended ended = cli({"residuals", "extract", "--network", network, "--n_samples", "20000", "--n_time_pts", times, "--h", h,
                             "--save_dir", folder.path().string()});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.peakMegabytes;
  };
  const long few = peak("10", "0.1"), many = peak("300", "0.02");
  EXPECT_LT(many, few + 40);  // one array of 300 x 20000 x 2 alone is 48 MB
}

TEST(Density, GridAndPoints) {
  const TemporaryFolder folder;
  const Ended grid = cli({"density", "discrete", "--total_samples", "60", "--gamma0", "0.05", "--grid", "24", "--tolerance", "1e-4",
                          "--output", (folder / "grid.npz").string(), "--json"});
  ASSERT_EQ(grid.code, 0) << grid.err;
  const auto end = jsonLines(grid.err).back();
  EXPECT_THAT(end.dump(), HasSubstr("mass_on_grid"));
  const NpzReader npz((folder / "grid.npz").string());
  EXPECT_THAT(names(npz), ElementsAre("x", "log_density", "latent", "singular", "grid", "grid_x", "grid_y", "meta"));
  npz.expectShape("x", {576, 2}), npz.expectShape("grid_x", {24}), npz.expectShape("singular", {576, 2});
  EXPECT_THAT(npz.int64s("grid"), ElementsAre(24, 24));
  double mass = 0;
  const auto x = npz.doubles("grid_x"), y = npz.doubles("grid_y");
  for (const double v : npz.doubles("log_density")) mass += std::exp(v) * (x[1] - x[0]) * (y[1] - y[0]);
  EXPECT_NEAR(mass, 1, 0.01);

  write(folder / "points.csv", "a,b\n0,0\n0.5,0.1\n-1,1\n");
  const Ended points = cli({"density", "discrete", "--total_samples", "60", "--gamma0", "0.05", "--points",
                            (folder / "points.csv").string(), "--probes", "4", "--output", (folder / "points.npz").string()});
  ASSERT_EQ(points.code, 0) << points.err;
  EXPECT_THAT(points.out, HasSubstr("standard error"));
  const NpzReader some((folder / "points.npz").string());
  EXPECT_THAT(names(some), ElementsAre("x", "log_density", "latent", "standard_error", "meta"));
  some.expectShape("standard_error", {3});

  write(folder / "wrong.csv", "0,0,1\n0.5,0.1,2\n-1,1,3\n");
  const Ended wrong =
      cli({"density", "discrete", "--points", (folder / "wrong.csv").string(), "--output", (folder / "wrong.npz").string()});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("has 3 columns; needed: 2"));
}
