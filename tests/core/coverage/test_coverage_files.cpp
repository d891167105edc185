// What the experiment leaves: names, keys, tables, meshes; the same bytes again.
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/coverage/coverage_names.h"
#include "core/io/npz.h"
#include "tests/core/coverage/coverage_testing.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string contentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> saved(const CoverageResult& r, const ToyCoverageOptions& o) {
  auto paths = saveCoverage(r, o, {});
  if (!paths) throw Error(paths.error().code, paths.error().message, paths.error().hint);
  return *paths;
}

TEST(CoverageFiles, NumbersAsPythonPrintsThem) {
  EXPECT_EQ(pythonFloat(0.5), "0.5");
  EXPECT_EQ(pythonFloat(1), "1.0");
  EXPECT_EQ(pythonFloat(5e-4), "0.0005");
  EXPECT_EQ(pythonFloat(5e-5), "5e-05");
  EXPECT_EQ(pythonFloat(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(pythonFloat(1e16), "1e+16");
  EXPECT_EQ(pythonFloat(123456789), "123456789.0");
}

TEST(CoverageFiles, NamesKeysAndCountsAreTheReferences) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 2));
  o.save_dir = folder.file("out"), o.seeds = 2, o.solver = "euler", o.steps = 0, o.test_pts = 1000, o.save_freq = 100;
  const auto r = coverageOf(o);
  const auto paths = saved(*r, o);
  EXPECT_EQ(paths, coverageFiles(o));
  for (const auto& path : paths) EXPECT_TRUE(fs::exists(path)) << path;
  for (const char* name : {"circles_PRP_1000lssamples_init_ls_coverages.txt", "circles_PRP_1000lssamples_ds_coverages.txt",
                           "circles_PRP_1000lssamples_ls_end_rdtrp_coverages.txt"}) {
    EXPECT_TRUE(fs::exists(o.save_dir + "/seed1/" + name)) << name;
    const auto text = contentOf(o.save_dir + "/" + name);
    const auto json = nlohmann::ordered_json::parse(text);
    std::vector<std::string> radii, keys;
    for (const auto& [radius, entry] : json.items()) radii.push_back(radius);
    for (const auto& [key, value] : json.front().items()) keys.push_back(key);
    EXPECT_THAT(radii, ElementsAre("1.0", "2.0", "3.0"));
    EXPECT_THAT(keys, ElementsAre("total_in", "total_out", "percent_in", "percent_out"));
    for (const auto& entry : json) {
      EXPECT_TRUE(entry["total_in"].is_number_integer());
      EXPECT_EQ(entry["total_in"].get<int>() + entry["total_out"].get<int>(), 1000);
      EXPECT_NEAR(entry["percent_in"].get<double>(), entry["total_in"].get<double>() / 10, 1e-12);
    }
  }
  for (const char* direction : {"gen", "melt"}) {
    const NpzReader npz(o.save_dir + "/circles_samples_bpts_PRP_" + direction + "_701niters_0.01ss_0.0005gamma0_2.0rho_1.0A0.npz");
    std::vector<std::string> names;
    for (const auto& info : npz.arrays()) names.push_back(info.name);
    EXPECT_THAT(names, ElementsAre("tilde_xs", "xs", "tilde_xs_es", "xs_es", "dxs", "dxs_es", "net_outs", "unscaled_scores", "t", "sigma",
                                   "labels", "meta"));
    const std::int64_t frames = npz.shape("t")[0], n = 1000 + 3 * 120;
    npz.expectShape("xs", {frames, n, 2}), npz.expectShape("net_outs", {frames - 1, n, 2}), npz.expectShape("labels", {n});
    const auto meta = nlohmann::json::parse(npz.text("meta"));
    EXPECT_EQ(meta["options"]["solver"], "euler");
    EXPECT_THAT(meta["command"].get<std::string>(), HasSubstr("toy-coverage"));
  }
}

/// Of Gaussian data everything is known: D = xi / (xi + gamma) x, score = -x / (xi + gamma).
TEST(CoverageFiles, OutputsComeFromTheSlopesWhereASolverKeepsNone) {
  const Folder folder;
  for (const char* solver : {"adams", "dopri5", "rk4", "heun"}) {
    auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 1));
    o.save_dir = folder.file(solver), o.solver = solver, o.boundary = "alpha", o.test_pts = 50;
    const auto r = coverageOf(o);
    const auto paths = saved(*r, o);
    for (const auto& lane : r->flows->lanes) {
      const NpzReader npz(paths[paths.size() - (lane.direction == Direction::generation ? 2 : 1)]);
      const auto x = npz.floats("tilde_xs_es"), D = npz.floats("net_outs"), score = npz.floats("unscaled_scores"), xs = npz.floats("xs_es"),
                 dxs = npz.floats("dxs_es");
      const std::vector<double> xi{1.4, 0.6};
      const auto size = static_cast<std::size_t>(lane.n * 2);
      if (std::string(solver) == "heun") continue;  // outputs stand before the step into the next frame: not between frames
      for (std::size_t k = 0; k + 1 < lane.t.size(); k += 7)
        for (std::size_t i = 0; i < size; i += 3) {
          const double gamma = r->flows->schedule.gamma(static_cast<int>(i % 2), lane.t[k]), at = x[k * size + i];
          EXPECT_NEAR(D[k * size + i], xi[i % 2] / (xi[i % 2] + gamma) * at, 1e-4 * (1 + std::abs(at))) << solver;
          EXPECT_NEAR(score[k * size + i], -at / (xi[i % 2] + gamma), 2e-3 * (1 + std::abs(at))) << solver;
          EXPECT_NEAR(dxs[k * size + i], xs[(k + 1) * size + i] - xs[k * size + i], 1e-5) << solver;
        }
    }
  }
}

/// The paper's kernels start with width 0, where a score is (D - x) / 0.
TEST(CoverageFiles, ThePapersScheduleStaysFinite) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 2, "paper.safetensors", "paper"));
  o.save_dir = folder.file("out"), o.boundary = "alpha", o.test_pts = 200;
  const auto r = coverageOf(o);
  for (const auto& path : saved(*r, o)) {
    if (fs::path(path).extension() != ".npz") continue;
    const NpzReader npz(path);
    for (const char* name : {"xs", "net_outs", "unscaled_scores", "dxs"})
      for (const float v : npz.floats(name)) ASSERT_TRUE(std::isfinite(v)) << path << " " << name;
  }
  EXPECT_LT(r->runs[0].roundTripRmse, 1e-4);
}

TEST(CoverageFiles, TheTableHasEveryKindPlaceAndRadius) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.4, 0.6}, 2));
  o.save_dir = folder.file("out"), o.seeds = 2, o.trajectories = false;
  const auto r = coverageOf(o);
  saved(*r, o);
  std::istringstream lines(contentOf(o.save_dir + "/coverage.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line,
            "boundary,place,radius,ideal_percent,mean_percent,sd_percent,circumradius,mesh_points,mesh_cells,mesh_closed,mesh_components,"
            "percent_seed0,percent_seed1");
  std::map<std::string, int> rows;
  while (std::getline(lines, line)) {
    ++rows[line.substr(0, line.find(',', line.find(',') + 1))];
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 12) << line;
  }
  EXPECT_EQ(rows.size(), 6u);
  for (const auto& [row, count] : rows) EXPECT_EQ(count, 3) << row;
  for (const auto& entry : fs::recursive_directory_iterator(o.save_dir)) EXPECT_NE(entry.path().extension(), ".npz");
  const auto table = coverageTable(*r);
  EXPECT_THAT(table, HasSubstr("advected shell"));
  EXPECT_THAT(table, HasSubstr("39.35"));
  EXPECT_THAT(table, HasSubstr("2 seeds"));
}

TEST(CoverageFiles, MeshesAreClosedAndLieWhereTheFlowsDo) {
  const Folder folder;
  auto o = small(gaussianNetwork(folder, {1.1, 1.0, 0.9}, 3), 3);
  o.save_dir = folder.file("out"), o.trajectories = false;
  const auto r = coverageOf(o);
  saved(*r, o);
  for (const auto& [space, place] : {std::pair{"ls", 0}, {"ds", 1}, {"ls_end_rdtrp", 2}})
    for (const char* radius : {"1.0", "2.0", "3.0"}) {
      const std::string stem = std::string("PRP_") + space,
                        folderName = o.save_dir + "/" + stem + "_meshes/" + stem + "_mesh_" + radius + "radius_";
      EXPECT_THAT(contentOf(folderName + "bpts.ply"), ::testing::StartsWith("ply\n")) << folderName;
      EXPECT_TRUE(fs::exists(folderName + "advected.ply"));
      const auto& shell = r->runs[0].shells[0][static_cast<std::size_t>(place)][static_cast<std::size_t>(radius[0] - '1')];
      EXPECT_TRUE(shell.check.closed);
      EXPECT_EQ(shell.check.components, 1);
      EXPECT_GT(shell.check.measure, 0);
    }
}

TEST(CoverageFiles, CurvesComeAsVtpToo) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), smallNet(), {{"data_name", "circles"}});
  auto o = small(folder.file("net.safetensors"));
  o.save_dir = folder.file("out"), o.trajectories = false;
  const auto r = coverageOf(o);
  const auto files = saved(*r, o);
  EXPECT_EQ(std::set<std::string>(files.begin(), files.end()), [&] {
    const auto told = coverageFiles(o);
    return std::set<std::string>(told.begin(), told.end());
  }());
  std::size_t curves = 0;
  for (const auto& path : files)
    if (path.ends_with(".ply")) {
      const auto vtp = contentOf(path.substr(0, path.size() - 4) + ".vtp");
      EXPECT_THAT(vtp, HasSubstr("<Lines>")) << path;
      EXPECT_THAT(vtp, ::testing::Not(HasSubstr("NumberOfLines=\"0\""))) << path;
      ++curves;
    }
  EXPECT_EQ(curves, 2 * 3 * o.r_num);
}

TEST(CoverageFiles, SameSeedSameBytes) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), smallNet(), {{"data_name", "circles"}});
  auto o = small(folder.file("net.safetensors"));
  o.test_pts = 700;
  std::vector<std::map<std::string, std::string>> contents;
  for (const char* name : {"a", "b", "c"}) {
    o.save_dir = folder.file("out"), o.threads = name[0] == 'c' ? 1 : 2;
    fs::remove_all(o.save_dir);
    auto& files = contents.emplace_back();
    for (const auto& path : saved(*coverageOf(o), o)) files[path] = contentOf(path);
  }
  EXPECT_EQ(contents[0], contents[1]);
  // One thread or two: all but the options in the flows' meta.
  for (const auto& [path, text] : contents[0]) {
    if (fs::path(path).extension() == ".npz") continue;
    EXPECT_EQ(text, contents[2][path]) << path;
  }
}

}  // namespace
}  // namespace inflaton
