#include "core/nets/net_coordinates.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/nets/architectures.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::turnedBasis;

Schedule scheduleOf(int keep, const char* kind = "reference") {
  ScheduleOptions o;
  o.dims_to_keep = keep, o.schedule = kind;
  return Schedule::make(o, 2, 1.0, turnedBasis().eigenvalues);
}

at::Tensor random(std::int64_t n, std::uint64_t seed) {
  return at::normal(0., 1.3, {n, 2}, at::detail::createCPUGenerator(seed)).to(at::kDouble);
}
at::Tensor W() { return eigenvectors(turnedBasis()); }

TEST(NetCoordinates, TargetUndoesWhitened) {
  for (const auto& [precond, space] : {std::pair{"ifs", "ES"}, {"ifs", "IS"}, {"edm", "IS"}, {"edm_es", "ES"}}) {
    const NetCoordinates c(precond, space, scheduleOf(2), turnedBasis());
    const auto y = random(30, 1), out = random(30, 2);
    for (const auto& t : {at::linspace(0, 7, 30, at::kDouble), at::full({1}, 2.5, at::kDouble)}) {
      const auto terms = c.terms(t, y);
      EXPECT_LT((c.target(y, c.whitened(y, out, terms), terms) - out).abs().max().item<double>(), 1e-9) << precond << " " << space;
    }
  }
}

TEST(NetCoordinates, EigenCoordinatesCostNothing) {
  const NetCoordinates c("ifs", "ES", scheduleOf(1), turnedBasis());
  const auto y = random(3, 1);
  const auto terms = c.terms(at::ones({1}), y);
  EXPECT_TRUE(c.input(y, terms).is_same(y) && c.whitened(y, y, terms).is_same(y) && c.target(y, y, terms).is_same(y));
}

TEST(NetCoordinates, DataCoordinatesAreARotation) {
  const NetCoordinates c("ifs", "IS", scheduleOf(1), turnedBasis());
  const auto y = random(20, 1), out = random(20, 2);
  const auto terms = c.terms(at::ones({1}, at::kDouble), y);
  EXPECT_TRUE(at::allclose(c.input(y, terms), y.matmul(W().t())));
  EXPECT_TRUE(at::allclose(c.whitened(y, out, terms).matmul(W().t()), out));
}

/// An architecture whose answer is known: 0.3 times its input.
class Third : public Network {
 public:
  Third() { addWeight("model.factor", {1}); }
  int dim() const override { return 2; }
  nlohmann::json configuration() const override { return nlohmann::json::object(); }
  at::Tensor initialWeights(at::Generator) const override { return at::full({1}, 0.3); }
  at::Tensor apply(const NetworkTensors& net, const at::Tensor& y, const Conditioning&) const override { return y * net.weights; }
};

TEST(NetDenoiser, EdmIsItsOwnFormulaInDataCoordinates) {
  const auto basis = turnedBasis();
  const auto schedule = scheduleOf(2);
  const NetDenoiser net(schedule, basis, std::make_shared<Third>(), at::full({1}, 0.3), "edm", "ES");
  EXPECT_EQ(net.coordinates().space(), "IS");
  const auto mean = at::tensor(basis.mean, at::kDouble), x = 2 * random(25, 3), data = x.matmul(W().t()) + mean;
  for (const double t : {0.0, 1.5, 4.0}) {
    const double variance = schedule.gamma(0, t), sigma = std::sqrt(variance), norm = std::sqrt(1 + variance);
    // c_skip x + c_out F(c_in x) with the data variance 1: EDM's table 1.
    const auto D = data / (1 + variance) + sigma / norm * (0.3 * data / norm);
    const auto ours = net.denoise(x, t).matmul(W().t()) + mean;
    EXPECT_LT((ours - D).abs().max().item<double>(), 1e-6) << t;
    const auto each = net.denoiseEach(x, at::full({25}, t, at::kDouble)).matmul(W().t()) + mean;
    EXPECT_LT((each - D).abs().max().item<double>(), 1e-6) << t;
  }
}

TEST(NetDenoiser, DataCoordinatesRotateInAndOut) {
  const auto basis = turnedBasis();
  const auto some = testing::smallNet(1);
  const auto network = std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 12, .depth = 2});
  const NetDenoiser inData(some.schedule(), basis, network, some.weights(), "ifs", "IS");
  const auto x = random(25, 3);
  for (const double t : {0.2, 3.0}) {
    const auto p = Preconditioning::at(some.schedule(), basis.eigenvalues, t);
    const auto row = [](const std::vector<double>& v) { return at::tensor(v, at::kDouble); };
    const auto F =
        network->apply(some.weights(), (x * row(p.cIn)).matmul(W().t()).to(at::kFloat), at::full({1}, t, at::kFloat)).to(at::kDouble);
    EXPECT_LT((inData.denoise(x, t) - (row(p.cSkip) * x + row(p.cOut) * F.matmul(W()))).abs().max().item<double>(), 1e-6);
  }
}

TEST(NetCoordinates, NoiseIsAQuarterOfTheLogarithm) {
  const auto schedule = scheduleOf(2);
  const auto n = NetCoordinates::noise("edm", schedule);
  for (const double t : {0.0, 2.0, 7.0}) EXPECT_NEAR(n.scale * t + n.offset, 0.25 * std::log(std::sqrt(schedule.gamma(0, t))), 1e-12);
  EXPECT_EQ(NetCoordinates::noise("ifs", schedule).scale, 999);
  EXPECT_EQ(NetCoordinates::noise("ifs", schedule, 500).scale, 499);
}

TEST(NetCoordinates, RefusesWhatCannotBe) {
  const auto error = [](const char* precond, const char* space, const Schedule& s) {
    return errorOf([&] { NetCoordinates(precond, space, s, turnedBasis()); });
  };
  EXPECT_THAT(error("vp", "ES", scheduleOf(2)), HasSubstr("precond is \"vp\"; allowed: ifs, edm, edm_es"));
  EXPECT_THAT(error("ifs", "RGB", scheduleOf(2)), HasSubstr("space is \"RGB\"; allowed: ES, IS"));
  EXPECT_THAT(error("edm_es", "IS", scheduleOf(2)), HasSubstr("space"));
  for (const char* precond : {"edm", "edm_es"}) {
    EXPECT_THAT(error(precond, "ES", scheduleOf(1)), HasSubstr("allowed with PRRto1D of schedule reference: ifs"));
    EXPECT_THAT(error(precond, "ES", scheduleOf(2, "paper")), HasSubstr("allowed with PRP of schedule paper: ifs"));
    EXPECT_EQ(error(precond, "ES", scheduleOf(2)), "");
  }
}

TEST(FreshNetwork, HasTheArchitectureAndTheNoiseConditioningAsked) {
  ToyTrainOptions o;
  for (const char* arch : {"Mlp", "ToyConvUNet", "ToySongUNet"})
    for (const char* precond : {"ifs", "edm"}) {
      o.arch = arch, o.precond = precond;
      const auto c = freshNetwork(o, scheduleOf(2), turnedBasis())->configuration();
      EXPECT_EQ(c.at("arch"), arch);
      EXPECT_EQ(c.at("dim"), 2);
      if (o.arch != "Mlp") {
        EXPECT_EQ(c.at("noise_scale"), NetCoordinates::noise(precond, scheduleOf(2)).scale);
      }
    }
  o.arch = "ToyConvUNet";
  EXPECT_EQ(freshNetwork(o, scheduleOf(2), turnedBasis())->size() - 128 - 1 - 8 * 4, 1122204);  // specification 2.2, and the constants
}

}  // namespace
}  // namespace inflaton
