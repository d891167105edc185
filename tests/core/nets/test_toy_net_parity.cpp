// The reference's toy networks, brought in as a user would, against what the reference computed with them.
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/api/exchange.h"
#include "core/flow/lane.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
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
    if (const auto name = entry.path().filename().string(); name.starts_with("toy_net_") && name.ends_with(".npz"))
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// A fixture and the network imported from it.
struct Fixture {
  explicit Fixture(const std::string& which) : name(which), file(golden(which + ".npz")), settings(goldenJson(which + ".json")) {
    const testing::Folder folder;
    const auto done = importNetwork({golden(name + ".npz"), golden(name + ".json"), folder.file("net.safetensors"), 0}, {});
    if (!done) throw std::runtime_error(done.error().message);
    net = readNetwork(folder.file("net.safetensors")).denoiser;
  }
  at::Tensor array(const std::string& key) const { return at::tensor(file.floats(key)).view(file.shape(key)); }
  at::Tensor W() const { return eigenvectors(net->basis()); }
  /// Eigen-coordinates, [..., D], to those that the network works in (the reference leaves the mean out).
  at::Tensor own(const at::Tensor& es) const {
    return settings.at("space") == "IS" ? at::matmul(es.to(at::kDouble), W().t()).to(at::kFloat) : es;
  }

  /// Greatest difference relative to the root mean square of the fixture's array (README of the fixtures). A list of frames is held
  /// to that frame by frame, which is more: unscaled states grow by orders of magnitude.
  void expectNear(const std::string& key, const at::Tensor& ours, double tolerance, bool eachFrame = false,
                  std::int64_t fromFrame = 0) const {
    auto theirs = array(key);
    ASSERT_EQ(theirs.sizes(), ours.sizes()) << key;
    const auto rows = [&](const at::Tensor& v) { return (eachFrame ? v.slice(0, fromFrame).flatten(1) : v.view({1, -1})).to(at::kDouble); };
    const auto a = rows(theirs), b = rows(ours);
    report(key, ((a - b).abs().amax(1) / a.square().mean(1).sqrt()).max().item<double>(), tolerance);
  }
  /// Beside the test's verdict the number itself, in the XML or JSON that --gtest_output asks for.
  void report(const std::string& key, double error, double tolerance) const {
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
    // The reference finds c_out by subtracting numbers of the size of xi that nearly cancel (specification 1.2), in single precision;
    // ours is the closed form. Its own rounding is allowed for: four units of xi in c_out^2 = weight^-2.
    const auto theirs = f.array("weight").to(at::kDouble), ours = weight.to(at::kDouble);
    const auto rounding = 0.5 * 4 * 6e-8 * at::tensor(f.net->basis().eigenvalues, at::kDouble) * ours.pow(3);
    f.report("weight", (((theirs - ours).abs() - rounding) / theirs.square().mean().sqrt()).max().item<double>(), 2e-5);
  }
}

TEST(ToyNetParity, AnotherNumberOfNoiseLevelsIsHonoured) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    // The same network for another M answers the same at times that give it the same c_noise = (M - 1) t.
    const double M = f.file.doubles("M")[0], other = 2 * M - 1;  // the times are half as long, which rounds nothing
    const testing::Folder folder;
    NpzWriter npz(folder.file("w.npz"));
    for (const auto& a : f.file.arrays())
      if (a.name.starts_with("w/") || a.name == "eigs" || a.name == "W" || a.name == "g" || a.name == "rho" || a.name == "gamma0")
        npz.add(a.name, std::span<const float>(f.file.floats(a.name)), a.shape);
    npz.add("M", std::span<const double>(&other, 1), {});
    npz.commit();
    auto settings = f.settings;
    settings["M"] = other;
    std::ofstream(folder.file("c.json")) << settings;
    const auto done = importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), 0}, {});
    ASSERT_TRUE(done) << done.error().message;
    const auto net = readNetwork(folder.file("net.safetensors")).denoiser;
    f.expectNear("F", net->network().apply(net->weights(), f.array("x"), 0.5 * f.array("t")), 2e-5);
  }
}

void expectTrajectory(const Fixture& f, const std::string& part, Direction direction, const at::Tensor& start) {
  const auto& sim = f.settings.at("simulation");
  const Flow flow(*f.net, sim.at("A0"));
  LaneSettings set;
  set.solver = sim.at("solver"), set.saveFreq = sim.at("save_freq"), set.outputs = true;
  set.times = sim.at("disc") == "ifs" ? ifsTimes(sim.at("n_times"), sim.at("h"), false)
                                      : vpOdeTimes(sim.at("n_times"), sim.at("end_time"), sim.at("eps"), false);
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
  f.expectNear(part + "/tilde_xs", positions(Space::dataUnscaled), trajectory, true);
  f.expectNear(part + "/tilde_xs_es", positions(Space::latentUnscaled), trajectory, true);
  f.expectNear(part + "/xs", positions(Space::dataScaled), trajectory, true);
  // For networks in eigen-coordinates the reference's array holds its last state in every frame: its frames share memory.
  f.expectNear(part + "/xs_es", positions(Space::latentScaled), trajectory, true, f.settings.at("space") == "ES" ? lane.frames() - 1 : 0);
  f.expectNear(part + "/dxs_es", shaped(lane.dx), trajectory);
  f.expectNear(part + "/dxs", at::matmul(shaped(lane.dx).to(at::kDouble), f.W().t()).to(at::kFloat), trajectory);
  f.expectNear(part + "/net_outs", f.own(shaped(lane.out)), trajectory);
  // The score is (D - x) / gamma: where gamma is small, two nearly equal numbers in single precision. Two units of them are allowed for.
  auto times = set.times;
  if (direction != Direction::inflation) std::reverse(times.begin(), times.end());
  std::vector<double> variance;
  for (std::size_t i = 0; i + 1 < times.size(); ++i)
    if (i % static_cast<std::size_t>(set.saveFreq) == 0 || i + 2 == times.size()) {
      variance.push_back(f.net->schedule().gamma(0, times[i]));
      for (int j = 1; j < lane.dim; ++j) variance.back() = std::min(variance.back(), f.net->schedule().gamma(j, times[i]));
    }
  const auto theirs = f.array(part + "/unscaled_scores").to(at::kDouble), ours = f.own(shaped(lane.score)).to(at::kDouble);
  ASSERT_EQ(theirs.sizes(), ours.sizes());
  const auto rounding = 2 * 6e-8 * f.array(part + "/net_outs").abs().amax({1, 2}).to(at::kDouble) / at::tensor(variance, at::kDouble);
  f.report(part + "/unscaled_scores",
           (((theirs - ours).abs() - rounding.view({-1, 1, 1})) / theirs.square().mean().sqrt()).max().item<double>(), trajectory);
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
