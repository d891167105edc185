// The reference's toy networks, brought in as a user would, against what the reference computed with them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/api/exchange.h"
#include "core/flow/lane.h"
#include "core/io/npz.h"
#include "core/nets/network_file.h"
#include "tests/core/nets/net_testing.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;
using test::golden;
using test::goldenJson;

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(golden("x")).parent_path()))
    if (const auto name = entry.path().filename().string(); name.starts_with("toy_net_") && name.ends_with(".npz")) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// A fixture and the network imported from it.
struct Fixture {
  explicit Fixture(const std::string& name) : name(name), file(golden(name + ".npz")), settings(goldenJson(name + ".json")) {
    const testing::Folder folder;
    const auto done = importNetwork({golden(name + ".npz"), golden(name + ".json"), folder.file("net.safetensors"), 0}, {});
    if (!done) throw std::runtime_error(done.error().message);
    net = readNetwork(folder.file("net.safetensors")).denoiser;
  }
  at::Tensor array(const std::string& key) const { return at::tensor(file.floats(key)).view(file.shape(key)); }
  at::Tensor W() const { return at::tensor(net->basis().W, at::kDouble).view({net->basis().dim, net->basis().dim}); }
  /// Eigen-coordinates, [..., D], to those that the network works in (the reference leaves the mean out).
  at::Tensor own(const at::Tensor& es) const { return settings.at("space") == "IS" ? at::matmul(es.to(at::kDouble), W().t()).to(at::kFloat) : es; }

  /// Greatest difference relative to the root mean square of what the fixture has, frame by frame.
  void expectNear(const std::string& key, const at::Tensor& ours, double tolerance, std::int64_t fromFrame = 0) const {
    auto theirs = array(key);
    ASSERT_EQ(theirs.sizes(), ours.sizes()) << key;
    if (theirs.dim() == 2) theirs = theirs.unsqueeze(0);
    const auto a = theirs.slice(0, fromFrame).flatten(1).to(at::kDouble), b = ours.to(at::kDouble).view(theirs.sizes()).slice(0, fromFrame).flatten(1);
    const double error = ((a - b).abs().amax(1) / a.square().mean(1).sqrt()).max().item<double>();
    EXPECT_LT(error, tolerance) << key;
    char text[32];
    std::snprintf(text, sizeof text, "%.2g", error);
    std::string property = name + "_" + key;
    std::replace(property.begin(), property.end(), '/', '_');
    ::testing::Test::RecordProperty(property, text);
  }

  std::string name;
  NpzReader file;
  nlohmann::json settings;
  std::shared_ptr<const NetDenoiser> net;
};

TEST(ToyNetParity, FixturesAreThere) { EXPECT_FALSE(fixtures().empty()) << golden(""); }

TEST(ToyNetParity, NetworkDenoiserAndWeight) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    const auto t = f.array("t");
    f.expectNear("F", f.net->network().apply(f.net->weights(), f.array("x"), t), 2e-5);
    at::Tensor weight;
    const auto denoised = f.net->denoiseEach(f.array("x_pre").to(at::kDouble), t.to(at::kDouble), &weight);
    f.expectNear("D", f.own(denoised).to(at::kFloat), 2e-5);
    f.expectNear("weight", weight, 2e-5);
  }
}

TEST(ToyNetParity, AnotherNumberOfNoiseLevelsIsHonoured) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    // The same network for another M answers the same at times that give it the same c_noise = (M - 1) t.
    const double M = f.file.doubles("M")[0], other = 2 * M + 7;
    const testing::Folder folder;
    NpzWriter npz(folder.file("w.npz"));
    for (const auto& a : f.file.arrays())
      if (a.name.starts_with("w/") || a.name == "eigs" || a.name == "W" || a.name == "g" || a.name == "rho" || a.name == "gamma0") npz.add(a.name, std::span<const float>(f.file.floats(a.name)), a.shape);
    npz.add("M", std::span<const double>(&other, 1), {});
    npz.commit();
    auto settings = f.settings;
    settings["M"] = other;
    std::ofstream(folder.file("c.json")) << settings;
    const auto done = importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), 0}, {});
    ASSERT_TRUE(done) << done.error().message;
    const auto net = readNetwork(folder.file("net.safetensors")).denoiser;
    const auto t = f.array("t").to(at::kDouble) * ((M - 1) / (other - 1));
    // Rounding of t is amplified by the frequencies of its features: looser than the fixture itself.
    f.expectNear("F", net->network().apply(net->weights(), f.array("x"), t.to(at::kFloat)), 2e-3);
  }
}

void expectTrajectory(const Fixture& f, const std::string& part, Direction direction, const at::Tensor& start) {
  const auto& sim = f.settings.at("simulation");
  const Flow flow(*f.net, sim.at("A0"));
  LaneSettings set;
  set.solver = sim.at("solver"), set.saveFreq = sim.at("save_freq"), set.outputs = true;
  set.times = sim.at("disc") == "ifs" ? ifsTimes(sim.at("n_times"), sim.at("h"), false) : vpOdeTimes(sim.at("n_times"), sim.at("end_time"), sim.at("eps"), false);
  const double from = direction == Direction::inflation ? set.times.front() : set.times.back();
  const auto lane = integrateLane(flow, direction == Direction::inflation ? start : start / flow.s(from), direction, set, [](double) {});

  Simulation s;
  s.basis = f.net->basis(), s.schedule = f.net->schedule().withScale(sim.at("A0"));
  const auto shaped = [&](const std::vector<float>& v) { return at::tensor(v).view({-1, lane.n, lane.dim}); };
  const auto positions = [&](Space space) {
    std::vector<float> out(lane.x.size());
    for (std::int64_t k = 0; k < lane.frames(); ++k) framePositions(s, lane, k, space, out.data() + k * lane.n * lane.dim);
    return shaped(out);
  };
  const double trajectory = 2e-4;
  f.expectNear(part + "/tilde_xs", positions(Space::dataUnscaled), trajectory);
  f.expectNear(part + "/tilde_xs_es", positions(Space::latentUnscaled), trajectory);
  f.expectNear(part + "/xs", positions(Space::dataScaled), trajectory);
  // For networks in eigen-coordinates the reference's array holds its last state in every frame: its frames share memory.
  f.expectNear(part + "/xs_es", positions(Space::latentScaled), trajectory, f.settings.at("space") == "ES" ? lane.frames() - 1 : 0);
  f.expectNear(part + "/dxs_es", shaped(lane.dx), trajectory);
  f.expectNear(part + "/dxs", at::matmul(shaped(lane.dx).to(at::kDouble), f.W().t()).to(at::kFloat), trajectory);
  f.expectNear(part + "/net_outs", f.own(shaped(lane.out)), trajectory);
  f.expectNear(part + "/unscaled_scores", f.own(shaped(lane.score)), trajectory);
}

TEST(ToyNetParity, Inflation) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    expectTrajectory(f, "melt", Direction::inflation, at::matmul(f.array("x0").to(at::kDouble), f.W()).to(at::kFloat));
  }
}

TEST(ToyNetParity, RoundTrip) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    expectTrajectory(f, "roundtrip", Direction::roundTrip, f.array("melt/xs_es")[-1].contiguous());
  }
}

}  // namespace
}  // namespace inflaton
