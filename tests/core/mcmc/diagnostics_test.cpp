#include "core/mcmc/diagnostics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/api/mcmc.h"
#include "core/data/xoshiro.h"
#include "core/io/npz.h"
#include "tests/golden.h"

namespace inflaton::mcmc {
namespace {

Chains fixtureDraws(const NpzReader& in, const std::string& name) {
  const auto shape = in.shape(name);
  const auto values = in.doubles(name);
  EXPECT_EQ(shape.size(), 2u);
  Chains chains;
  for (std::int64_t k = 0; k < shape[0]; ++k) chains.emplace_back(values.begin() + k * shape[1], values.begin() + (k + 1) * shape[1]);
  return chains;
}

TEST(DiagnosticsParity, EveryCaseOfTheFixture) {
  const NpzReader in(test::golden("mcmc_diagnostics.npz"));
  const auto near = [](double got, double want, const std::string& what) {
    if (std::isnan(want))
      EXPECT_TRUE(std::isnan(got)) << what << ": " << got;
    else
      EXPECT_NEAR(got, want, 1e-6 * std::max(1.0, std::abs(want))) << what;
  };
  int cases = 0;
  for (const auto& array : in.arrays()) {
    const std::string prefix = "draws/";
    if (array.name.rfind(prefix, 0) != 0) continue;
    const std::string name = array.name.substr(prefix.size());
    const Chains chains = fixtureDraws(in, array.name);
    const auto want = [&](const char* key) { return in.doubles(std::string(key) + "/" + name)[0]; };
    near(rhatBasic(chains), want("rhat_basic"), name + " rhat_basic");
    near(essBasic(chains), want("ess_basic"), name + " ess_basic");
    const Diagnostic d = diagnose(name, chains);
    EXPECT_EQ(d.name, name);
    near(d.rhat, want("rhat"), name + " rhat");
    near(d.essBulk, want("ess_bulk"), name + " ess_bulk");
    near(d.essTail, want("ess_tail"), name + " ess_tail");
    near(d.mcse, want("mcse_mean"), name + " mcse_mean");
    ++cases;
  }
  EXPECT_GT(cases, 0);
}

TEST(Diagnostics, MeanSpreadAndQuantiles) {
  const Diagnostic d = diagnose("x", {{5, 1, 3, 2}, {4, 6, 8, 7}});
  EXPECT_DOUBLE_EQ(d.mean, 4.5);
  EXPECT_DOUBLE_EQ(d.sd, std::sqrt(6.0));
  EXPECT_DOUBLE_EQ(d.q5, 1.35);
  EXPECT_DOUBLE_EQ(d.q50, 4.5);
  EXPECT_DOUBLE_EQ(d.q95, 7.65);
}

TEST(Diagnostics, NothingWhereThereIsNothingToSay) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const Chains& chains : {Chains{}, Chains{{}, {}}, Chains{{1}}, Chains{{2, 2, 2, 2, 2, 2, 2, 2}}, Chains{{1, 2, nan, 4, 5, 6, 7, 8}},
                               Chains{{1, 2, inf, 4, 5, 6, 7, 8}}}) {
    const Diagnostic d = diagnose("x", chains);
    for (const double v : {d.rhat, d.essBulk, d.essTail, d.mcse, rhatBasic(chains), essBasic(chains)}) EXPECT_TRUE(std::isnan(v)) << v;
  }
  EXPECT_TRUE(std::isnan(diagnose("x", {}).mean));
  EXPECT_DOUBLE_EQ(diagnose("x", {{2, 2, 2}}).mean, 2);
  EXPECT_TRUE(std::isnan(diagnose("x", {{1, nan, 2}}).q50));
  EXPECT_TRUE(std::isnan(ebfmi({})));
  EXPECT_TRUE(std::isnan(ebfmi({1, 2})));
  EXPECT_TRUE(std::isnan(ebfmi({3, 3, 3, 3})));
}

TEST(Diagnostics, ChainsOfUnequalLengthAreCutToTheShortest) {
  Xoshiro g(3, 0);
  Chains a(2, std::vector<double>(200)), b;
  for (auto& c : a) g.normals(c);
  b = a;
  b[1].push_back(1e9);
  EXPECT_EQ(diagnose("", a).rhat, diagnose("", b).rhat);
  EXPECT_EQ(diagnose("", a).mean, diagnose("", b).mean);
}

TEST(Diagnostics, AutocovarianceIsTheSumItStandsFor) {
  Xoshiro g(1, 0);
  for (const std::size_t n : {1u, 2u, 3u, 64u, 65u, 501u}) {
    std::vector<double> x(n);
    g.normals(x);
    double mean = 0;
    for (double& v : x) v += 3, mean += v / static_cast<double>(n);
    const auto got = autocovariance(x);
    ASSERT_EQ(got.size(), n);
    for (std::size_t lag = 0; lag < n; ++lag) {
      double sum = 0;
      for (std::size_t i = 0; i + lag < n; ++i) sum += (x[i] - mean) * (x[i + lag] - mean);
      EXPECT_NEAR(got[lag], sum / static_cast<double>(n), 1e-13) << n << " " << lag;
    }
  }
}

TEST(Diagnostics, NormalQuantileInvertsTheDistribution) {
  for (double x = -7; x <= 7; x += 0.37) {
    const double p = 0.5 * std::erfc(-x / std::sqrt(2.0));
    EXPECT_NEAR(normalQuantile(p), x, 1e-14 + (x > 0 ? 3e-16 / std::exp(-0.5 * x * x) : 1e-14 * std::abs(x)));
  }
  EXPECT_NEAR(normalQuantile(0.5), 0, 1e-16);
  EXPECT_NEAR(normalQuantile(1e-300), -37.0471, 1e-4);
}

TEST(Diagnostics, EbfmiTellsSlowEnergyFromFast) {
  Xoshiro g(9, 0);
  std::vector<double> fast(4000), slow(4000);
  g.normals(fast);
  double e = 0;
  for (std::size_t i = 0; i < slow.size(); ++i) slow[i] = e = 0.95 * e + std::sqrt(1 - 0.95 * 0.95) * fast[i];
  EXPECT_NEAR(ebfmi(fast), 2, 0.15);
  EXPECT_NEAR(ebfmi(slow), 0.1, 0.03);  // 2 (1 - r)
}

}  // namespace
}  // namespace inflaton::mcmc
