#include "core/api/density.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/det.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/inverse.h>
#include <ATen/ops/linalg_cholesky.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/log.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/matrix_exp.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/denoise/exact_denoiser.h"
#include "core/density/density_flow.h"
#include "core/flow/solvers.h"
#include "core/io/npz.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::inflaton::testing::diagonal;
using ::inflaton::testing::Folder;
using ::inflaton::testing::smallNet;

Schedule schedule(int dim, int keep, double gamma0 = 5e-4, double tmax = 7.01, const std::string& kind = "reference",
                  const std::vector<double>& xi = {}) {
  ScheduleOptions o;
  o.dims_to_keep = keep, o.gamma0 = gamma0, o.tmax = tmax, o.schedule = kind;
  if (kind == "paper") o.g_rescaling = 0.15;
  return Schedule::make(o, dim, 1.0, xi);
}

/// Gaussian data: F = 0.
class GaussianDenoiser : public Denoiser {
 public:
  using Denoiser::Denoiser;
  at::Tensor denoise(const at::Tensor& x, double t) const override {
    return at::tensor(Preconditioning::at(schedule(), basis().eigenvalues, t).cSkip, at::kDouble) * x;
  }
};

/// F = y B^T, the same at all times: with equal rates on all axes the map is exp(-B (theta(T) - theta(t))).
class LinearDenoiser : public Denoiser {
 public:
  LinearDenoiser(Schedule s, Eigenbasis b, at::Tensor B) : Denoiser(std::move(s), std::move(b)), B_(std::move(B)) {}
  at::Tensor denoise(const at::Tensor&, double) const override { throw Error(ErrorCode::failed, "not asked for"); }
  at::Tensor whitened(const at::Tensor& y, double) const override { return at::matmul(y, B_.t()); }

 private:
  at::Tensor B_;
};

double largest(const at::Tensor& v) { return v.abs().max().item<double>(); }

/// log of the density of references smoothed by the kernel at t.
at::Tensor mixtureLogDensity(const at::Tensor& x, const at::Tensor& references, const Schedule& s, double t) {
  std::vector<double> gamma;
  double volume = 0;
  for (int j = 0; j < s.dim(); ++j) gamma.push_back(s.gamma(j, t)), volume += 0.5 * std::log(2 * std::numbers::pi * gamma.back());
  const auto d = ((x.unsqueeze(1) - references.unsqueeze(0)).square() / at::tensor(gamma, at::kDouble)).sum(2);
  return at::logsumexp(-0.5 * d, {1}) - std::log(static_cast<double>(references.size(0))) - volume;
}

/// Two clusters, centred and with the covariance diag(xi) that the eigenbasis says, so that the basis is theirs.
at::Tensor clusters(std::int64_t n, const std::vector<double>& xi) {
  at::manual_seed(5);
  const auto D = static_cast<std::int64_t>(xi.size());
  auto x = 0.4 * at::randn({n, D}, at::kDouble);
  x.select(1, 0).add_(at::where(at::arange(n) % 2 == 0, 1.0, -1.0));
  x = x - x.mean(0, true);
  const auto covariance = at::matmul(x.t(), x) / static_cast<double>(n);
  // Whiten by Cholesky, then give each axis its variance.
  return at::matmul(x, at::inverse(at::linalg_cholesky(covariance)).t()) * at::tensor(xi, at::kDouble).sqrt();
}

TEST(Density, GaussianDataAreExact) {
  at::manual_seed(1);
  const std::vector<double> xi{1.7, 0.9, 0.2};
  for (const char* kind : {"reference", "paper"})
    for (int keep : {3, 1})
      for (double t : {0.0, 1.3}) {
        const GaussianDenoiser denoiser(schedule(3, keep, 5e-4, 7.01, kind, xi), diagonal(xi));
        const Flow flow(denoiser, 1.0);
        const auto x = 2 * at::randn({50, 3}, at::kDouble);
        const auto values = densityAlong(flow, x, {.t = t});
        at::Tensor want = at::zeros({50}, at::kDouble);
        for (int j = 0; j < 3; ++j) {
          const double variance = xi[static_cast<std::size_t>(j)] + denoiser.schedule().gamma(j, t);
          want += -0.5 * x.select(1, j).square() / variance - 0.5 * std::log(2 * std::numbers::pi * variance);
        }
        EXPECT_LT(largest(values.logDensity - want), 1e-10) << kind << " keep " << keep << " t " << t;
        EXPECT_LT(largest(values.jacobian - at::eye(3, at::kDouble)), 1e-10);
      }
}

TEST(Density, JacobiansAreDerivatives) {
  at::manual_seed(2);
  const auto references = clusters(300, {1.4, 0.6});
  const ExactDenoiser exact(schedule(2, 1), diagonal({1.4, 0.6}), references);
  const auto net = smallNet();
  const auto y = at::randn({40, 2}, at::kDouble);
  for (const Denoiser* denoiser : std::initializer_list<const Denoiser*>{&exact, &net})
    for (double t : {0.3, 2.0, 5.0}) {
      at::Tensor jacobian, products;
      const auto F = denoiser->whitenedWithJacobian(y, t, jacobian);
      const bool single = denoiser == &net;
      EXPECT_LT(largest(F - denoiser->whitened(y, t)), single ? 1e-5 : 1e-9);
      const double h = single ? 2e-3 : 1e-5;
      for (int j = 0; j < 2; ++j) {
        auto step = at::zeros_like(y);
        step.select(1, j).fill_(h);
        const auto slope = (denoiser->whitened(y + step, t) - denoiser->whitened(y - step, t)) / (2 * h);
        EXPECT_LT(largest(jacobian.select(2, j) - slope), single ? 1e-3 : 1e-5 * (1 + largest(slope))) << "t " << t;
      }
      const auto v = at::randn({3, 40, 2}, at::kDouble);
      denoiser->whitenedWithProducts(y, t, v, products);
      EXPECT_LT(largest(products - at::matmul(v.unsqueeze(2), jacobian.unsqueeze(0)).squeeze(2)), 1e-5 * (1 + largest(products)));
    }
}

TEST(Density, EveryFormOfNetworkKnowsItsJacobian) {
  // Data coordinates and EDM's form go through the same network; autograd's version of the Jacobian is that of the MLP by hand.
  at::manual_seed(3);
  const auto plain = smallNet();
  const auto weights = plain.weights();
  const auto y = at::randn({30, 2}, at::kDouble);
  for (const auto& [precond, space] : {std::pair{"ifs", "ES"}, {"ifs", "IS"}, {"edm", "IS"}, {"edm_es", "ES"}}) {
    const NetDenoiser net(plain.schedule(), plain.basis(), std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 12, .depth = 2}), weights,
                          precond, space);
    at::Tensor jacobian, products;
    net.whitenedWithJacobian(y, 1.0, jacobian);
    for (int j = 0; j < 2; ++j) {
      auto step = at::zeros_like(y);
      step.select(1, j).fill_(2e-3);
      const auto slope = (net.whitened(y + step, 1.0) - net.whitened(y - step, 1.0)) / 4e-3;
      EXPECT_LT(largest(jacobian.select(2, j) - slope), 2e-3 * (1 + largest(slope))) << precond << " " << space;
    }
    const auto v = at::randn({3, 30, 2}, at::kDouble);
    net.whitenedWithProducts(y, 1.0, v, products);
    EXPECT_LT(largest(products - at::matmul(v.unsqueeze(2), jacobian.unsqueeze(0)).squeeze(2)), 1e-5 * (1 + largest(products)))
        << precond << " " << space;
  }
}

TEST(Density, ExactScoreGivesTheMixture) {
  // The model at tmax is a Gaussian, the smoothed data there nearly one: they differ by O(1 / gamma(T)), which a later end makes small.
  const auto references = clusters(200, {1.4, 0.6});
  for (int keep : {2, 1}) {
    const ExactDenoiser denoiser(schedule(2, keep, 0.05, keep == 2 ? 7.01 : 14.01), diagonal({1.4, 0.6}), references);
    const Flow flow(denoiser, 1.0);
    const auto x = 1.2 * at::randn({150, 2}, at::kDouble);
    for (double t : {0.0, 0.8}) {
      const auto values = densityAlong(flow, x, {.t = t, .tEnd = denoiser.schedule().tMax(), .tolerance = 1e-7});
      const auto want = mixtureLogDensity(x, references, denoiser.schedule(), t);
      if (keep == 2) {
        EXPECT_LT(largest(values.logDensity - want), 2e-5) << "t " << t;
      } else {
        // Compressed axes of 2D -> 1D have a constant kernel: they are not Gaussian at the end, however late. The map is still exact.
        EXPECT_LT(largest(values.logDeterminant.exp() - at::det(values.jacobian)), 1e-4 * (1 + largest(values.jacobian.square())));
      }
    }
  }
}

TEST(Density, PaperScheduleGivesTheMixture) {
  const std::vector<double> xi{1.4, 0.6};
  const auto references = clusters(200, xi);
  for (int keep : {2, 1}) {
    const ExactDenoiser denoiser(schedule(2, keep, 5e-4, 10.0, "paper", xi), diagonal(xi), references);
    const Flow flow(denoiser, 1.0);
    const auto x = 1.2 * at::randn({100, 2}, at::kDouble);
    const auto values = densityAlong(flow, x, {.t = 0.2, .tEnd = 10.0, .tolerance = 1e-7});
    EXPECT_LT(largest(values.logDensity - mixtureLogDensity(x, references, denoiser.schedule(), 0.2)), 1e-2) << "keep " << keep;
  }
}

TEST(Density, StretchOfALinearFlowIsItsExponential) {
  at::manual_seed(4);
  for (int D : {2, 3, 5}) {
    const auto B = 0.7 * at::randn({D, D}, at::kDouble);
    const LinearDenoiser denoiser(schedule(D, D), diagonal(std::vector<double>(static_cast<std::size_t>(D), 1.0)), B);
    const Flow flow(denoiser, 1.0);
    const auto x = at::randn({7, D}, at::kDouble);
    const auto values = densityAlong(flow, x, {.tolerance = 1e-10});
    const double span = denoiser.schedule().angle(0, 7.01, 1.0) - denoiser.schedule().angle(0, 0, 1.0);
    const auto map = at::matrix_exp(-span * B);
    const auto want = at::linalg_svdvals(map).expand({7, D});
    EXPECT_LT(largest(singularValues(values.jacobian) - want), 1e-7 * (1 + largest(want)));
    EXPECT_LT(largest(singularValues(values.jacobian).log().sum(1) - values.logDeterminant), 1e-7);
    EXPECT_LT(largest(values.latent - at::matmul(flow.whiten(x, 0), map.t())), 1e-7 * (1 + largest(values.latent)));
  }
}

TEST(Density, FixedStepsAreTakenWhereTheyAreAsGood) {
  at::manual_seed(9);
  const auto x = 1.2 * at::randn({120, 2}, at::kDouble);
  const auto references = clusters(200, {1.4, 0.6});
  for (int keep : {2, 1}) {
    const ExactDenoiser denoiser(schedule(2, keep, 0.1), diagonal({1.4, 0.6}), references);
    const Flow flow(denoiser, 1.0);
    DensitySettings set{.tolerance = 1e-4};
    chooseFixedSteps(flow, x.slice(0, 0, 40), set);
    ASSERT_GT(set.evaluations, 0);
    const auto fixed = densityAlong(flow, x, set);
    EXPECT_EQ(fixed.evaluations, set.evaluations);
    const auto fine = densityAlong(flow, x, {.tolerance = 1e-8});
    EXPECT_LT(((fixed.logDensity - fine.logDensity) / (1 + fine.logDensity.abs())).square().mean().sqrt().item<double>(), 2e-3);
    EXPECT_LT((fixed.jacobian - fine.jacobian).square().mean().sqrt().item<double>(), 2e-2 * (1 + largest(fine.jacobian)));
    set.tolerance = 1e-9;
    chooseFixedSteps(flow, x.slice(0, 0, 40), set);
    EXPECT_EQ(set.evaluations, 0);  // no number of steps on the list does that
  }
}

TEST(Density, ProbesAgreeWithTheTraceWithinTheirErrors) {
  const auto references = clusters(200, {1.3, 1.0, 0.7});
  const ExactDenoiser denoiser(schedule(3, 3, 0.05), diagonal({1.3, 1.0, 0.7}), references);
  const Flow flow(denoiser, 1.0);
  at::manual_seed(6);
  const auto x = at::randn({60, 3}, at::kDouble);
  const auto exact = densityAlong(flow, x, {.tolerance = 1e-6});
  const auto few = densityAlong(flow, x, {.tolerance = 1e-6, .probes = 64, .seed = 3}),
             again = densityAlong(flow, x, {.tolerance = 1e-6, .probes = 64, .seed = 3});
  EXPECT_FALSE(few.jacobian.defined());
  EXPECT_TRUE(few.logDensity.equal(again.logDensity));
  const auto off = (few.logDensity - exact.logDensity).abs();
  EXPECT_GT(largest(off), 1e-6);  // it is an estimate
  EXPECT_LT(largest(off / (few.standardError + 1e-4)), 6);
  EXPECT_LT((off / (few.standardError + 1e-4)).mean().item<double>(), 1.5);
  EXPECT_LT((off.mean() / few.standardError.mean() - 0.8).abs().item<double>(), 0.5);  // normal: 0.8
}

TEST(Density, AboveSixteenDimensionsProbesAreTaken) {
  const GaussianDenoiser denoiser(schedule(20, 20), diagonal(std::vector<double>(20, 1.0)));
  const auto values = densityAlong(Flow(denoiser, 1.0), at::zeros({3, 20}, at::kDouble), {});
  ASSERT_TRUE(values.standardError.defined());
  EXPECT_FALSE(values.jacobian.defined());
  EXPECT_NEAR(values.logDensity[0].item<double>(), -10 * std::log(2 * std::numbers::pi * (1 + 5e-4)), 1e-9);
}

TEST(Density, ChangeOfVariablesHoldsThroughARoundTrip) {
  // From t to T and the density there, and from half way: the same map in two parts, whose determinants multiply.
  const auto net = smallNet();
  const Flow flow(net, 1.0);
  at::manual_seed(7);
  const auto x = at::randn({40, 2}, at::kDouble);
  const auto whole = densityAlong(flow, x, {.tolerance = 1e-6});
  const auto first = densityAlong(flow, x, {.tEnd = 2.0, .tolerance = 1e-6});
  const auto second = densityAlong(flow, flow.unwhiten(first.latent, 2.0), {.t = 2.0, .tolerance = 1e-6});
  EXPECT_LT(largest(second.latent - whole.latent), 1e-4);
  EXPECT_LT(largest(first.logDeterminant + second.logDeterminant - whole.logDeterminant), 1e-4);
  EXPECT_LT(largest(at::matmul(second.jacobian, first.jacobian) - whole.jacobian), 1e-3 * (1 + largest(whole.jacobian)));
  // Back again: the inverse map's determinant, by differences of the generated points.
  const auto back = [&](const at::Tensor& y) {
    at::Tensor end;
    dormandPrince([&](const at::Tensor& v, double u) { return flow.angleVelocity(v, u); }, y, {flow.angle(7.01), flow.angle(0)}, {1e-6},
                  [&](std::size_t, const at::Tensor& v) { end = v; }, [](double) {});
    return flow.unwhiten(end, 0);
  };
  EXPECT_LT(largest(back(whole.latent) - x), 1e-3);
  const auto returned = densityAlong(flow, back(whole.latent), {.tolerance = 1e-6});
  EXPECT_LT(largest(returned.logDensity - whole.logDensity), 5e-3);
  std::vector<at::Tensor> columns;
  const double h = 1e-2;
  for (int j = 0; j < 2; ++j) {
    auto step = at::zeros_like(whole.latent);
    step.select(1, j).fill_(h);
    columns.push_back((back(whole.latent + step) - back(whole.latent - step)) / (2 * h));
  }
  const auto inverse = at::log(at::abs(at::det(at::stack(columns, 2))));
  // log p_x = log N(y(T)) - log |det dx/dy(T)|
  const auto gaussian = -0.5 * whole.latent.square().sum(1) - std::log(2 * std::numbers::pi);
  EXPECT_LT((gaussian - inverse - whole.logDensity).abs().mean().item<double>(), 1e-2);
}

DensityOptions exactGrid() {
  DensityOptions o;
  o.source = "discrete", o.data_name = "moons", o.total_samples = 200, o.gamma0 = 0.02, o.grid = 60, o.seed = 3, o.tolerance = 1e-4;
  return o;
}

double mass(const DensityResult& r) {
  double sum = 0;
  for (const double v : r.logDensity) sum += std::exp(v) * r.stepX * r.stepY;
  return sum;
}

TEST(Density, AGridIntegratesToOne) {
  const auto r = density(exactGrid(), {});
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ((*r)->n, 3600);
  EXPECT_NEAR(mass(**r), 1, 1e-3);
  for (std::size_t i = 0; i < 3600; ++i) ASSERT_GE((*r)->singular[2 * i], (*r)->singular[2 * i + 1]);
}

TEST(Density, ANetworksGridIntegratesToOneAndIsItsSamplesDensity) {
  const Folder folder;
  const auto net = smallNet();
  saveNetwork(folder.file("net.safetensors"), net, {{"data_name", "circles"}});
  DensityOptions o;
  o.source = "net", o.network = folder.file("net.safetensors"), o.grid = 180, o.extent = 9, o.total_samples = 50, o.tolerance = 1e-5;
  const auto r = density(o, {});
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_NEAR(mass(**r), 1, 1e-3);

  // A kernel estimate of many generated points at the points of a coarse grid: within its own scatter.
  const Flow flow(net, 1.0);
  at::manual_seed(8);
  const std::int64_t n = 200000;
  at::Tensor y;
  dormandPrince([&](const at::Tensor& v, double u) { return flow.angleVelocity(v, u); }, at::randn({n, 2}, at::kDouble),
                {flow.angle(7.01), flow.angle(0)}, {1e-5}, [&](std::size_t, const at::Tensor& v) { y = v; }, [](double) {});
  const auto samples = toData(net.basis(), flow.unwhiten(y, 0));
  const double width = 0.1;
  double worst = 0;
  for (std::int64_t row = 50; row < 130; row += 8)
    for (std::int64_t column = 50; column < 130; column += 8) {
      const double x0 = (*r)->left + static_cast<double>(column) * (*r)->stepX, y0 = (*r)->bottom + static_cast<double>(row) * (*r)->stepY;
      const auto d = (samples.select(1, 0) - x0).square() + (samples.select(1, 1) - y0).square();
      const double kernel = 2 * std::numbers::pi * width * width,
                   estimate = at::exp(-0.5 * d / (width * width)).mean().item<double>() / kernel;
      const double p = std::exp((*r)->logDensity[static_cast<std::size_t>(row * 180 + column)]);
      const double scatter =
          std::sqrt(p / (static_cast<double>(n) * 2 * kernel)) + 1e-4;  // of the estimate; its bias is about width^2 p''/2
      worst = std::max(worst, std::abs(estimate - p) / (5 * scatter + 0.02 * p + 1e-3));
    }
  EXPECT_LT(worst, 1);
}

TEST(Density, AnswersAtPointsOfAFileAndSavesThem) {
  const Folder folder;
  auto o = exactGrid();
  o.grid = 0, o.output = folder.file("density.npz");
  const auto own = density(o, {});
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ((*own)->n, 200);
  writeNpy<float>(folder.file("points.npy"), std::span<const float>((*own)->points.data(), 20), {10, 2});
  o.points = folder.file("points.npy");
  const auto some = density(o, {});
  ASSERT_TRUE(some) << some.error().message;
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR((*some)->logDensity[i], (*own)->logDensity[i], 5e-3);
  ASSERT_TRUE(saveDensity(**some, o));
  const NpzReader saved(o.output);
  saved.expectShape("x", {10, 2}), saved.expectShape("log_density", {10}), saved.expectShape("latent", {10, 2}),
      saved.expectShape("singular", {10, 2});
  EXPECT_EQ(saved.doubles("log_density"), (*some)->logDensity);
  EXPECT_FALSE(saved.has("grid"));
}

TEST(Density, AnswersAtASinglePoint) {
  const Folder folder;
  auto o = exactGrid();
  o.grid = 0;
  const auto own = density(o, {});
  ASSERT_TRUE(own) << own.error().message;
  writeNpy<float>(folder.file("one.npy"), std::span<const float>((*own)->points.data(), 2), {1, 2});
  o.points = folder.file("one.npy");
  const auto one = density(o, {});
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_EQ((*one)->n, 1);
  EXPECT_NEAR((*one)->logDensity[0], (*own)->logDensity[0], 5e-3);
}

TEST(Density, SaysWhatCannotBe) {
  const auto said = [](const DensityOptions& o) {
    const auto r = density(o, {});
    return r ? std::string() : r.error().message;
  };
  auto o = exactGrid();
  o.data_name = "s_curve";
  EXPECT_NE(said(o).find("grid is 60"), std::string::npos) << said(o);
  o = exactGrid(), o.t = 9;
  EXPECT_NE(said(o).find("t is 9; allowed: 0 to 7.01"), std::string::npos) << said(o);
  o = exactGrid(), o.schedule = "paper";
  EXPECT_NE(said(o).find("t is 0"), std::string::npos) << said(o);
  o = exactGrid(), o.points = "a.npy";
  EXPECT_NE(said(o).find("one of the two"), std::string::npos) << said(o);
}

TEST(Density, CancelEndsItWithinAnEvaluation) {
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  int reports = 0;
  context.progress = [&](const Progress& p) {
    EXPECT_LE(p.step, p.total);
    if (++reports == 3) stop.request_stop();
  };
  const auto r = density(exactGrid(), context);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::cancelled);
  EXPECT_EQ(reports, 3);
}

}  // namespace
}  // namespace inflaton
