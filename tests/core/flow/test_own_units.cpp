// Flows of own points: all rows, in order, read and told in the file's units; a network's units hold for whatever goes through it.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/api/networks.h"
#include "core/api/simulate.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::Folder;
using ::testing::HasSubstr;

/// Columns far from 0 and 1, in `rows` rows of which no two are alike.
std::vector<double> numbers(int rows, int columns) {
  std::vector<double> all;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j)
      all.push_back(1000.0 * (j + 1) + std::pow(10.0, j - 1) * (std::sin(i * (j + 1.5)) + 0.3 * std::cos(7 * i)));
  return all;
}

std::string csvFile(const Folder& folder, const std::string& name, const std::vector<double>& values, int columns) {
  std::ofstream out(folder.file(name));
  out.precision(17);
  for (int j = 0; j < columns; ++j) out << (j ? "," : "") << "col" << j;
  for (std::size_t i = 0; i < values.size(); ++i) out << (i % static_cast<std::size_t>(columns) ? "," : "\n") << values[i];
  out << "\n";
  return folder.file(name);
}

/// The network of the Gaussian that has the file's own moments: its weights are 0, so every flow rests in whitened coordinates.
std::string gaussianNetwork(const Folder& folder, const std::string& file) {
  const PointSet p = loadPoints(file, true);
  const auto network = std::make_shared<Mlp>(MlpSettings{.dim = p.dim, .width = 8, .depth = 1});
  ToyTrainOptions options;
  options.data_name = "file", options.data_file = file;
  const auto path = folder.file("net.safetensors");
  saveNetwork(path, NetDenoiser(Schedule::make({}, p.dim), eigenbasisOf(p), network, at::zeros({network->size()}, at::kFloat)),
              {{"data_name", p.name}, {"options", toJson(options)}, {"data", originJson(*p.origin)}});
  return path;
}

struct Ran {
  std::shared_ptr<const Simulation> simulation;
  std::vector<std::string> files, notes;
  std::vector<double> x(const char* word) const { return NpzReader(fileOf(word)).doubles("x"); }
  nlohmann::json meta() const { return nlohmann::json::parse(NpzReader(files.front()).text("meta")); }
  std::string fileOf(const std::string& word) const {
    for (const auto& file : files)
      if (file.find("_" + word + "_") != std::string::npos) return file;
    return {};
  }
};

Ran ran(const Folder& folder, ToySimulateOptions o) {
  o.save_dir = folder.file("out"), o.frames = 3, o.outputs = false;
  Ran r;
  JobContext context;
  context.log = [&](const std::string& line) { r.notes.push_back(line); };
  const auto simulation = simulateToy(o, context);
  if (!simulation) throw Error(simulation.error().code, simulation.error().message, simulation.error().hint);
  r.simulation = *simulation;
  const auto files = saveSimulation(**simulation, o, {});
  if (!files) throw Error(files.error().code, files.error().message, files.error().hint);
  r.files = *files;
  return r;
}

ToySimulateOptions ofFile(const std::string& file) {
  ToySimulateOptions o;
  o.data_name = "file", o.data_file = file, o.gamma0 = 0.05;
  return o;
}

class OwnUnits : public ::testing::TestWithParam<int> {};

TEST_P(OwnUnits, EveryRowComesBackInTheFilesOrderAndUnits) {
  const int D = GetParam();
  const Folder folder;
  const auto values = numbers(60, D);
  const auto file = csvFile(folder, "mine.csv", values, D);
  const auto r = ran(folder, ofFile(file));
  EXPECT_EQ(r.simulation->data.n, 60);
  EXPECT_THAT(r.notes, ::testing::Contains("all 60 rows of mine.csv, in the file's order"));
  const auto x = r.x("melt"), back = r.x("rdtrp"), made = r.x("gen");
  const DataOrigin& units = *r.simulation->data.units();
  ASSERT_EQ(x.size(), values.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double scale = units.scale[i % static_cast<std::size_t>(D)];
    ASSERT_NEAR(x[i], values[i], 4e-7 * scale) << i;
    ASSERT_NEAR(back[i], values[i], 0.02 * scale) << i;
    ASSERT_NEAR((made[i] - units.offset[i % static_cast<std::size_t>(D)]) / scale, 0, 6) << i;
  }
  const auto meta = r.meta();
  EXPECT_EQ(originFromJson(meta.at("data"), "meta"), units);
  EXPECT_EQ(meta.at("data").at("columns").at(0), "col0");
  EXPECT_THAT(meta.at("points").get<std::string>(), HasSubstr("all 60 rows"));
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(r.files.back())).at("data"), meta.at("data"));
}

INSTANTIATE_TEST_SUITE_P(Columns, OwnUnits, ::testing::Values(2, 5, 20));

TEST(OwnUnitsOfRows, DrawnOnesAreNumbered) {
  const Folder folder;
  const auto values = numbers(60, 2);
  auto o = ofFile(csvFile(folder, "mine.csv", values, 2));
  o.total_samples = 25, o.direction = "melt";
  const auto r = ran(folder, o);
  const auto x = r.x("melt");
  const auto rows = NpzReader(r.files.front()).int64s("rows");
  ASSERT_EQ(rows.size(), 25u);
  for (std::size_t i = 0; i < 25; ++i) EXPECT_NEAR(x[2 * i + 1], values[2 * static_cast<std::size_t>(rows[i]) + 1], 1e-5);
  EXPECT_THAT(r.notes, ::testing::Contains("25 points drawn with replacement from the 60 rows of mine.csv"));
}

TEST(OwnUnitsOnRequest, StandardisedOnesAreToldToo) {
  const Folder folder;
  auto o = ofFile(csvFile(folder, "mine.csv", numbers(60, 2), 2));
  o.direction = "melt", o.units = "standardized";
  const auto r = ran(folder, o);
  const auto x = r.x("melt");
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], r.simulation->data.values[i], 1e-6);
}

TEST(OwnUnitsOfGivenPoints, AreTheFilesToo) {
  const Folder folder;
  const auto file = csvFile(folder, "mine.csv", numbers(60, 2), 2);
  const std::vector<double> start{1000.05, 2000.5, 999.97, 1999.1};
  writeNpy(folder.file("start.npy"), start, {2, 2});
  const auto network = gaussianNetwork(folder, file);
  const PointSet data = loadPoints(file, true);
  for (const char* source : {"discrete", "net"}) {
    auto o = ofFile(file);
    if (std::string(source) == "net") o.gamma0 = ScheduleOptions{}.gamma0;
    o.source = source, o.network = network, o.initial = folder.file("start.npy"), o.direction = "melt", o.references = 60;
    const auto r = ran(folder, o);
    const auto x = r.x("melt");
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(x[i], start[i], 2e-6 * data.scale[i % 2]) << source;
      EXPECT_NEAR(r.simulation->data.values[i], (start[i] - data.offset[i % 2]) / data.scale[i % 2], 1e-6) << source;
    }
    o.units = "standardized";
    EXPECT_FLOAT_EQ(ran(folder, o).simulation->data.values[0], 1000.05f) << source;
  }
}

TEST(OwnUnitsOfANetwork, HoldForOtherFiles) {
  const Folder folder;
  const auto values = numbers(60, 2);
  const auto file = csvFile(folder, "mine.csv", values, 2);
  const auto network = gaussianNetwork(folder, file);
  const DataOrigin units = *loadPoints(file, true).origin;
  auto o = ofFile(file);
  o.source = "net", o.network = network, o.direction = "melt", o.gamma0 = ScheduleOptions{}.gamma0;
  EXPECT_THAT(ran(folder, o).notes, ::testing::Not(::testing::Contains(HasSubstr("network"))));

  // Three rows that are nowhere near standardised: they must not be.
  const std::vector<double> few{1000.4, 2000, 1000.4, 2001, 1000.4, 2003};
  o.data_file = csvFile(folder, "new.csv", few, 2);
  auto r = ran(folder, o);
  EXPECT_THAT(r.notes, ::testing::Contains(HasSubstr("new.csv is not the file that the network was trained on")));
  const auto x = r.x("melt");
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_NEAR(x[i], few[i], 2e-6 * units.scale[i % 2]);
    EXPECT_NEAR(r.simulation->data.values[i], (few[i] - units.offset[i % 2]) / units.scale[i % 2], 1e-5);
  }

  // The same path, other bytes.
  o.data_file = file;
  csvFile(folder, "mine.csv", few, 2);
  r = ran(folder, o);
  EXPECT_THAT(r.notes, ::testing::Contains(HasSubstr("mine.csv has changed since the network was trained on it")));
  EXPECT_EQ(r.simulation->data.units()->scale, units.scale);
  std::filesystem::remove(file);
  const auto gone = simulateToy(o, {});
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, ::testing::AllOf(HasSubstr("there is no such file"), HasSubstr(network)));
}

TEST(OwnUnitsOfANetwork, ToySetsThroughItAreNoted) {
  const Folder folder;
  ToySimulateOptions o;
  o.source = "net", o.network = gaussianNetwork(folder, csvFile(folder, "mine.csv", numbers(60, 2), 2)), o.total_samples = 20;
  const auto r = ran(folder, o);
  EXPECT_THAT(r.notes, ::testing::Contains(HasSubstr("was trained on mine; the points are of circles")));
  EXPECT_EQ(r.simulation->data.units(), nullptr);
  EXPECT_FALSE(NpzReader(r.files.front()).has("x"));
}

}  // namespace
}  // namespace inflaton
