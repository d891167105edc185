// The verdict on chains looks at all parameters, and names the latents that have not converged.
#include "core/calibration/chains/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inflaton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Diagnostic diagnostic(const std::string& name, double rhat, double ess) {
  Diagnostic d;
  d.name = name, d.rhat = rhat, d.essBulk = ess;
  return d;
}

McmcUpdate converged() {
  auto draws = std::make_shared<McmcDraws>();
  draws->chains = 1, draws->warmup = 10, draws->stepSize = {{0.1}};
  McmcUpdate u;
  u.draws = draws, u.iteration = 500, u.ebfmi = 0.9;
  for (const char* name : {"weights[0]", "weights[1]", "weights[2]"}) u.weights.push_back(diagnostic(name, 1.003, 900));
  for (const char* name : {"z[0,0]", "z[0,1]", "z[1,0]", "z[1,1]", "z[2,0]", "z[2,1]"}) u.latents.push_back(diagnostic(name, 1.02, 300));
  return u;
}

TEST(Verdict, ConvergedIsSaidOfAllParameters) {
  auto u = converged();
  judge(u);
  EXPECT_EQ(u.verdict, "converged");
  EXPECT_TRUE(u.good);
}

TEST(Verdict, NamesTheLatentsThatHaveNot) {
  auto u = converged();
  u.latents[3].rhat = 1.062, u.latents[3].essBulk = 89;
  judge(u);
  EXPECT_FALSE(u.good);
  EXPECT_EQ(u.verdict,
            "the weights have converged, but 1 of 6 latent coordinates has not: z[1,1] (R-hat 1.062, bulk ESS 89); more draws needed");
  u.latents[0].rhat = 1.3, u.latents[5].essBulk = 12, u.latents[2].rhat = 1.07, u.latents[1].rhat = 1.051;
  judge(u);
  EXPECT_THAT(u.verdict, AllOf(HasSubstr("5 of 6 latent coordinates have not: z[0,0] (R-hat 1.300"), HasSubstr("and 2 more"),
                               Not(HasSubstr("z[2,1]"))))
      << "the worst first";
}

TEST(Verdict, OfWeightsComesFirst) {
  auto u = converged();
  u.weights[1].rhat = 1.04;
  judge(u);
  EXPECT_EQ(u.verdict, "R-hat 1.040 above 1.01: not yet mixed");
  u.latents[3].rhat = 1.062;
  judge(u);
  EXPECT_THAT(u.verdict, AllOf(HasSubstr("not yet mixed; 1 of 6 latent"), HasSubstr("z[1,1]")));
  EXPECT_FALSE(u.good);
}

}  // namespace
}  // namespace inflaton
