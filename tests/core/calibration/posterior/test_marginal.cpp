#include <gmock/gmock.h>

#include <cmath>

#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/system.h"
#include "core/calibration/posterior/marginal_likelihood.h"
#include "core/calibration/posterior/marginal_run.h"
#include "core/calibration/posterior/simplex_posterior.h"
#include "core/io/npy.h"
#include "core/io/npz.h"
#include "tests/core/calibration/map/affine_map.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::test;
using inflaton::testing::TempFolder;
using ::testing::HasSubstr;

namespace {

constexpr double kNoise = 0.01;

AffineMap map(bool local = false) { return AffineMap({1.1, 0.3, -0.4, 0.8}, {0.2, -0.1}, local); }

/// The posterior mean with the closed form of L.
std::array<double, 3> exactMean(const LatentMixture& mixture, const std::vector<double>& x, SimplexPrior prior) {
  std::vector<double> logL;
  for (std::size_t i = 0; i < x.size(); i += 2)
    for (std::size_t k = 0; k < 3; ++k) logL.push_back(map().logL(mixture, k, kNoise, x[i], x[i + 1]));
  const SimplexLikelihood likelihood(logL);
  return SimplexPosterior(likelihood, prior).mean();
}

MarginalPosterior integrate(const LatentMixture& mixture, const std::vector<double>& x, std::int64_t points, std::int64_t seed,
                            const std::string& prior, bool local = false) {
  MarginalOptions o;
  o.gt_eps_mvn = kNoise, o.points = points, o.seed = seed, o.prior = prior, o.draws = 500;
  MarginalPosterior r;
  integrateMarginal(r, map(local), mixture, x, o, {});
  return r;
}

/// A problem that takes a second: an exact score of few points, and few latents.
MarginalOptions small() {
  MarginalOptions o;
  o.source = "discrete", o.total_samples = 40, o.gamma0 = 0.05, o.map = "solver", o.steps = 10, o.gt_n = 300, o.points = 400, o.draws = 50,
  o.gt_eps_mvn = 0.05;
  return o;
}

}  // namespace

TEST(MarginalLikelihood, IsTheClosedFormOfAnAffineFlow) {
  const auto mixture = LatentMixture::ofPaper(0.46);
  const auto x = observe(map(), mixture, {0.5, 0.25, 0.25}, 200, kNoise, 1);
  const MarginalLikelihood likelihood(map(), mixture, kNoise, 40000, 8, 3, {});
  std::vector<double> each(24);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    likelihood.logEach(x[i], x[i + 1], each);
    const auto pooled = likelihood.pooled(each);
    for (std::size_t k = 0; k < 3; ++k) {
      const double exact = map().logL(mixture, k, kNoise, x[i], x[i + 1]);
      if (exact > -3) worst = std::max(worst, std::abs(pooled[k] - exact));  // where there are latents at all
    }
  }
  EXPECT_LT(worst, 0.03);
}

TEST(MarginalLikelihood, IsABruteForceQuadratureThroughABentMap) {
  // Any map will do: a shear that bends, against the midpoint rule over latents.
  struct Bent : AffineMap {
    Bent() : AffineMap({1, 0, 0, 1}, {0, 0}) {}
    void values(std::span<const double> z, std::span<double> x) const override {
      for (std::size_t i = 0; i < z.size(); i += 2) x[i] = z[i] + std::sin(2 * z[i + 1]), x[i + 1] = z[i + 1] + 0.5 * z[i] * z[i];
    }
  } bent;
  const auto mixture = LatentMixture::ofPaper(1);
  const MarginalLikelihood likelihood(bent, mixture, 0.05, 65536, 4, 3, {});
  std::vector<double> each(12);
  for (const auto& [x, y] : {std::pair{0.1, 0.2}, {0.9, -0.3}, {-0.5, 0.6}}) {
    likelihood.logEach(x, y, each);
    for (std::size_t k = 0; k < 3; ++k) {
      double sum = 0;
      constexpr int kSide = 400;
      const double sx = std::sqrt(mixture.variance[k][0]), sy = std::sqrt(mixture.variance[k][1]), h = 14.0 / kSide;
      for (int i = 0; i < kSide; ++i)
        for (int j = 0; j < kSide; ++j) {
          const double u = -7 + h * (i + 0.5), v = -7 + h * (j + 0.5), z[2] = {mixture.mean[k][0] + sx * u, mixture.mean[k][1] + sy * v};
          double f[2];
          bent.values(z, f);
          sum += h * h * std::exp(-0.5 * (u * u + v * v) - 0.5 * ((f[0] - x) * (f[0] - x) + (f[1] - y) * (f[1] - y)) / 0.05) /
                 (2 * std::numbers::pi) / (2 * std::numbers::pi * 0.05);
        }
      EXPECT_NEAR(likelihood.pooled(each)[k], std::log(sum), 5e-3) << k;
    }
  }
}

TEST(Marginal, ErrorOfTheQuadratureIsHonest) {
  const auto mixture = LatentMixture::ofPaper(1);
  const auto x = observe(map(), mixture, {0.5, 0.25, 0.25}, 1000, kNoise, 2);
  const auto exact = exactMean(mixture, x, SimplexPrior::softmax);
  double squares = 0;
  constexpr int kSeeds = 12;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto r = integrate(mixture, x, 2000, seed, "softmax");
    for (std::size_t k = 0; k < 3; ++k) {
      const double z = (r.mean[k] - exact[k]) / r.meanError[k];
      EXPECT_LT(std::abs(z), 5.5) << seed << " " << k;  // Student's t with 7 degrees of freedom
      squares += z * z / (3 * kSeeds);
      EXPECT_LT(r.meanError[k], r.sd[k]);
    }
  }
  EXPECT_LT(squares, 4);
  EXPECT_GT(squares, 0.25);
  // and it shrinks, faster than 1/sqrt(points)
  const auto few = integrate(mixture, x, 2000, 1, "softmax"), many = integrate(mixture, x, 32000, 1, "softmax");
  EXPECT_LT(many.meanError[0], few.meanError[0] / 4);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(many.mean[k], exact[k], 0.1 * many.sd[k]);
}

TEST(Marginal, DensitiesDrawsAndMomentsBelongTogether) {
  const auto mixture = LatentMixture::ofPaper(0.46);
  const auto x = observe(map(), mixture, {0.5, 0.25, 0.25}, 800, kNoise, 5);
  const auto r = integrate(mixture, x, 4000, 1, "uniform");
  EXPECT_TRUE(std::isfinite(r.logEvidence));
  ASSERT_EQ(r.draws.size(), 1500u);
  for (std::size_t k = 0; k < 3; ++k) {
    double mass = 0, mean = 0;
    const double step = r.at[1] - r.at[0];
    for (std::size_t i = 0; i < r.at.size(); ++i) mass += r.density[k][i] * step, mean += r.at[i] * r.density[k][i] * step;
    EXPECT_NEAR(mass, 1, 1e-5);
    EXPECT_NEAR(mean, r.mean[k], 1e-5);
    double drawn = 0;
    for (std::size_t i = 0; i < 500; ++i) drawn += r.draws[3 * i + k] / 500;
    EXPECT_NEAR(drawn, r.mean[k], 4.5 * r.sd[k] / std::sqrt(500));
  }
  EXPECT_TRUE(std::isnan(integrate(mixture, x, 4000, 1, "softmax").logEvidence));
}

TEST(Marginal, SameBytesForAnyThreads) {
  const auto mixture = LatentMixture::ofPaper(1);
  const auto x = observe(map(), mixture, {0.5, 0.25, 0.25}, 500, kNoise, 5);
  useThreads(1);
  const auto one = integrate(mixture, x, 1000, 7, "uniform", true);
  useThreads(2);
  const auto two = integrate(mixture, x, 1000, 7, "uniform", true), other = integrate(mixture, x, 1000, 8, "uniform", true);
  EXPECT_EQ(one.mean, two.mean);
  EXPECT_EQ(one.meanError, two.meanError);
  EXPECT_EQ(one.draws, two.draws);
  EXPECT_EQ(one.density[2], two.density[2]);
  EXPECT_NE(one.mean, other.mean);
}

TEST(Marginal, TheJobFromOptionsToFile) {
  const TempFolder folder;
  auto o = small();
  o.prior = "uniform", o.output = folder.file("marginal.npz");
  const auto r = marginalPosterior(o, {});
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ((*r)->observations, 300);
  EXPECT_EQ((*r)->truth, (std::vector<double>{0.5, 0.25, 0.25}));
  ASSERT_TRUE(saveMarginal(**r, o));
  const NpzReader file(o.output);
  file.expectShape("draws", {50, 3}), file.expectShape("covariance", {3, 3}), file.expectShape("density", {3, 400});
  EXPECT_EQ(file.doubles("mean"), (*r)->mean);
  EXPECT_THAT(file.text("meta"), HasSubstr("log_evidence"));

  // Given observations, and what is wrong with them.
  writeNpy(folder.file("x.npy"), std::vector<double>{0.1, 0.2, 1, -1, 0.5, 0.5}, {3, 2});
  o.observations = folder.file("x.npy");
  const auto given = marginalPosterior(o, {});
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ((*given)->observations, 3);
  EXPECT_TRUE((*given)->truth.empty());
  o.prior = "softmax";
  const auto refused = marginalPosterior(o, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("prior is softmax; allowed with these observations: uniform"));
  writeNpy(folder.file("x.npy"), std::vector<double>{0.1, 0.2, 1}, {1, 3});
  EXPECT_THAT(marginalPosterior(o, {}).error().message, HasSubstr("must hold an array [n, 2]"));
  writeNpy(folder.file("x.npy"), std::vector<double>{0.1, std::nan("")}, {1, 2});
  EXPECT_THAT(marginalPosterior(o, {}).error().message, HasSubstr("row 0"));
}

TEST(Marginal, ImpossibleOptions) {
  auto o = small();
  o.data_name = "s_curve";
  auto r = marginalPosterior(o, {});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::usage);
  o = small(), o.points = 1;
  EXPECT_THAT(marginalPosterior(o, {}).error().message, HasSubstr("points"));
  o = small(), o.prior = "jeffreys";
  EXPECT_THAT(marginalPosterior(o, {}).error().message, HasSubstr("softmax"));
  o = small(), o.source = "net";
  EXPECT_THAT(marginalPosterior(o, {}).error().message, HasSubstr("network"));
  o = small(), o.output = "/nowhere/at/all.npz", o.prior = "uniform";
  r = marginalPosterior(o, {});
  ASSERT_TRUE(r);
  EXPECT_FALSE(saveMarginal(**r, o));
}

TEST(Marginal, CancelEndsIt) {
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  context.progress = [&](const Progress& p) {
    if (p.stage == "pushing latents") stop.request_stop();
  };
  const auto r = marginalPosterior(small(), context);
  ASSERT_FALSE(r);
  EXPECT_TRUE(r.error().cancelled());
}
