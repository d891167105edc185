#include "core/train/mean_targets.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/denoise/toy_posterior.h"
#include "core/train/batch_source.h"

namespace inflaton {
namespace {

DataOptions toy(const std::string& name) {
  DataOptions o;
  o.data_name = name;
  return o;
}

/// All times nearly the same, so that one exact denoiser answers for all rows.
struct OneTime {
  DataSource data;
  Eigenbasis basis;
  Schedule schedule;
  double t;
  OneTime(const std::string& name, double when, int keep = 0, const std::string& kind = "reference")
      : data(toy(name)), basis(eigenbasisOf(data.draw(200000, 1))), schedule(make(when, keep, kind, data.dim(), basis)), t(when) {}
  static Schedule make(double when, int keep, const std::string& kind, int dim, const Eigenbasis& basis) {
    ScheduleOptions o;
    o.tmax = when, o.dims_to_keep = keep, o.schedule = kind;
    if (kind == "paper" && keep > 0) o.g_rescaling = 0.15;
    return Schedule::make(o, dim, 1, basis.eigenvalues);
  }
  BatchSource source(std::int64_t references, std::int64_t batch = 1024, std::uint64_t seed = 5) const {
    return {data, schedule, basis, {.tmin = t * (1 - 1e-6), .batch = batch, .seed = seed, .references = references}, c10::kCPU};
  }
};

at::Tensor bruteShift(const at::Tensor& points, const at::Tensor& member, const at::Tensor& offset, const at::Tensor& precision) {
  const auto r = points.to(at::kDouble) - member.to(at::kDouble);
  const auto d = ((offset.to(at::kDouble) - r).square() * precision.to(at::kDouble)).sum(1);
  return at::softmax(-0.5 * d, 0).matmul(r);
}

TEST(SortedReferences, PosteriorMeansAtAllWidths) {
  auto dice = at::detail::createCPUGenerator(1);
  for (const int D : {1, 2, 3, 5})
    for (const std::int64_t n : {1, 2, 127, 128, 129, 5000}) {
      const auto points = at::normal(0., 1., {n, D}, dice, at::kFloat);
      const std::vector<double> width(static_cast<std::size_t>(D), 0.1);
      const SortedReferences sorted(points.data_ptr<float>(), n, D, width.data());
      EXPECT_EQ(sorted.size(), n);
      for (const double sigma : {1e-5, 0.01, 0.1, 1.0, 100.0}) {
        const auto spread = sigma * (1 + at::arange(D, at::kFloat) / 2);
        const auto member = points[n / 2].contiguous();
        const auto offset = (at::normal(0., 1., {D}, dice, at::kFloat) * spread).contiguous();
        const auto precision = spread.square().reciprocal().contiguous();
        auto shift = at::empty({D}, at::kFloat);
        sorted.posteriorShift(member.data_ptr<float>(), offset.data_ptr<float>(), precision.data_ptr<float>(), shift.data_ptr<float>());
        const double error = (shift.to(at::kDouble) - bruteShift(points, member, offset, precision)).abs().max().item<double>();
        EXPECT_LT(error, 2e-5 * std::min(1.0, 10 * sigma) + 1e-12) << "D " << D << " n " << n << " sigma " << sigma;
      }
    }
}

TEST(MeanTargets, WithOneReferenceTheTargetIsTheCleanPoint) {
  const OneTime moons("moons", 2);
  auto sample = moons.source(0, 64), mean = moons.source(1, 64);
  const auto a = sample.at(3), b = mean.at(3);
  EXPECT_TRUE(at::equal(a.y, b.y) && at::equal(a.given.t, b.given.t));
  EXPECT_LT((a.target - b.target).abs().max().item<double>(), 1e-6);
}

struct Case {
  const char* name;
  double t;
  int keep;
  const char* kind;
};
class TargetStatistics : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Cases, TargetStatistics,
                         ::testing::Values(Case{"circles", 1.5, 0, "reference"}, Case{"moons", 3, 1, "reference"},
                                           Case{"s_curve", 2.5, 2, "reference"}, Case{"sine2", 0.3, 0, "paper"},
                                           Case{"alt_swirl", 0.4, 2, "paper"}),
                         [](const auto& one) { return std::string(one.param.name) + "_" + one.param.kind; });

/// Unbiased for every size of S: what is left over the exact answer is uncorrelated with any function of y. And the more
/// references the less of it there is.
TEST_P(TargetStatistics, UnbiasedWithLessScatter) {
  constexpr int kBatches = 24;
  const auto& c = GetParam();
  const OneTime one(c.name, c.t, c.keep, c.kind);
  const ToyPosterior exact(toy(c.name), one.schedule, one.basis, 8192);
  const auto p = Preconditioning::at(one.schedule, one.basis.eigenvalues, one.t);
  const auto row = [](const std::vector<double>& v) { return at::tensor(v, at::kDouble); };
  at::Tensor y, F;
  double before = 1e9;
  for (const std::int64_t references : {0, 16, 256, 8192}) {
    auto source = one.source(references);
    std::vector<at::Tensor> ys, targets;
    for (int k = 0; k < kBatches; ++k) {
      const auto b = source.at(k);
      ys.push_back(b.y.to(at::kDouble)), targets.push_back(b.target.to(at::kDouble));
    }
    if (!y.defined()) {
      y = at::cat(ys);
      const auto x = y / row(p.cIn);
      F = (exact.denoise(x, one.t) - row(p.cSkip) * x) * row(p.weight);
    }
    ASSERT_TRUE(at::equal(y, at::cat(ys))) << "the same noisy points whatever the targets";
    const auto left = at::cat(targets) - F;
    const double scatter = left.square().mean().item<double>();
    EXPECT_LT(scatter, before) << references;
    before = scatter;
    if (references > 1000) continue;  // so little is left that the pool's own moments (0.4 % each) show
    for (const auto& f : {at::ones_like(y), y, at::sin(2 * y), at::cos(3 * y), y.flip(1) * y}) {
      // Rows that share a reference set are not independent of each other: batches of 1024 are means of their own.
      const auto means = (left * f).view({kBatches, 1024, one.basis.dim}).mean(1);
      const auto mean = means.mean(0), error = means.std(0, true) / std::sqrt(double(kBatches));
      EXPECT_LT(((mean.abs() - 0.004) / error).max().item<double>(), 4.5) << references << " references: " << mean << " +- " << error;
    }
  }
  EXPECT_LT(before, 0.15);
}

TEST(MeanTargets, SameBytesForAnyNumberOfThreads) {
  const OneTime curve("s_curve", 7, 2);
  const int threads = omp_get_max_threads();
  auto many = curve.source(4096);
  const auto a = many.at(1).target;
  omp_set_num_threads(1);
  auto few = curve.source(4096);
  const auto b = few.at(1).target;
  omp_set_num_threads(threads);
  EXPECT_TRUE(at::equal(a, b));
}

TEST(MeanTargets, OwnPointsTendToTheirExactDenoiser) {
  const OneTime circles("circles", 1.5);
  // As many references as the pool has: the exact denoiser of those very points.
  auto source = circles.source(65536);
  const auto b = source.at(2);
  const auto p = Preconditioning::at(circles.schedule, circles.basis.eigenvalues, circles.t);
  const auto row = [](const std::vector<double>& v) { return at::tensor(v, at::kDouble); };
  const auto pool = eigenTensor(circles.basis, circles.data.draw(65536, trainingSeed(5, TrainingPurpose::data, 0)), at::kFloat);
  const ExactDenoiser exact(circles.schedule, circles.basis, pool);
  const auto x = b.y.to(at::kDouble) / row(p.cIn);
  const auto F = (exact.denoise(x.to(at::kFloat), circles.t).to(at::kDouble) - row(p.cSkip) * x) * row(p.weight);
  // Kernels this wide need but a part of the pool.
  EXPECT_LT((F - b.target.to(at::kDouble)).square().mean().sqrt().item<double>(), 0.08);
}

}  // namespace
}  // namespace inflaton
