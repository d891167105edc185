#include "core/nets/net_denoiser.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::smallNet;

at::Tensor points(std::int64_t n, at::ScalarType type = at::kDouble) {
  return at::normal(0., 2., {n, 2}, at::detail::createCPUGenerator(7)).to(type);
}

TEST(Preconditioning, ClosedFormsOfTheSpecification) {
  const auto net = smallNet(1);
  for (const double t : {0.0, 1.0, 7.01}) {
    const auto p = Preconditioning::at(net.schedule(), net.basis().eigenvalues, t);
    for (std::size_t j = 0; j < 2; ++j) {
      const double xi = net.basis().eigenvalues[j], gamma = net.schedule().gamma(static_cast<int>(j), t);
      EXPECT_NEAR(p.cIn[j], 1 / std::sqrt(xi + gamma), 1e-12 * p.cIn[j]);
      EXPECT_NEAR(p.cSkip[j], xi / (xi + gamma), 1e-12);
      EXPECT_NEAR(p.cOut[j], std::sqrt(xi * gamma / (xi + gamma)), 1e-12 * p.cOut[j]);
      EXPECT_NEAR(p.weight[j] * p.cOut[j], 1, 1e-12);
      // The clean signal and the error of the skip term add up to the data's variance.
      EXPECT_NEAR(p.cSkip[j] * p.cSkip[j] * (xi + gamma) + p.cOut[j] * p.cOut[j], xi, 1e-12);
    }
  }
}

TEST(NetDenoiser, WhitenedIsWhatDenoiseIsMadeOf) {
  for (const int keep : {2, 1}) {
    const auto net = smallNet(keep);
    for (const double t : {0.3, 2.0, 5.0}) {
      const auto p = Preconditioning::at(net.schedule(), net.basis().eigenvalues, t);
      const auto y = points(40) * at::tensor(p.cIn, at::kDouble);
      const auto direct = net.whitened(y, t), derived = net.Denoiser::whitened(y, t);
      EXPECT_GT(direct.abs().mean().item<double>(), 0.01);
      EXPECT_LT((direct - derived).abs().max().item<double>(), 1e-5) << keep << " " << t;
    }
  }
}

TEST(NetDenoiser, ZeroWeightsGiveTheGaussianPosteriorMean) {
  const auto some = smallNet();
  const NetDenoiser net(some.schedule(), some.basis(), std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 12, .depth = 2}),
                        at::zeros_like(some.weights()));
  const auto x = points(20);
  const auto p = Preconditioning::at(net.schedule(), net.basis().eigenvalues, 2.5);
  EXPECT_TRUE(at::allclose(net.denoise(x, 2.5), x * at::tensor(p.cSkip, at::kDouble), 1e-12, 1e-14));
}

TEST(NetDenoiser, AnswersInThePrecisionAsked) {
  const auto net = smallNet();
  EXPECT_EQ(net.denoise(points(3, at::kFloat), 1).scalar_type(), at::kFloat);
  EXPECT_EQ(net.denoise(points(3, at::kDouble), 1).scalar_type(), at::kDouble);
  EXPECT_EQ(net.whitened(points(3, at::kDouble), 1).scalar_type(), at::kDouble);
  EXPECT_FALSE(net.denoise(points(3, at::kFloat), 1).requires_grad());
}

TEST(NetDenoiser, ATimePerPointAgreesWithATimeForAll) {
  const auto net = smallNet(1);
  const auto x = points(6);
  const auto t = at::tensor(std::vector<double>{0, 0.5, 1, 2, 4, 7.01}, at::kDouble);
  at::Tensor weight;
  const auto each = net.denoiseEach(x, t, &weight);
  for (std::int64_t i = 0; i < 6; ++i) {
    const double time = t[i].item<double>();
    const auto one = net.denoise(x.slice(0, i, i + 1), time);
    EXPECT_TRUE(at::allclose(each.slice(0, i, i + 1), one, 1e-5, 1e-6)) << i;
    const auto p = Preconditioning::at(net.schedule(), net.basis().eigenvalues, time);
    EXPECT_NEAR(weight[i][1].item<double>(), p.weight[1], 1e-9 * p.weight[1]);
  }
}

TEST(NetDenoiser, RefusesPartsThatDoNotFit) {
  const auto net = smallNet();
  const auto network = std::make_shared<Mlp>(MlpSettings{.dim = 3, .width = 4, .depth = 1});
  EXPECT_THROW(NetDenoiser(net.schedule(), net.basis(), network, at::zeros({network->size()})), Error);
  EXPECT_THROW(
      NetDenoiser(net.schedule(), net.basis(), std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 4, .depth = 1}), at::zeros({3})),
      Error);
}

}  // namespace
}  // namespace inflaton
