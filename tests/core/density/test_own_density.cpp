// Log-densities of own points are per own unit: against the closed form of the Gaussian that a network of zero weights stands for.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_inv.h>
#include <ATen/ops/logdet.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/api/density.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::Folder;
using ::testing::HasSubstr;

struct Gaussian {
  PointSet points;
  Eigenbasis basis;
  std::string network;
};

Gaussian gaussian(const Folder& folder, int D) {
  std::ofstream out(folder.file("mine.csv"));
  out.precision(17);
  for (int i = 0; i < 3 * D + 20; ++i)
    for (int j = 0; j < D; ++j)
      out << 50.0 * j + std::pow(3.0, j % 4 - 2) * (std::sin(i * (j + 1.5)) + 0.3 * std::sin(7.1 * i)) << (j + 1 < D ? "," : "\n");
  out.close();
  Gaussian g{loadPoints(folder.file("mine.csv"), true), {}, folder.file("net.safetensors")};
  g.basis = eigenbasisOf(g.points);
  const auto network = std::make_shared<Mlp>(MlpSettings{.dim = D, .width = 8, .depth = 1});
  saveNetwork(g.network, NetDenoiser(Schedule::make({}, D), g.basis, network, at::zeros({network->size()}, at::kFloat)),
              {{"data_name", "mine"}, {"data", originJson(*g.points.origin)}});
  return g;
}

/// Of x [n, D] in the file's units, written out in them: mean and covariance are those of the columns, widened by the kernel.
at::Tensor closedForm(const Gaussian& g, const std::vector<double>& x) {
  const std::int64_t D = g.points.dim, n = static_cast<std::int64_t>(x.size()) / D;
  const DataOrigin& units = *g.points.units();
  std::vector<double> variance;
  for (const double xi : g.basis.eigenvalues) variance.push_back(xi + ScheduleOptions{}.gamma0);
  const auto W = at::tensor(std::vector<double>(g.basis.W.begin(), g.basis.W.end()), at::kDouble).view({D, D});
  const auto scale = at::tensor(units.scale, at::kDouble),
             mean = at::tensor(units.offset, at::kDouble) + scale * at::tensor(g.basis.mean, at::kDouble);
  const auto covariance = scale.unsqueeze(1) * at::mm(at::mm(W, at::diag(at::tensor(variance, at::kDouble))), W.t()) * scale;
  const auto d = at::tensor(x, at::kDouble).view({n, D}) - mean;
  return -0.5 * (at::mm(d, at::linalg_inv(covariance)) * d).sum(1) - 0.5 * at::logdet(covariance) -
         0.5 * static_cast<double>(D) * std::log(2 * std::numbers::pi);
}

class OwnDensity : public ::testing::TestWithParam<int> {};

TEST_P(OwnDensity, IsTheClosedFormPerOwnUnit) {
  const int D = GetParam();
  const Folder folder;
  const auto g = gaussian(folder, D);
  DensityOptions o;
  o.source = "net", o.network = g.network, o.data_name = "file", o.data_file = folder.file("mine.csv"), o.output = folder.file("d.npz");
  std::vector<std::string> notes;
  JobContext context;
  context.log = [&](const std::string& line) { notes.push_back(line); };
  const auto r = density(o, context);
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ((*r)->n, g.points.n) << "all rows";
  ASSERT_TRUE(saveDensity(**r, o));
  const NpzReader file(o.output);
  const auto x = file.doubles("x"), p = file.doubles("log_density");
  const auto want = closedForm(g, x).contiguous();
  for (std::int64_t i = 0; i < g.points.n; ++i) ASSERT_NEAR(p[static_cast<std::size_t>(i)], want[i].item<double>(), 2e-4) << i;
  EXPECT_NEAR(x.back(), g.points.units()->toOwn(g.points.values).back(), 1e-9);
  const auto meta = nlohmann::json::parse(file.text("meta"));
  EXPECT_EQ(originFromJson(meta.at("data"), "meta"), *g.points.origin);
  // Above 16 dimensions there is no exact trace: it says so, and probes answer, here without scatter.
  const bool said = std::any_of(notes.begin(), notes.end(), [](const auto& note) { return note.find("--probes") != std::string::npos; });
  EXPECT_EQ(said, D > 16);
  EXPECT_EQ(file.has("standard_error"), D > 16);

  o.units = "standardized";
  ASSERT_TRUE(saveDensity(**r, o));
  const NpzReader plain(o.output);
  EXPECT_FLOAT_EQ(static_cast<float>(plain.doubles("x").back()), g.points.values.back());
  EXPECT_NEAR(plain.doubles("log_density")[0] - p[0], g.points.units()->logVolume(), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Columns, OwnDensity, ::testing::Values(2, 5, 20));

TEST(OwnDensityPoints, AreReadInTheFilesUnitsAndNeedNoFile) {
  const Folder folder;
  const auto g = gaussian(folder, 2);
  std::filesystem::remove(folder.file("mine.csv"));
  const std::vector<double> asked{0.1, 50.2, -0.05, 49.9, 0, 50};
  writeNpy(folder.file("asked.npy"), asked, {3, 2});
  DensityOptions o;
  o.source = "net", o.network = g.network, o.data_name = "file", o.data_file = folder.file("mine.csv"), o.points = folder.file("asked.npy");
  std::string notes;
  JobContext context;
  context.log = [&](const std::string& line) { notes += line + "\n"; };
  const auto r = density(o, context);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_THAT(notes, HasSubstr("there is no such file"));
  const auto want = closedForm(g, asked).contiguous();
  const auto told = toldLogDensity(**r, o);
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_NEAR(told[static_cast<std::size_t>(i)], want[i].item<double>(), 2e-4);
}

TEST(OwnDensityGrid, IntegratesToOneInOwnUnits) {
  const Folder folder;
  const auto g = gaussian(folder, 2);
  DensityOptions o;
  o.source = "net", o.network = g.network, o.data_name = "file", o.data_file = folder.file("mine.csv"), o.output = folder.file("d.npz");
  o.grid = 80, o.extent = 6;
  const auto r = density(o, {});
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_TRUE(saveDensity(**r, o));
  const NpzReader file(o.output);
  const auto x = file.doubles("grid_x"), y = file.doubles("grid_y");
  double mass = 0;
  for (const double v : file.doubles("log_density")) mass += std::exp(v) * (x[1] - x[0]) * (y[1] - y[0]);
  EXPECT_NEAR(mass, 1, 1e-3);
  const DataOrigin& units = *g.points.units();
  EXPECT_NEAR(x.back() - x.front(), 12 * units.scale[0], 1e-9);
  EXPECT_NEAR(0.5 * (y.back() + y.front()), units.offset[1] + units.scale[1] * g.basis.mean[1], 1e-6);
}

}  // namespace
}  // namespace inflaton
