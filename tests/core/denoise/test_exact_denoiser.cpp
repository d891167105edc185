#include "core/denoise/exact_denoiser.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include "core/io/npz.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using test::golden;
using test::goldenJson;

struct Fixture {
  NpzReader file;
  nlohmann::json settings;
  Schedule schedule;
  Eigenbasis basis;
  at::Tensor references;

  explicit Fixture(const std::string& name)
      : file(golden(name + ".npz")),
        settings(goldenJson(name + ".json")),
        schedule(file.doubles("g"), settings.at("rho"), settings.at("gamma0"), settings.at("simulation").at("end_time"),
                 settings.at("dims_to_keep")) {
    basis.dim = settings.at("data_dim");
    basis.eigenvalues = file.doubles("eigs");
    basis.W = file.doubles("W");
    basis.mean.assign(static_cast<std::size_t>(basis.dim), 0.0);
    references = toEigen(basis, at::tensor(file.doubles("x0"), at::kDouble).view({-1, basis.dim}));
  }
};

class DiscreteParity : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Fixtures, DiscreteParity, ::testing::Values("discrete_prp", "discrete_prr"));

TEST_P(DiscreteParity, PosteriorMean) {
  Fixture f(GetParam());
  const ExactDenoiser denoiser(f.schedule, f.basis, f.references);
  const auto query = at::tensor(f.file.doubles("query"), at::kDouble).view({-1, f.basis.dim});
  const auto times = f.file.doubles("query_t");
  const auto want =
      at::tensor(f.file.doubles("posterior_mean"), at::kDouble).view({static_cast<std::int64_t>(times.size()), -1, f.basis.dim});
  const double rms = want.square().mean().sqrt().item<double>(), reach = f.references.abs().max().item<double>(),
               far = query.abs().max().item<double>();
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto exact = denoiser.denoise(query, times[k]);
    // The fixture keeps its references in single precision: their rounding moves exponents by about this much.
    double narrowest = f.schedule.gamma(0, times[k]);
    for (int j = 1; j < f.basis.dim; ++j) narrowest = std::min(narrowest, f.schedule.gamma(j, times[k]));
    const double rounding = f.file.info("x0").itemSize == 8 ? 0 : 0x1p-24 * reach * (2 + (reach + far) / narrowest);
    EXPECT_LT((exact - want[static_cast<std::int64_t>(k)]).abs().max().item<double>() / rms, 1e-10 + rounding) << "t = " << times[k];
    const auto single = denoiser.denoise(query.to(at::kFloat), times[k]).to(at::kDouble);
    // In single precision the exponent's rounding shows where the kernels are narrow.
    EXPECT_LT((single - want[static_cast<std::int64_t>(k)]).abs().mean().item<double>() / rms, 1e-4 + rounding) << "t = " << times[k];
  }
}

Schedule prp(int dim) {
  ScheduleOptions o;
  return Schedule::make(o, dim);
}
Eigenbasis identity(int dim) {
  Eigenbasis b;
  b.dim = dim;
  std::vector<double> W;
  for (int i = 0; i < dim; ++i) {
    b.mean.push_back(0), b.eigenvalues.push_back(1);
    for (int j = 0; j < dim; ++j) W.push_back(i == j);
  }
  b.W = std::move(W);
  return b;
}

TEST(ExactDenoiser, MatchesTheDirectFormula) {
  at::manual_seed(1);
  for (int dim : {1, 2, 3, 7}) {
    const auto references = at::randn({1300, dim}, at::kDouble), x = 1.5 * at::randn({77, dim}, at::kDouble);
    const ExactDenoiser denoiser(prp(dim), identity(dim), references);
    for (double t : {0.0, 1.0, 3.0, 7.01}) {
      const auto d = (x.unsqueeze(1) - references.unsqueeze(0)).square().sum(2) / denoiser.schedule().gamma(0, t);
      const auto want = at::softmax(-0.5 * d, 1).matmul(references);
      EXPECT_LT((denoiser.denoise(x, t) - want).abs().max().item<double>(), 1e-10);
      EXPECT_LT((denoiser.denoise(x.to(at::kFloat), t) - want).abs().mean().item<double>(), t == 0 ? 1e-3 : 1e-4);
    }
  }
}

TEST(ExactDenoiser, FarPointsFindTheirNearestReference) {
  // Every kernel underflows at these distances; the reference clips here, a log-sum-exp need not.
  const auto references = at::tensor({-1.0, 0.0, 1.0, 0.0}, at::kDouble).view({2, 2});
  const ExactDenoiser denoiser(prp(2), identity(2), references);
  for (auto type : {at::kDouble, at::kFloat}) {
    const auto d = denoiser.denoise(at::tensor({500.0, 3.0}, at::kDouble).view({1, 2}).to(type), 0.0);
    EXPECT_NEAR(d[0][0].item<double>(), 1.0, 1e-6);
  }
}

TEST(ExactDenoiser, ScoreIsTheGradientOfTheLogDensity) {
  at::manual_seed(2);
  const auto references = at::randn({300, 2}, at::kDouble), x = at::randn({20, 2}, at::kDouble);
  const ExactDenoiser denoiser(prp(2), identity(2), references);
  const double t = 2.0, gamma = denoiser.schedule().gamma(0, t), h = 1e-5;
  const auto logDensity = [&](const at::Tensor& at) {
    return at::logsumexp(-0.5 * (at.unsqueeze(1) - references.unsqueeze(0)).square().sum(2) / gamma, {1});
  };
  const auto score = (denoiser.denoise(x, t) - x) / gamma;
  for (int j = 0; j < 2; ++j) {
    auto step = at::zeros_like(x);
    step.select(1, j).fill_(h);
    EXPECT_LT((score.select(1, j) - (logDensity(x + step) - logDensity(x - step)) / (2 * h)).abs().max().item<double>(), 1e-6);
  }
}

TEST(ExactDenoiser, ParallelEqualsSerial) {
  const auto references = at::randn({5000, 3}), x = at::randn({3000, 3});
  const ExactDenoiser denoiser(prp(3), identity(3), references);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto serial = denoiser.denoise(x, 1.0);
  at::set_num_threads(3);
  const auto parallel = denoiser.denoise(x, 1.0);
  at::set_num_threads(before);
  EXPECT_TRUE(serial.equal(parallel));
}

TEST(ExactDenoiser, WhitenedFormIsTheSameDenoiser) {
  const auto references = at::randn({400, 2}, at::kDouble), x = at::randn({50, 2}, at::kDouble);
  const ExactDenoiser denoiser(prp(2), identity(2), references);
  const double t = 1.5;
  const auto p = Preconditioning::at(denoiser.schedule(), denoiser.basis().eigenvalues, t);
  const auto D = p.cSkip[0] * x + p.cOut[0] * denoiser.whitened(x * p.cIn[0], t);
  EXPECT_LT((D - denoiser.denoise(x, t)).abs().max().item<double>(), 1e-12);
  EXPECT_NEAR(p.weight[0] * p.cOut[0], 1, 1e-14);
}

}  // namespace
}  // namespace inflaton
