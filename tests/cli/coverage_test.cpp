// toy-coverage as a user runs it: on a pretrained network, with the reference's options, with slips.
#include <gmock/gmock.h>

#include <csignal>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

/// A run of a second or two.
std::vector<std::string> quick(const std::string& network, const fs::path& folder) {
  return {"toy-coverage",   "--network", pretrained(network), "--save_dir", folder.string(), "--test_pts", "600",
          "--boundary_pts", "80",        "--r_num",           "3",          "--steps",       "12"};
}

}  // namespace

TEST(Coverage, PretrainedNetworkEndToEnd) {
  const TemporaryFolder folder;
  const auto words = quick("circles-PRP", folder / "out") + std::vector<std::string>{"--seeds", "2"};
  const Ended dry = cli(words + std::vector<std::string>{"-n"});
  ASSERT_EQ(dry.code, 0) << dry.err;
  EXPECT_FALSE(fs::exists(folder / "out"));
  const auto plan = nlohmann::json::parse(dry.out);
  EXPECT_EQ(plan["options"]["source"], "net");
  EXPECT_THAT(plan["command"].get<std::string>(), HasSubstr("toy-coverage net --network"));

  const Ended ended = cli(words);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("alpha shape"), HasSubstr("advected shell"), HasSubstr("2 seeds"), HasSubstr("86.47")));
  std::vector<std::string> would;
  for (const auto& path : plan["would_write"]) would.push_back(fs::relative(path.get<std::string>(), folder / "out").generic_string());
  std::sort(would.begin(), would.end());
  EXPECT_EQ(filesBelow(folder / "out"), would);
  EXPECT_THAT(
      would, ::testing::IsSupersetOf(
                 {"circles_PRP_600lssamples_ds_coverages.txt", "coverage.csv", "seed1/circles_PRP_600lssamples_init_ls_coverages.txt",
                  "PRP_ds_meshes/PRP_ds_mesh_2.0radius_bpts.ply", "PRP_ls_end_rdtrp_meshes/PRP_ls_end_rdtrp_mesh_3.5radius_advected.ply"}));
  for (const auto& [name, text] : contentsBelow(folder / "out")) {
    if (!name.ends_with(".txt")) continue;
    EXPECT_EQ(nlohmann::json::parse(text).size(), 3u) << name;
  }
}

TEST(Coverage, TheReferencesOwnWords) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-coverage",
                           "--network",
                           pretrained("s_curve-PRRto2D-soft"),
                           "--save_dir",
                           folder.path().string(),
                           "--data_name",
                           "s_curve",
                           "--data_dim",
                           "3",
                           "--dims_to_keep",
                           "2",
                           "--steps",
                           "60",
                           "--h",
                           "0.225",
                           "--end_vars",
                           "1.0",
                           "--eps",
                           "2.5e-3",
                           "--save_freq",
                           "10",
                           "--boundary_pts",
                           "60",
                           "--test_pts",
                           "200",
                           "--r_min",
                           "1",
                           "--r_max",
                           "2",
                           "--r_num",
                           "2",
                           "--solver",
                           "euler",
                           "--boundary",
                           "alpha",
                           "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto end = jsonLines(ended.err).back();
  EXPECT_EQ(end["coverage"]["alpha"]["data"]["mean"].size(), 2u);
  EXPECT_FALSE(end["coverage"].contains("advected"));
  EXPECT_EQ(end["latent_variance"], nlohmann::json({1.0, 1.0, 2.5e-3}));
  const auto files = filesBelow(folder.path());
  EXPECT_THAT(files, ::testing::IsSupersetOf({"s_curve_samples_bpts_PRRto2D_gen_60niters_0.225ss_0.0005gamma0_1.0rho_1.0A0.npz",
                                              "PRRto2D_ls_meshes/PRRto2D_ls_mesh_1.0radius_bpts.ply"}));
}

TEST(Coverage, NoNetworkMeansTheExactScore) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-coverage", "--data_name", "moons", "--total_samples", "200", "--gamma0", "0.05", "--test_pts", "300",
                           "--r_num", "2", "--save_dir", folder.path().string(), "--no-trajectories"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("moons PRP"));
  for (const auto& name : filesBelow(folder.path())) EXPECT_FALSE(name.ends_with(".npz"));
}

TEST(Coverage, SameSeedSameBytes) {
  const TemporaryFolder folder;
  const auto run = [&](const char* seed) {
    fs::remove_all(folder / "out");
    EXPECT_EQ(cli(quick("circles-PRRto1D-soft", folder / "out") + std::vector<std::string>{"--seed", seed}).code, 0);
    return contentsBelow(folder / "out");
  };
  const auto first = run("3");
  EXPECT_EQ(first, run("3"));
  EXPECT_NE(first, run("4"));
}

TEST(Coverage, Slips) {
  const TemporaryFolder folder;
  const auto slip = [&](const std::vector<std::string>& more, int code, const std::string& message) {
    const Ended ended = cli(quick("circles-PRP", folder / "out") + more);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(message));
  };
  slip({"--data_name", "s_curve"}, 2, "was trained for PRP in 2 dimensions");
  slip({"--dims_to_keep", "1"}, 2, "asked: PRRto1D");
  slip({"--boundary_pts", "2"}, 2, "boundary_pts is 2; allowed: 3 to 100000");
  slip({"--r_min", "0"}, 2, "r_min is 0");
  slip({"--r_min", "3", "--r_max", "1"}, 2, "r_max is 1; allowed: r_min (3) < r_max");
  slip({"--r_min", "2", "--r_max", "2"}, 2, "r_max is 2");
  slip({"--alpha", "hull"}, 2, "alpha is \"hull\"; allowed: reference, auto, or a circumradius > 0");
  slip({"--alpha", "0.001"}, 1, "shell of radius 0.5 at the latent start: the alpha shape is empty");
  slip({"--test_pts", "0"}, 2, "test_pts");
  slip({"--network", (folder / "none.safetensors").string()}, 1, "none.safetensors");
  slip({"--solver", "heun", "--h", "9"}, 2, "h is 9");
  write(folder / "taken", "a file");
  const Ended taken = cli(quick("circles-PRP", folder / "taken"));
  EXPECT_EQ(taken.code, 1);
  EXPECT_THAT(taken.err, HasSubstr("taken is not a folder"));
}

TEST(Coverage, AFullDiskCostsTheFlowsAndNotTheCounts) {
  const TemporaryFolder folder;
  Setting setting;
  setting.fileLimitBytes = 200'000;  // the flows are 1.3 MB
  const Ended ended = cli(quick("circles-PRP", folder / "out"), setting);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("cannot write"));
  EXPECT_THAT(ended.out, HasSubstr("percent inside"));  // told all the same
  const auto files = filesBelow(folder / "out");
  EXPECT_THAT(files, ::testing::IsSupersetOf({"circles_PRP_600lssamples_ls_end_rdtrp_coverages.txt", "coverage.csv"}));
  for (const auto& name : files) EXPECT_FALSE(name.ends_with(".npz")) << name;
}

TEST(Coverage, CtrlCLeavesNothing) {
  const TemporaryFolder folder;
  Process process(quick("s_curve-PRP", folder / "out") +
                  std::vector<std::string>{"--test_pts", "300000", "--steps", "200", "--seeds", "50", "--json"});
  ASSERT_TRUE(process.waitUntil([&] { return process.err().find("generation") != std::string::npos; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds(20)).code, 3);
  EXPECT_TRUE(filesBelow(folder / "out").empty());
}
