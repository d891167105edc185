// toy-simulate discrete and net: file names, keys and shapes of the reference, repeatable to the byte.
#include <gmock/gmock.h>

#include <cmath>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

std::vector<std::string> tinySimulation(const std::string& source, const fs::path& folder) {
  return {"toy-simulate", source, "--total_samples", "40", "--frames", "5", "--save_dir", folder.string(), "--seed", "3"};
}

void expectReferenceKeys(const fs::path& file, std::int64_t n, std::int64_t dim) {
  NpzReader npz(file.string());
  ASSERT_TRUE(npz.has("t")) << file;
  const auto t = npz.doubles("t");
  const auto frames = static_cast<std::int64_t>(t.size());
  ASSERT_GE(frames, 2);
  for (const char* key : {"tilde_xs", "xs", "tilde_xs_es", "xs_es"}) npz.expectShape(key, {frames, n, dim});
  for (const char* key : {"dxs", "dxs_es", "unscaled_scores", "gt_netout"}) npz.expectShape(key, {frames - 1, n, dim});
  npz.expectShape("labels", {n});
  for (const char* key : {"xs", "tilde_xs", "dxs", "unscaled_scores", "gt_netout"})
    for (float v : npz.floats(key)) ASSERT_TRUE(std::isfinite(v)) << file << " " << key;
  const auto meta = nlohmann::json::parse(npz.text("meta"));
  EXPECT_THAT(meta.at("command").get<std::string>(), HasSubstr("inflaton-cli toy-simulate"));
}

// ES and IS versions are one rotation apart (and the mean), so lengths of differences agree.
void expectRotation(const fs::path& file, int dim) {
  NpzReader npz(file.string());
  const auto is = npz.floats("tilde_xs"), es = npz.floats("tilde_xs_es");
  for (int k = 1; k < 30; ++k) {
    double a = 0, b = 0;
    for (int j = 0; j < dim; ++j) {
      a += std::pow(is[static_cast<std::size_t>(k * dim + j)] - is[static_cast<std::size_t>(j)], 2);
      b += std::pow(es[static_cast<std::size_t>(k * dim + j)] - es[static_cast<std::size_t>(j)], 2);
    }
    EXPECT_NEAR(std::sqrt(a), std::sqrt(b), 1e-4 * (1 + std::sqrt(a)));
  }
}

}  // namespace

TEST(Simulate, DiscretePrpLeavesTheReferencesFiles) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinySimulation("discrete", folder.path()));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(filesBelow(folder.path()), ElementsAre("circles_PRP_gen_results.npz", "circles_PRP_melt_results.npz",
                                                     "circles_PRP_rdtrp_results.npz", "circles_PRP_sim_params.json"));
  for (const char* lane : {"melt", "rdtrp", "gen"}) {
    expectReferenceKeys(folder / (std::string("circles_PRP_") + lane + "_results.npz"), 40, 2);
    expectRotation(folder / (std::string("circles_PRP_") + lane + "_results.npz"), 2);
  }
  const auto parameters = nlohmann::json::parse(read(folder / "circles_PRP_sim_params.json"));
  EXPECT_TRUE(parameters.is_object());
  EXPECT_THAT(ended.out, HasSubstr("round-trip RMSE"));
  EXPECT_THAT(ended.out, HasSubstr("circles_PRP_melt_results.npz"));
}

TEST(Simulate, RoundTripBeginsWhereInflationEndsAndComesBack) {
  const TemporaryFolder folder;
  ASSERT_EQ(cli(tinySimulation("discrete", folder.path())).code, 0);
  NpzReader melt((folder / "circles_PRP_melt_results.npz").string()), back((folder / "circles_PRP_rdtrp_results.npz").string());
  const auto down = melt.floats("tilde_xs"), up = back.floats("tilde_xs");
  const std::size_t n = 80;
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_FLOAT_EQ(up[i], down[down.size() - n + i]);
    EXPECT_NEAR(up[up.size() - n + i], down[i], 1e-2);
  }
  EXPECT_GT(melt.doubles("t").back(), melt.doubles("t").front());
  EXPECT_LT(back.doubles("t").back(), back.doubles("t").front());
}

TEST(Simulate, DiscretePrrOfThreeDimensions) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinySimulation("discrete", folder.path()) +
                          std::vector<std::string>{"--data-name", "s_curve", "--dims-to-keep=2", "--solver", "rk4"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(filesBelow(folder.path()), ElementsAre("s_curve_PRRto2D_gen_results.npz", "s_curve_PRRto2D_melt_results.npz",
                                                     "s_curve_PRRto2D_rdtrp_results.npz", "s_curve_PRRto2D_sim_params.json"));
  expectReferenceKeys(folder / "s_curve_PRRto2D_melt_results.npz", 40, 3);
  EXPECT_THAT(ended.out, HasSubstr("compressed axes"));
}

TEST(Simulate, ReferenceEulerKeepsItsFrames) {
  const TemporaryFolder folder;
  const Ended ended = cli({"toy-simulate", "discrete", "--solver", "euler", "--steps", "51", "--h", "0.1", "--save_freq", "10",
                           "--total_samples", "30", "--direction", "melt", "--save_dir", folder.path().string()});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(filesBelow(folder.path()), ElementsAre("circles_PRP_melt_results.npz", "circles_PRP_sim_params.json"));
  expectReferenceKeys(folder / "circles_PRP_melt_results.npz", 30, 2);
  NpzReader npz((folder / "circles_PRP_melt_results.npz").string());
  EXPECT_NEAR(npz.doubles("t").back(), 5.1, 1e-9);  // linspace(0, steps*h, steps)
}

TEST(Simulate, SameSeedSameBytesOtherSeedOtherPoints) {
  const TemporaryFolder a, b, c;
  ASSERT_EQ(cli({"toy-simulate", "discrete", "--total_samples", "40", "--seed", "5"}, {.folder = a.path()}).code, 0);
  ASSERT_EQ(cli({"toy-simulate", "discrete", "--total_samples", "40", "--seed", "5"}, {.folder = b.path()}).code, 0);
  ASSERT_EQ(cli({"toy-simulate", "discrete", "--total_samples", "40", "--seed", "6"}, {.folder = c.path()}).code, 0);
  EXPECT_EQ(contentsBelow(a.path()), contentsBelow(b.path()));
  EXPECT_NE(read(a / "circles_PRP_melt_results.npz"), read(c / "circles_PRP_melt_results.npz"));
}

TEST(Simulate, CommandInTheFilesRepeatsThem) {
  const TemporaryFolder a, b;
  ASSERT_EQ(cli({"toy-simulate", "discrete", "--data_name", "moons", "--total_samples", "30", "--dims_to_keep", "1", "--seed", "11",
                 "--tolerance", "0.001"},
                {.folder = a.path()})
                .code,
            0);
  const std::string command = nlohmann::json::parse(NpzReader((a / "moons_PRRto1D_melt_results.npz").string()).text("meta")).at("command");
  const Ended again = shell(command, b.path());
  ASSERT_EQ(again.code, 0) << command << "\n" << again.err;
  EXPECT_EQ(contentsBelow(a.path()), contentsBelow(b.path()));
}

TEST(Simulate, StartsFromGivenPoints) {
  const TemporaryFolder folder;
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  std::string npy =
      std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(118) + '\0' + header + std::string(117 - header.size(), ' ') + "\n";
  const float points[4] = {0.5f, -0.25f, 1.0f, 0.75f};
  npy.append(reinterpret_cast<const char*>(points), sizeof points);
  write(folder / "start.npy", npy);
  const Ended ended = cli({"toy-simulate", "discrete", "--initial", (folder / "start.npy").string(), "--references", "200", "--save_dir",
                           (folder / "out").string()});
  ASSERT_EQ(ended.code, 0) << ended.err;
  NpzReader npz((folder / "out/circles_PRP_melt_results.npz").string());
  const auto x = npz.floats("tilde_xs");
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(x[static_cast<std::size_t>(i)], points[i], 1e-5);
}

TEST(Simulate, OwnPointsFromCsv) {
  const TemporaryFolder folder;
  std::string csv = "a,b,c\n";
  for (int i = 0; i < 50; ++i)
    csv += std::to_string(std::sin(i)) + "," + std::to_string(2 * std::cos(3 * i)) + "," + std::to_string(i % 7) + "\n";
  write(folder / "mine.csv", csv);
  const Ended ended = cli(tinySimulation("discrete", folder / "out") +
                          std::vector<std::string>{"--data_name", "file", "--data_file", (folder / "mine.csv").string()});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(filesBelow(folder / "out"), ::testing::Contains("mine_PRP_melt_results.npz"));
  expectReferenceKeys(folder / "out/mine_PRP_melt_results.npz", 40, 3);
}

TEST(Simulate, JsonLinesTellProgressAndResult) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinySimulation("discrete", folder.path()) + std::vector<std::string>{"--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto lines = jsonLines(ended.err);
  ASSERT_GE(lines.size(), 2u);
  int progress = 0;
  for (const auto& line : lines)
    if (line.contains("stage")) {
      ++progress;
      for (const char* key : {"step", "total", "eta_seconds", "message"}) EXPECT_TRUE(line.contains(key)) << line;
    }
  EXPECT_GE(progress, 3) << ended.err;
  EXPECT_EQ(lines.back().at("state"), "finished");
  EXPECT_EQ(lines.back().at("files").size(), 4u);
  EXPECT_EQ(lines.back().at("lanes").size(), 3u);
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST(Simulate, OptionsThatTheSolverIgnoresAreNamed) {
  const TemporaryFolder folder;
  const Ended ignored = cli(tinySimulation("discrete", folder.path()) + std::vector<std::string>{"--h", "0.01"});
  ASSERT_EQ(ignored.code, 0) << ignored.err;
  EXPECT_THAT(ignored.err, HasSubstr("h has no effect with solver dopri5; it is for euler, heun"));
  const Ended used = cli({"toy-simulate", "discrete", "--solver", "euler", "--steps", "21", "--h", "0.1", "--total_samples", "10",
                          "--save_dir", folder.path().string()});
  ASSERT_EQ(used.code, 0) << used.err;
  EXPECT_THAT(used.err, ::testing::Not(HasSubstr("no effect")));
}

TEST(Simulate, DryRunChecksAndWritesNothing) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinySimulation("discrete", folder / "out") + std::vector<std::string>{"-n"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto plan = nlohmann::json::parse(ended.out);
  EXPECT_EQ(plan.at("options").at("total_samples"), 40);
  EXPECT_THAT(plan.at("would_write").dump(), HasSubstr("circles_PRP_melt_results.npz"));
  EXPECT_THAT(filesBelow(folder.path()), IsEmpty());
  EXPECT_FALSE(fs::exists(folder / "out"));
  EXPECT_EQ(cli(tinySimulation("discrete", folder / "out") + std::vector<std::string>{"--dry-run", "--rho", "-1"}).code, 2);
}
