// The joint target of latents and weights, and the generative map under it, against what the reference computed (fixtures' hmc/*).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/api/exchange.h"
#include "core/calibration/posterior/joint_target.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
#include "tests/core/calibration/map/map_testing.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;
using test::golden;

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(golden("x")).parent_path())) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("toy_net_") && name.ends_with(".npz") && NpzReader(entry.path().string()).has("hmc/params"))
      names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The experiment as a fixture has it. Its latents are in image space: z_is = W z.
struct Fixture {
  explicit Fixture(const std::string& name) : file(golden(name + ".npz")) {
    const testing::Folder folder;
    const auto done = importNetwork({golden(name + ".npz"), golden(name + ".json"), folder.file("net.safetensors"), 0}, {});
    if (!done) throw std::runtime_error(done.error().message);
    const auto net = readNetwork(folder.file("net.safetensors")).denoiser;
    PosteriorOptions o;
    o.solver = "euler", o.steps = static_cast<std::int64_t>(number("n_times"));
    map = solverMap(o, {{}, net, net->schedule().withEnd(number("t_max"))}, {});
    W = net->basis().W;
    params = file.doubles("hmc/params");
    q = turned(params, 3, true);
  }
  double number(const std::string& key) const { return file.doubles("hmc/" + key).at(0); }
  /// W v of each pair from `from` on, or W^T v.
  std::vector<double> turned(std::vector<double> v, std::size_t from, bool transposed) const {
    for (std::size_t i = from; i < v.size(); i += 2) {
      const double a = v[i], b = v[i + 1];
      v[i] = W[0] * a + (transposed ? W[2] : W[1]) * b;
      v[i + 1] = (transposed ? W[1] : W[2]) * a + W[3] * b;
    }
    return v;
  }
  JointTarget target(bool anchored) const {
    return {map, LatentMixture::ofPaper(number("eps_cd")), file.doubles("hmc/x_obs"), number("eps_mvn"), anchored};
  }

  NpzReader file;
  std::shared_ptr<const GenerativeMap> map;
  SharedNumbers W;
  std::vector<double> params, q;
};

TEST(HmcParity, FixturesAreThere) { EXPECT_FALSE(fixtures().empty()) << golden(""); }

TEST(HmcParity, EndOfTheFlow) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    const auto x = testing::valuesOf(*f.map, {f.q.begin() + 3, f.q.end()});
    const double error = testing::worst(x, f.file.doubles("hmc/f_z"));
    EXPECT_LT(error, 2e-4);
    RecordProperty(name + "_f_z", std::to_string(error));
  }
}

TEST(HmcParity, PriorLikelihoodAndGradient) {
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Fixture f(name);
    const auto target = f.target(false);
    const auto parts = target.parts(f.q);
    EXPECT_NEAR(parts.logPrior, f.number("log_prior"), 2e-5 * std::max(1.0, std::abs(f.number("log_prior"))));
    EXPECT_NEAR(parts.logLikelihood, f.number("log_lik"), 2e-4 * std::max(1.0, std::abs(f.number("log_lik"))));
    std::vector<double> density(1), gradient(f.q.size());
    target.evaluate(f.q, density, gradient);
    EXPECT_NEAR(density[0], parts.logPrior + parts.logLikelihood, 1e-9 * std::abs(density[0]));
    const double error = testing::worst(f.turned(gradient, 3, false), f.file.doubles("hmc/grad"));
    EXPECT_LT(error, 1e-3);
    RecordProperty(name + "_grad", std::to_string(error));
  }
}

}  // namespace
}  // namespace inflaton
