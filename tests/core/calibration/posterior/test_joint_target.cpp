#include <gtest/gtest.h>
#include <omp.h>

#include <numbers>

#include "core/api/options.h"
#include "core/api/system.h"
#include "core/calibration/posterior/joint_target.h"
#include "tests/core/calibration/map/map_testing.h"

namespace inflaton {
namespace {

using namespace testing;

/// x = (z0 + 0.3 z1^2, sin z1): cheap; splits as a table does, or does not.
class Bent : public GenerativeMap {
 public:
  explicit Bent(bool local, int dim = 2) : local_(local), dim_(dim) {}
  int dim() const override { return dim_; }
  bool local() const override { return local_; }
  void values(std::span<const double> z, std::span<double> x) const override {
    for (std::size_t i = 0; i < z.size(); i += 2) x[i] = z[i] + 0.3 * z[i + 1] * z[i + 1], x[i + 1] = std::sin(z[i + 1]);
  }
  void pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const override {
    values(z, x);
    std::vector<double> bar(x.size());
    cotangent(x, bar);
    for (std::size_t i = 0; i < z.size(); i += 2) zBar[i] = bar[i], zBar[i + 1] = 0.6 * z[i + 1] * bar[i] + std::cos(z[i + 1]) * bar[i + 1];
  }

 private:
  bool local_;
  int dim_;
};

const LatentMixture mixture = LatentMixture::ofPaper(0.3);

struct Case {
  explicit Case(bool local, std::size_t n, bool anchored = true, double variance = 0.04)
      : target(std::make_shared<Bent>(local), mixture, normals(2 * n, 21), variance, anchored), q{0.7, -0.4, 0.1} {
    for (double v : normals(2 * n, 22, 0.6)) q.push_back(v);
  }
  JointTarget target;
  std::vector<double> q;
  double density(const std::vector<double>& at) const {
    std::vector<double> d(1), g(at.size());
    target.evaluate(at, d, g);
    return d[0];
  }
};

double logNormal(double x, double mean, double variance) {
  return -0.5 * ((x - mean) * (x - mean) / variance + std::log(2 * std::numbers::pi * variance));
}

TEST(JointTarget, IsTheSumOfItsTerms) {
  const Case c(true, 5);
  double sum = 0, prior = 0, likelihood = 0;
  for (int k = 0; k < 3; ++k) sum += std::exp(c.q[static_cast<std::size_t>(k)]);
  const auto x = normals(10, 21);
  for (std::size_t i = 0; i < 5; ++i) {
    const double z0 = c.q[3 + 2 * i], z1 = c.q[4 + 2 * i];
    double p = 0;
    for (std::size_t k = 0; k < 3; ++k)
      p += std::exp(c.q[k]) / sum *
           std::exp(logNormal(z0, mixture.mean[k][0], mixture.variance[k][0]) + logNormal(z1, mixture.mean[k][1], mixture.variance[k][1]));
    prior += std::log(p);
    likelihood += logNormal(x[2 * i], z0 + 0.3 * z1 * z1, 0.04) + logNormal(x[2 * i + 1], std::sin(z1), 0.04);
  }
  const auto parts = c.target.parts(c.q);
  EXPECT_NEAR(parts.logPrior, prior, 1e-10);
  EXPECT_NEAR(parts.logLikelihood, likelihood, 1e-9);
  const double mean = (0.7 - 0.4 + 0.1) / 3;
  EXPECT_NEAR(c.density(c.q), prior + likelihood - 0.5 * mean * mean, 1e-9);
  EXPECT_NEAR(Case(true, 5, false).density(c.q), prior + likelihood, 1e-9);
}

TEST(JointTarget, GradientIsItsDerivative) {
  for (const bool local : {true, false})
    for (const bool anchored : {true, false}) {
      const Case c(local, 4, anchored);
      std::vector<double> d(1), g(c.q.size());
      c.target.evaluate(c.q, d, g);
      for (std::size_t i = 0; i < c.q.size(); ++i) {
        auto up = c.q, down = c.q;
        const double h = 1e-6;
        up[i] += h, down[i] -= h;
        EXPECT_NEAR(g[i], (c.density(up) - c.density(down)) / (2 * h), 1e-5 * (1 + std::abs(g[i]))) << i;
      }
    }
}

TEST(JointTarget, ChainsAndThreadsDoNotMeet) {
  for (const bool local : {true, false}) {
    const std::size_t n = 1000;
    const Case c(local, n);
    const std::size_t width = c.target.size();
    std::vector<double> q;
    for (int chain = 0; chain < 3; ++chain)
      for (double v : c.q) q.push_back(v * (1 + 0.1 * chain));
    const auto run = [&](int threads, const std::vector<double>& at) {
      const int before = omp_get_max_threads();
      omp_set_num_threads(threads);
      std::vector<double> out(at.size() / width), g(at.size());
      c.target.evaluate(at, out, g);
      omp_set_num_threads(before);
      out.insert(out.end(), g.begin(), g.end());
      return out;
    };
    const auto all = run(1, q);
    EXPECT_EQ(run(3, q), all);
    const auto second = run(2, {q.begin() + static_cast<std::ptrdiff_t>(width), q.begin() + static_cast<std::ptrdiff_t>(2 * width)});
    EXPECT_EQ(second[0], all[1]);
    EXPECT_TRUE(std::equal(second.begin() + 1, second.end(), all.begin() + 3 + static_cast<std::ptrdiff_t>(width)));
  }
}

TEST(JointTarget, AChainThroughTheSolverIsTheSameAloneAndBesideOthers) {
  useThreads(2);
  PosteriorOptions o;
  o.steps = 8;
  const std::size_t n = 300;
  const JointTarget target(solverMap(o, netProblem(2, {.dim = 2, .width = 64, .depth = 3}), {}), mixture, normals(2 * n, 23), 0.1);
  const auto q = normals(3 * target.size(), 24);
  std::vector<double> d(3), g(q.size());
  target.evaluate(q, d, g);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto from = q.begin() + static_cast<std::ptrdiff_t>(c * target.size()), to = from + static_cast<std::ptrdiff_t>(target.size());
    std::vector<double> one(1), own(target.size());
    target.evaluate(std::vector<double>(from, to), one, own);
    EXPECT_EQ(one[0], d[c]);
    EXPECT_TRUE(std::equal(own.begin(), own.end(), g.begin() + static_cast<std::ptrdiff_t>(c * target.size())));
  }
}

TEST(JointTarget, WhatIsNotFiniteRejectsAndDoesNotCrash) {
  for (const bool local : {true, false}) {
    Case c(local, 300);
    for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), 1e300}) {
      auto q = c.q;
      q[10] = bad;
      EXPECT_FALSE(std::isfinite(c.density(q))) << bad;
    }
    auto q = c.q;
    q[0] = NAN;
    EXPECT_FALSE(std::isfinite(c.density(q)));
    q[0] = 800, q[1] = -800;
    EXPECT_TRUE(std::isfinite(c.density(q)));
  }
}

TEST(JointTarget, RefusesWhatCannotBe) {
  const auto map = std::make_shared<Bent>(true);
  EXPECT_NE(errorOf([] { JointTarget(std::make_shared<Bent>(true, 3), mixture, {1, 2}, 0.1); }).find("3 dimensions"), std::string::npos);
  EXPECT_NE(errorOf([&] { JointTarget(map, mixture, {}, 0.1); }).find("observations"), std::string::npos);
  EXPECT_NE(errorOf([&] { JointTarget(map, mixture, {1, 2, 3}, 0.1); }).find("3 values"), std::string::npos);
  EXPECT_NE(errorOf([&] { JointTarget(map, mixture, {1, 2}, 0); }).find("gt_eps_mvn"), std::string::npos);
  EXPECT_NE(errorOf([&] { JointTarget(map, mixture, {1, NAN}, 0.1); }).find("observation 0"), std::string::npos);
}

TEST(GroundTruth, HasTheMomentsOfTheMixtureAndComesFromTheSeed) {
  const Bent map(true);
  const auto a = drawGroundTruth(mixture, map, 20000, 0.04, 5), b = drawGroundTruth(mixture, map, 20000, 0.04, 5),
             other = drawGroundTruth(mixture, map, 20000, 0.04, 6);
  EXPECT_EQ(a.x, b.x);
  EXPECT_NE(a.x, other.x);
  std::array<double, 3> share{}, mean{}, square{};
  double noise = 0;
  for (std::size_t i = 0; i < 20000; ++i) {
    const auto k = static_cast<std::size_t>(a.component[i]);
    share[k] += 1.0 / 20000, mean[k] += a.z[2 * i], square[k] += a.z[2 * i + 1] * a.z[2 * i + 1];
    for (std::size_t j = 0; j < 2; ++j) noise += (a.x[2 * i + j] - a.clean[2 * i + j]) * (a.x[2 * i + j] - a.clean[2 * i + j]) / 40000;
  }
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(share[k], mixture.truth[k], 0.015);
    EXPECT_NEAR(mean[k] / (share[k] * 20000), mixture.mean[k][0], 0.05);
    EXPECT_NEAR(square[k] / (share[k] * 20000), mixture.variance[k][1], 0.05 * mixture.variance[k][1] * 2);
  }
  EXPECT_NEAR(noise, 0.04, 0.001);
  const auto x = valuesOf(map, a.z);
  EXPECT_EQ(x, a.clean);
  // The first observations are the same whatever their number.
  const auto few = drawGroundTruth(mixture, map, 10, 0.04, 5);
  EXPECT_TRUE(std::equal(few.x.begin(), few.x.end(), a.x.begin()));
  EXPECT_NE(errorOf([&] { drawGroundTruth(mixture, map, 0, 0.1, 1); }).find("gt_n"), std::string::npos);
}

}  // namespace
}  // namespace inflaton
