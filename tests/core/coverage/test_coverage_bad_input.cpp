// Requests that cannot be, and flows that break: each with a message that says what and where.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>

#include "tests/core/coverage/coverage_testing.h"

namespace inflaton {
namespace {

using namespace inflaton::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

JobError refused(const ToyCoverageOptions& o) {
  const auto r = toyCoverage(o, {});
  EXPECT_FALSE(r);
  return r ? JobError{} : r.error();
}

class CoverageBadInput : public ::testing::Test {
 protected:
  Folder folder;
  ToyCoverageOptions o = small(gaussianNetwork(folder, {1.4, 0.6}, 2));

  void expectUsage(const std::string& text) {
    const JobError e = refused(o);
    EXPECT_EQ(e.code, ErrorCode::usage) << e.message;
    EXPECT_THAT(e.message, HasSubstr(text));
  }
};

TEST_F(CoverageBadInput, NetworkOfAnotherDimension) {
  o.data_name = "s_curve";
  expectUsage("was trained for PRP in 2 dimensions (rho 2); asked: PRP in 3 dimensions");
}

TEST_F(CoverageBadInput, NetworkOfAnotherSchedule) {
  o.dims_to_keep = 1;
  expectUsage("was trained for PRP in 2 dimensions (rho 2); asked: PRRto1D");
}

TEST_F(CoverageBadInput, DataDimThatIsNot) {
  o.data_dim = 3;
  expectUsage("data_dim is 3; allowed: 2");
}

TEST_F(CoverageBadInput, FewerBoundaryPointsThanASimplexHas) {
  o.boundary_pts = 2;
  expectUsage("boundary_pts is 2; allowed: 3 to 100000");
  o.network = gaussianNetwork(folder, {1.1, 1, 0.9}, 3, "three.safetensors"), o.data_name = "s_curve", o.boundary_pts = 3;
  expectUsage("boundary_pts is 3; allowed: 4 to 100000");
}

TEST_F(CoverageBadInput, Radii) {
  o.r_min = 0;
  expectUsage("r_min is 0; allowed: 0 < r_min");
  o.r_min = 2, o.r_max = 1;
  expectUsage("r_max is 1; allowed: r_min (2) < r_max");
  o.r_max = 2;
  expectUsage("r_max is 2; allowed: r_min (2) < r_max");
  o.r_num = 1, o.boundary = "alpha", o.test_pts = 10;
  EXPECT_TRUE(toyCoverage(o, {}));
  o.r_min = -1;
  expectUsage("r_min is -1");
}

TEST_F(CoverageBadInput, Alpha) {
  for (const char* text : {"", "hull", "0", "-1", "nan", "inf", "3x"}) {
    o.alpha = text;
    expectUsage(std::string("alpha is \"") + text + "\"; allowed: reference, auto, or a circumradius > 0");
  }
}

TEST_F(CoverageBadInput, AlphaTooSmallSaysAtWhichShellAndWhere) {
  o.alpha = "1e-4";
  const JobError e = refused(o);
  EXPECT_EQ(e.code, ErrorCode::failed);
  EXPECT_THAT(e.message, AllOf(HasSubstr("shell of radius 1 at the latent start: the alpha shape is empty: alpha is 0.0001"),
                               HasSubstr("smallest circumradius")));
  EXPECT_THAT(e.hint, HasSubstr("auto"));
}

TEST_F(CoverageBadInput, AlphaAutoHoldsAllBoundaryPointsInOnePiece) {
  o.alpha = "auto", o.boundary = "alpha", o.test_pts = 100;
  const auto r = coverageOf(o);
  for (const auto& place : r->runs[0].shells[0])
    for (const auto& shell : place) {
      EXPECT_EQ(shell.check.components, 1);
      EXPECT_EQ(shell.check.isolated, 0);
      EXPECT_GT(shell.circumradius, 0);
    }
}

TEST_F(CoverageBadInput, Counts) {
  o.test_pts = 0;
  expectUsage("test_pts");
  o = small(o.network), o.seeds = 0;
  expectUsage("seeds");
  o = small(o.network), o.r_num = 0;
  expectUsage("r_num");
  o = small(o.network), o.test_pts = 10'000'000;
  expectUsage("allowed: 8 GiB");
}

TEST_F(CoverageBadInput, Solvers) {
  o.solver = "euler", o.h = 0.5, o.steps = 100;
  expectUsage("steps * h is 50");
  o.steps = 1, o.h = 0;
  expectUsage("steps is 1");
  o.steps = 0, o.h = 8;
  expectUsage("h is 8");
  o = small(o.network), o.solver = "dopri5", o.tolerance = 1e-8;
  expectUsage("tolerance is 1e-08; allowed: at least 1e-06");
}

TEST_F(CoverageBadInput, NoNetworkAndDataOfFourDimensions) {
  o.network.clear();
  expectUsage("network is empty");
  o = ToyCoverageOptions{}, o.augment_to = 4;
  expectUsage("the data have 4 dimensions; allowed: 2 or 3");
}

TEST_F(CoverageBadInput, PointsThatLeaveTheFiniteRangeAreCounted) {
  // Weights so large that the network's output overflows wherever the input is not tiny.
  auto network = std::make_shared<Mlp>(MlpSettings{.dim = 2, .width = 8, .depth = 1});
  const NetDenoiser denoiser(Schedule::make(ScheduleOptions{}, 2), diagonal({1.4, 0.6}), network, at::full({network->size()}, 1e30));
  saveNetwork(folder.file("wild.safetensors"), denoiser, {{"data_name", "circles"}});
  o.network = folder.file("wild.safetensors");
  for (const char* solver : {"adams", "euler"}) {
    o.solver = solver;
    const JobError e = refused(o);
    EXPECT_EQ(e.code, ErrorCode::diverged) << e.message;
    EXPECT_THAT(e.message, ::testing::ContainsRegex(
                               "^generation: [0-9]+ of 4000 test points and [0-9]+ of 360 boundary points are not finite at t = "));
  }
}

}  // namespace
}  // namespace inflaton
