#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "core/api/error.h"
#include "core/calibration/posterior/simplex_posterior.h"
#include "core/calibration/posterior/simplex_quadrature.h"

using namespace inflaton;

namespace {

/// Components that do not overlap: the posterior is a Dirichlet distribution.
std::vector<double> disjoint(const std::array<int, 3>& counts) {
  std::vector<double> logL;
  for (int k = 0; k < 3; ++k)
    for (int i = 0; i < counts[static_cast<std::size_t>(k)]; ++i)
      for (int l = 0; l < 3; ++l) logL.push_back(l == k ? -1.5 : -2000);
  return logL;
}

/// Overlapping ones, as a mixture of three normals on a line makes them.
std::vector<double> overlapping(std::size_t n, const std::array<double, 3>& w, unsigned seed) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> normal;
  std::discrete_distribution<int> component(w.begin(), w.end());
  std::vector<double> logL;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = 1.2 * component(rng) + normal(rng);
    for (int k = 0; k < 3; ++k) logL.push_back(-0.5 * (x - 1.2 * k) * (x - 1.2 * k));
  }
  return logL;
}

void expectDirichlet(const SimplexPosterior& p, const std::array<double, 3>& a) {
  const double A = a[0] + a[1] + a[2];
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(p.mean()[k], a[k] / A, 1e-9);
    for (std::size_t l = 0; l < 3; ++l)
      EXPECT_NEAR(p.covariance()[3 * k + l], ((k == l ? a[k] * A : 0) - a[k] * a[l]) / (A * A * (A + 1)), 1e-9);
  }
}

}  // namespace

TEST(Simplex, QuadratureIsExactForPolynomials) {
  for (const int m : {1, 2, 5, 48, 243}) {
    const auto q = Quadrature::gaussLegendre(m);
    for (int power = 0; power < std::min(2 * m, 40); ++power) {
      double sum = 0;
      for (std::size_t i = 0; i < q.node.size(); ++i) sum += q.weight[i] * std::pow(q.node[i], power);
      EXPECT_NEAR(sum, 1.0 / (power + 1), 1e-13) << m << " " << power;
    }
  }
}

TEST(Simplex, LikelihoodKeepsItsExponent) {
  const auto logL = overlapping(3001, {0.2, 0.5, 0.3}, 1);
  const SimplexLikelihood likelihood(logL);
  const std::vector<double> w0{0.2, 0.9, 1e-9}, w1{0.5, 0.05, 0.3}, w2{0.3, 0.05, 0.7 - 1e-9};
  std::vector<double> out(3);
  likelihood.evaluate(w0, w1, w2, out);
  for (std::size_t i = 0; i < 3; ++i) {
    double exact = 0;
    for (std::size_t n = 0; n < logL.size(); n += 3)
      exact += std::log(w0[i] * std::exp(logL[n]) + w1[i] * std::exp(logL[n + 1]) + w2[i] * std::exp(logL[n + 2]));
    EXPECT_NEAR(out[i] + likelihood.logScale(), exact, 1e-9 * std::abs(exact));
  }
}

TEST(Simplex, DisjointComponentsGiveADirichletPosterior) {
  const auto logL = disjoint({70, 40, 90});
  const SimplexLikelihood likelihood(logL);
  expectDirichlet(SimplexPosterior(likelihood, SimplexPrior::softmax), {70, 40, 90});
  const SimplexPosterior uniform(likelihood, SimplexPrior::uniform);
  expectDirichlet(uniform, {71, 41, 91});
  // evidence: 2 B(n + 1) times the densities themselves
  EXPECT_NEAR(uniform.logIntegral(),
              std::log(2.0) + std::lgamma(71.0) + std::lgamma(41.0) + std::lgamma(91.0) - std::lgamma(203.0) - 1.5 * 200, 1e-8);
  expectDirichlet(SimplexPosterior(SimplexLikelihood(disjoint({100000, 30000, 200})), SimplexPrior::uniform), {100001, 30001, 201});
}

TEST(Simplex, MassOnTheEdges) {
  for (const std::array<int, 3>& counts : {std::array<int, 3>{0, 3, 10}, {0, 0, 200}, {1, 0, 0}, {150, 0, 50}}) {
    const auto logL = disjoint(counts);
    const SimplexLikelihood likelihood(logL);
    expectDirichlet(SimplexPosterior(likelihood, SimplexPrior::uniform), {counts[0] + 1.0, counts[1] + 1.0, counts[2] + 1.0});
  }
}

TEST(Simplex, MarginalsAndDrawsAreThoseOfTheDirichlet) {
  const auto logL = disjoint({30, 4, 11});
  const SimplexLikelihood likelihood(logL);
  const SimplexPosterior p(likelihood, SimplexPrior::uniform);
  const double a[3] = {31, 5, 12}, A = 48;
  const std::vector<double> at{0.02, 0.1, 0.3, 0.6, 0.7};
  for (int k = 0; k < 3; ++k) {
    const auto density = p.marginal(k, at);
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double beta = std::exp(std::lgamma(A) - std::lgamma(a[k]) - std::lgamma(A - a[k]) + (a[k] - 1) * std::log(at[i]) +
                                   (A - a[k] - 1) * std::log(1 - at[i]));
      EXPECT_NEAR(density[i], beta, 1e-7 * (1 + beta));
    }
  }
  constexpr std::int64_t kDraws = 200000;
  const auto draws = p.draws(kDraws, 9);
  for (std::size_t k = 0; k < 3; ++k) {
    double mean = 0, square = 0;
    for (const double w : draws.w[k]) mean += w / kDraws, square += w * w / kDraws;
    const double sd = p.sd()[k];
    EXPECT_NEAR(mean, p.mean()[k], 4.5 * sd / std::sqrt(kDraws));
    EXPECT_NEAR(std::sqrt(square - mean * mean), sd, 5 * sd / std::sqrt(kDraws));  // the fourth moment allows a little more than 1/sqrt(2n)
  }
  const auto fewer = p.draws(1000, 9);
  EXPECT_TRUE(std::equal(fewer.w[1].begin(), fewer.w[1].end(), draws.w[1].begin()));
  const auto density = p.logDensity(std::span(draws.w[0]).first(5), std::span(draws.w[1]).first(5), std::span(draws.w[2]).first(5));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(density[i], draws.logDensity[i], 1e-10);
}

TEST(Simplex, AgreesWithARandomWalk) {
  const auto logL = overlapping(200, {0.3, 0.3, 0.4}, 4);
  const SimplexLikelihood likelihood(logL);
  const SimplexPosterior p(likelihood, SimplexPrior::uniform);
  EXPECT_LT(p.integrationError(), 1e-8);
  std::mt19937_64 rng(8);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  constexpr int kSteps = 60000, kBatches = 50;
  std::vector<double> w{1.0 / 3, 1.0 / 3, 1.0 / 3}, out(1);
  const auto log = [&](const std::vector<double>& v) {
    if (v[0] <= 0 || v[1] <= 0 || v[2] <= 0) return -1e300;
    likelihood.evaluate({&v[0], 1}, {&v[1], 1}, {&v[2], 1}, out);
    return out[0];
  };
  double current = log(w);
  std::vector<std::array<double, 3>> batch(kBatches, {0, 0, 0});
  for (int step = 0; step < kSteps; ++step) {
    auto next = w;
    next[0] += 0.12 * normal(rng), next[1] += 0.12 * normal(rng), next[2] = 1 - next[0] - next[1];
    const double there = log(next);
    if (std::log(uniform(rng)) < there - current) w = next, current = there;
    for (std::size_t k = 0; k < 3; ++k) batch[static_cast<std::size_t>(step / (kSteps / kBatches))][k] += w[k] * kBatches / kSteps;
  }
  for (std::size_t k = 0; k < 3; ++k) {
    double mean = 0, square = 0;
    for (const auto& b : batch) mean += b[k] / kBatches, square += b[k] * b[k] / kBatches;
    const double error = std::sqrt((square - mean * mean) / (kBatches - 1));
    EXPECT_NEAR(p.mean()[k], mean, 4 * error) << k;
    EXPECT_LT(error, 0.1 * p.sd()[k]);
  }
}

TEST(Simplex, AFlatPriorOnLogitsIsRefusedWhereAComponentIsNotNeeded) {
  const auto logL = overlapping(30, {0.3, 0.3, 0.4}, 4);
  const SimplexLikelihood likelihood(logL);
  try {
    SimplexPosterior(likelihood, SimplexPrior::softmax);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    EXPECT_THAT(e.what(), ::testing::HasSubstr("Without component"));
  }
  EXPECT_NO_THROW(SimplexPosterior(likelihood, SimplexPrior::uniform));
}
