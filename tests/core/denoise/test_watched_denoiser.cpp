// A watched denoiser says in slices what the one inside says whole; coefficients are those of the formulas.
#include "core/denoise/watched_denoiser.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "core/denoise/exact_denoiser.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::inflaton::testing::smallNet;

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
  return at::normal(0., 1.2, shape, at::detail::createCPUGenerator(seed)).to(at::kDouble);
}

TEST(WatchedDenoiser, ForwardsEverythingInSlices) {
  const auto net =
      std::make_shared<NetDenoiser>(smallNet().schedule(), smallNet().basis(),
                                    std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 12, .depth = 2}), smallNet().weights());
  int polls = 0;
  const WatchedDenoiser watched(net, [&] { ++polls; });
  EXPECT_EQ(watched.workPerPoint(), net->workPerPoint());
  EXPECT_GT(watched.workPerPoint(), 0);
  EXPECT_EQ(watched.device(), net->device());
  const auto y = random({9000, 2}, 1), v = random({3, 9000, 2}, 2);
  at::Tensor there, here;
  EXPECT_TRUE(at::allclose(watched.whitened(y, 2), net->whitened(y, 2)));
  EXPECT_EQ(polls, 3);
  const auto F = net->whitenedWithJacobian(y, 2, there);
  polls = 0;
  EXPECT_TRUE(at::allclose(watched.whitenedWithJacobian(y, 2, here), F));
  EXPECT_GE(polls, 6) << "a Jacobian costs more than one evaluation, so its slices are shorter";
  ASSERT_EQ(here.sizes(), (at::IntArrayRef{9000, 2, 2}));
  EXPECT_TRUE(at::allclose(here, there));
  net->whitenedWithProducts(y, 2, v, there);
  EXPECT_TRUE(at::allclose(watched.whitenedWithProducts(y, 2, v, here), F));
  ASSERT_EQ(here.sizes(), (at::IntArrayRef{3, 9000, 2}));
  EXPECT_TRUE(at::allclose(here, there));
  EXPECT_EQ(watched.lastTime(), 2);
}

TEST(WatchedDenoiser, NamesRowsThatLeaveTheFiniteRangeInAJacobianToo) {
  const auto exact = std::make_shared<ExactDenoiser>(Schedule::make({}, 2), testing::diagonal({1, 1}), random({50, 2}, 3));
  const WatchedDenoiser watched(exact, {});
  auto y = random({6000, 2}, 4);
  y[5000][1] = std::numeric_limits<double>::infinity();
  at::Tensor jacobian;
  watched.whitenedWithJacobian(y, 1, jacobian);
  EXPECT_EQ(watched.lost(), (std::vector<std::int64_t>{5000}));
}

TEST(Coefficients, AreThoseOfTheTimeWhateverWasAskedBefore) {
  const ExactDenoiser exact(Schedule::make({}, 2), testing::diagonal({1.3, 0.4}), random({50, 2}, 3));
  for (const double t : {0.0, 2.0, 2.0, 5.5, 2.0})
    for (const auto type : {at::kDouble, at::kFloat}) {
      const auto c = exact.coefficients(t, at::zeros({1}, type));
      const auto p = Preconditioning::at(exact.schedule(), exact.basis().eigenvalues, t);
      const auto expect = [&](const at::Tensor& row, const std::vector<double>& values) {
        EXPECT_TRUE(row.equal(at::tensor(values, at::kDouble).to(type))) << t;
      };
      expect(c.cIn, p.cIn), expect(c.cSkip, p.cSkip), expect(c.cOut, p.cOut), expect(c.weight, p.weight);
    }
}

}  // namespace
}  // namespace inflaton
