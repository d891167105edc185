#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>

#include <cmath>

#include "core/api/job.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/calibration/sbc/sbc_run.h"
#include "core/denoise/exact_denoiser.h"
#include "core/denoise/scaled_score.h"
#include "core/io/npz.h"
#include "tests/core/calibration/map/affine_map.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::test;
using inflaton::testing::TempFolder;
using ::testing::Each;
using ::testing::HasSubstr;

namespace {

std::shared_ptr<const AffineMap> affine(double factor, bool local = true) {
  return std::make_shared<AffineMap>(std::array<double, 4>{1.1 * factor, 0.3 * factor, -0.4 * factor, 0.8 * factor},
                                     std::array<double, 2>{0.2, -0.1}, local);
}

SbcOptions quick() {
  SbcOptions o;
  o.replicates = 200, o.observations = 100, o.points = 2000, o.posterior_draws = 99, o.seed = 1;
  return o;
}

SbcResult calibrate(double truthFactor, double testedFactor, const SbcOptions& o) {
  const SbcFlows flows{affine(truthFactor), affine(testedFactor), LatentMixture::ofPaper(1)};
  return summarise(sbcRanks(flows, o, {}), o.posterior_draws, o.band, o.observations, o.replicates);
}

/// An exact score of few points, through the solver.
SbcOptions small() {
  SbcOptions o;
  o.source = "discrete", o.total_samples = 40, o.gamma0 = 0.05, o.map = "solver", o.steps = 10, o.replicates = 20, o.observations = 20,
  o.points = 300, o.posterior_draws = 19;
  return o;
}

}  // namespace

TEST(Sbc, PassesTheFlowThatMadeTheData) {
  const auto r = calibrate(1, 1, quick());
  EXPECT_TRUE(r.calibrated) << r.verdict;
  EXPECT_THAT(r.verdict, HasSubstr("Calibrated, as far as 200 replicates of 100 observations can tell"));
  EXPECT_EQ(r.done, 200);
  ASSERT_EQ(r.scalars.size(), 3u);
  ASSERT_EQ(r.levels.size(), r.regionCoverage.size());
  int outside = 0;
  for (std::size_t i = 0; i < r.levels.size(); ++i) {
    for (const auto& s : r.scalars) outside += s.coverage[i] < r.coverageLower[i] || s.coverage[i] > r.coverageUpper[i];
    outside += r.regionCoverage[i] < r.coverageLower[i] || r.regionCoverage[i] > r.coverageUpper[i];
  }
  EXPECT_LT(outside, static_cast<int>(r.levels.size()));  // of 4 curves, pointwise 95 %, neighbours alike
}

TEST(Sbc, FlagsAFlowOfTheWrongScale) {
  const auto r = calibrate(1, 1.3, quick());
  EXPECT_FALSE(r.calibrated);
  EXPECT_THAT(r.verdict, HasSubstr("Not calibrated"));
}

TEST(Sbc, FlagsTheWrongNoise) {
  auto o = quick();
  const SbcFlows flows{affine(1), affine(1), LatentMixture::ofPaper(1)};
  struct Noisy : AffineMap {  // what the analysis takes for noise of variance 0.01 is less
    explicit Noisy(const AffineMap& m) : AffineMap(m) {}
    void values(std::span<const double> z, std::span<double> x) const override {
      AffineMap::values(z, x);
      for (std::size_t i = 0; i < z.size(); ++i) x[i] += 0.3 * std::sin(1e4 * z[i]);
    }
  };
  const SbcFlows noisy{std::make_shared<Noisy>(*affine(1)), affine(1), LatentMixture::ofPaper(1)};
  EXPECT_FALSE(summarise(sbcRanks(noisy, o, {}), o.posterior_draws, o.band, o.observations, o.replicates).calibrated);
}

TEST(Sbc, SameBytesForAnyThreadsAndTheFirstReplicatesOfMore) {
  auto o = quick();
  o.replicates = 30, o.observations = 40;
  const SbcFlows flows{affine(1), affine(1), LatentMixture::ofPaper(1)};
  useThreads(1);
  const auto one = sbcRanks(flows, o, {});
  useThreads(2);
  const auto two = sbcRanks(flows, o, {});
  EXPECT_EQ(one.weight, two.weight);
  EXPECT_EQ(one.density, two.density);
  o.replicates = 10;
  const auto fewer = sbcRanks(flows, o, {});
  EXPECT_TRUE(std::equal(fewer.density.begin(), fewer.density.end(), one.density.begin()));
  o.seed = 2;
  EXPECT_NE(sbcRanks(flows, o, {}).density, fewer.density);
}

TEST(Sbc, LevelsAreThoseThatRanksCanHave) {
  SbcRanks ranks;
  for (int i = 0; i < 1000; ++i) {
    for (auto& w : ranks.weight) w.push_back(i % 10);
    ranks.density.push_back(i % 10);
  }
  const auto r = summarise(ranks, 9, 0.95, 1, 1000);
  EXPECT_TRUE(r.calibrated);
  ASSERT_EQ(r.levels, (std::vector<double>{0.2, 0.4, 0.6, 0.8}));  // ten ranks, in pairs about the middle
  for (const auto& s : r.scalars) EXPECT_EQ(s.coverage, r.levels);
  EXPECT_EQ(r.regionCoverage, r.levels);
}

TEST(Sbc, SaysInWhichWayItIsWrong) {
  SbcRanks ranks;
  for (int i = 0; i < 400; ++i) {
    const double u = (i + 0.5) / 400;
    ranks.weight[0].push_back(static_cast<std::int32_t>(100 * u));
    ranks.weight[1].push_back(static_cast<std::int32_t>(100 * u * u));                                              // ranks low
    ranks.weight[2].push_back(static_cast<std::int32_t>(100 * (u < 0.5 ? 2 * u * u : 1 - 2 * (1 - u) * (1 - u))));  // at both ends
    ranks.density.push_back(static_cast<std::int32_t>(100 * u));
  }
  const auto r = summarise(ranks, 99, 0.95, 50, 400);
  EXPECT_TRUE(r.scalars[0].inside);
  EXPECT_THAT(r.verdict, HasSubstr("w1"));
  EXPECT_THAT(r.verdict, HasSubstr("too high"));
  EXPECT_THAT(r.verdict, HasSubstr("too sure of itself"));
}

TEST(Sbc, ScaledScoreScalesTheScore) {
  const auto points = at::randn({20, 2}, at::kDouble);
  Eigenbasis basis{2, {0, 0}, {1.2, 0.7}, {1, 0, 0, 1}};
  const auto base = std::make_shared<ExactDenoiser>(Schedule({0.15, -0.15}, 1, 5e-2, 7, 1), basis, points);
  const ScaledScore scaled(base, 1.2);
  const auto x = at::randn({5, 2}, at::kDouble);
  for (const double t : {0.0, 1.0, 5.0}) {
    EXPECT_TRUE(at::allclose(scaled.denoise(x, t) - x, 1.2 * (base->denoise(x, t) - x)));
    EXPECT_TRUE(at::allclose(scaled.whitened(x, t), scaled.Denoiser::whitened(x, t), 1e-7, 1e-9));  // from denoise, by the general algebra
    at::Tensor jacobian, products;
    EXPECT_TRUE(at::allclose(scaled.whitenedWithJacobian(x, t, jacobian), scaled.whitened(x, t)));
    const double h = 1e-5;
    for (int j = 0; j < 2; ++j) {
      auto step = at::zeros_like(x);
      step.select(1, j).fill_(h);
      EXPECT_TRUE(at::allclose((scaled.whitened(x + step, t) - scaled.whitened(x - step, t)) / (2 * h), jacobian.select(2, j), 1e-4, 1e-6));
    }
    const auto v = at::randn({3, 5, 2}, at::kDouble);
    scaled.whitenedWithProducts(x, t, v, products);
    EXPECT_TRUE(at::allclose(products, at::einsum("pni,nij->pnj", {v, jacobian})));
  }
}

TEST(Sbc, TheJobFromOptionsToFile) {
  const TempFolder folder;
  auto o = small();
  o.output = folder.file("sbc.npz");
  std::vector<std::int64_t> updates;
  const auto r = simulationBasedCalibration(o, {}, [&](const auto& soFar) { updates.push_back(soFar->done); });
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_FALSE(updates.empty());
  EXPECT_EQ(updates.back(), 20);
  EXPECT_EQ((*r)->scalars[0].ranks.size(), 20u);
  for (const auto& s : (*r)->scalars) EXPECT_THAT(s.ranks, Each(::testing::AllOf(::testing::Ge(0), ::testing::Le(19))));
  ASSERT_TRUE(saveSbc(**r, o));
  const NpzReader file(o.output);
  file.expectShape("ranks", {3, 20}), file.expectShape("ecdf_difference", {3, 20}),
      file.expectShape("coverage", {3, static_cast<std::int64_t>((*r)->levels.size())});
  EXPECT_THAT(file.text("meta"), HasSubstr("verdict"));
  o.truth = "exact";
  EXPECT_TRUE(simulationBasedCalibration(o, {}));
}

TEST(Sbc, ImpossibleOptions) {
  const auto message = [](auto change) {
    auto o = small();
    change(o);
    const auto r = simulationBasedCalibration(o, {});
    EXPECT_FALSE(r);
    if (r) return std::string();
    EXPECT_EQ(r.error().code, ErrorCode::usage);
    return r.error().message;
  };
  EXPECT_THAT(message([](SbcOptions& o) { o.replicates = 1; }), HasSubstr("replicates"));
  EXPECT_THAT(message([](SbcOptions& o) { o.score_scale = 0; }), HasSubstr("score_scale"));
  EXPECT_THAT(message([](SbcOptions& o) { o.band = 1; }), HasSubstr("band"));
  EXPECT_THAT(message([](SbcOptions& o) { o.truth = "guess"; }), HasSubstr("self"));
  EXPECT_THAT(message([](SbcOptions& o) { o.truth = "exact", o.data_name = "file", o.data_file = "x.csv"; }), HasSubstr("truth is exact"));
  EXPECT_THAT(message([](SbcOptions& o) { o.data_name = "swirl"; }), HasSubstr("dimensions"));
}

TEST(Sbc, AStopBeforeThereIsAnythingToKeepEndsItAtOnce) {
  auto o = small();
  std::stop_source finish;
  JobContext context;
  context.finish = finish.get_token();
  int after = 0;
  context.progress = [&](const Progress&) {
    if (finish.stop_requested()) ++after;
    finish.request_stop();  // while the flow is being made
  };
  const auto stopped = simulationBasedCalibration(o, context);
  ASSERT_FALSE(stopped);
  EXPECT_TRUE(stopped.error().cancelled());
  EXPECT_LE(after, 1);
}

TEST(Sbc, CancelEndsItAndStopKeepsWhatThereIs) {
  auto o = small();
  o.replicates = 20000, o.observations = 500;
  std::stop_source stop, finish;
  JobContext context;
  context.stop = stop.get_token(), context.finish = finish.get_token();
  context.progress = [&](const Progress& p) {
    if (p.stage == "replicates") finish.request_stop();
  };
  const auto kept = simulationBasedCalibration(o, context);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_LT((*kept)->done, 100);
  EXPECT_GT((*kept)->done, 0);
  EXPECT_EQ((*kept)->replicates, 20000);
  context.finish = {};
  context.progress = [&](const Progress& p) {
    if (p.stage == "replicates") stop.request_stop();
  };
  const auto cancelled = simulationBasedCalibration(o, context);
  ASSERT_FALSE(cancelled);
  EXPECT_TRUE(cancelled.error().cancelled());
}
