// When chains may be called converged: weights, latents and the map together.
#include <gtest/gtest.h>

#include "ui/hmc/chains/chain_verdict.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

Diagnostic one(const char* name, double rhat, double ess, double tail = NAN) {
  Diagnostic d;
  d.name = name, d.rhat = rhat, d.essBulk = ess, d.essTail = std::isnan(tail) ? ess : tail;
  return d;
}

/// Weights that have converged, as the core says.
McmcUpdate converged() {
  McmcUpdate u;
  u.iteration = u.total = 700;
  u.weights = {one("w0", 1.002, 900), one("w1", 1.001, 1100), one("w2", 1.003, 850)};
  u.good = true, u.verdict = "converged";
  return u;
}

McmcResult ended(double rhat, double ess) {
  McmcResult r;
  r.diagnostics = converged().weights;
  r.latentRhat = rhat, r.latentEss = ess;
  return r;
}

constexpr double kNoise = 0.1;

}  // namespace

TEST(ChainVerdict, ConvergedOnlyWhenTheLatentsHaveToo) {
  const McmcUpdate u = converged();
  McmcResult r = ended(1.008, 700);
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).kind, ChainVerdict::Kind::good);
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).words, "Converged");
  r = ended(1.062, 89);
  const auto v = judgeChains(u, &r, {}, kNoise);
  EXPECT_EQ(v.kind, ChainVerdict::Kind::attention);
  EXPECT_TRUE(v.words.contains("latents") && v.words.contains("1.062") && v.words.contains("89")) << v.words.toStdString();
  EXPECT_FALSE(v.words.startsWith("Converged")) << v.words.toStdString();
  // One latent in the table is enough.
  r = ended(NAN, NAN);
  r.diagnostics.push_back(one("z[4,1]", 1.2, 900));
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).kind, ChainVerdict::Kind::attention);
  // While they run, the watched ones.
  EXPECT_EQ(judgeChains(u, nullptr, {1.3, 30}, kNoise).kind, ChainVerdict::Kind::attention);
  EXPECT_EQ(judgeChains(u, nullptr, {1.004, 800}, kNoise).kind, ChainVerdict::Kind::good);
  EXPECT_EQ(judgeChains(u, nullptr, {}, kNoise).kind, ChainVerdict::Kind::good) << "nothing is known against it";
}

TEST(ChainVerdict, TheMapsErrorIsHeldAgainstTheNoise) {
  const McmcUpdate u = converged();
  McmcResult r = ended(1.005, 700);
  r.table.cells = 5000, r.table.mean = 1e-4, r.table.q99 = 2e-3, r.table.max = 0.012;
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).kind, ChainVerdict::Kind::good);
  r.table.max = 0.4;
  const auto v = judgeChains(u, &r, {}, kNoise);
  EXPECT_EQ(v.kind, ChainVerdict::Kind::attention);
  EXPECT_TRUE(v.words.contains("0.4") && v.words.contains("0.1") && v.words.contains("table_tolerance")) << v.words.toStdString();
  r.table.max = 0.09, r.table.q99 = 0.08;
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).kind, ChainVerdict::Kind::attention) << "in too many places";
  r.table.cells = 0;
  EXPECT_EQ(judgeChains(u, &r, {}, kNoise).kind, ChainVerdict::Kind::good) << "the solver itself";
}

TEST(ChainVerdict, TailsCountAndTheCoresOwnWordsStay) {
  McmcUpdate u = converged();
  u.weights[1].essTail = 120;
  EXPECT_EQ(judgeChains(u, nullptr, {}, kNoise).kind, ChainVerdict::Kind::attention);
  u = converged();
  u.good = false, u.verdict = "R-hat 1.040 above 1.01: not yet mixed";
  EXPECT_EQ(judgeChains(u, nullptr, {}, kNoise).words, "R-hat 1.040 above 1.01: not yet mixed");
  McmcResult r = ended(1.005, 700);
  r.table.cells = 5000, r.table.max = 0.4;
  const auto both = judgeChains(u, &r, {}, kNoise).words;
  EXPECT_TRUE(both.startsWith("R-hat 1.040") && both.contains("table_tolerance")) << both.toStdString();
  u.weights.clear(), u.verdict = "warming up";
  EXPECT_EQ(judgeChains(u, nullptr, {}, kNoise).kind, ChainVerdict::Kind::busy);
}
