// The time that belongs to an angle: the same double as by bisection alone, which simulations' bytes hang on.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/flow/flow.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::inflaton::testing::diagonal;

/// Counts nothing and moves nothing: only schedule and basis matter here.
class Still : public Denoiser {
 public:
  using Denoiser::Denoiser;
  at::Tensor denoise(const at::Tensor& x, double) const override { return x; }
};

double bisected(const Flow& flow, double u, double end) {
  double low = 0, high = end;
  if (u <= 0) return low;
  if (u >= flow.angle(high)) return high;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (flow.angle(middle) < u ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

struct Case {
  const char* kind;
  int dim, keep;
  double end, least;  ///< of the eigenvalues, which fall from 2
};

TEST(FlowTime, IsTheBisectionsToTheLastDigit) {
  for (const Case& c : {Case{"reference", 2, 2, 7.01, 0.5},
                        {"reference", 2, 1, 7.01, 0.1},
                        {"reference", 3, 2, 15, 1e-6},
                        {"reference", 16, 3, 7.01, 1e-4},
                        {"reference", 64, 10, 40, 1e-3},
                        {"paper", 2, 2, 7.01, 0.3},
                        {"paper", 3, 1, 5, 1e-4}}) {
    ScheduleOptions o;
    o.schedule = c.kind, o.dims_to_keep = c.keep, o.tmax = c.end;
    std::vector<double> xi;
    for (int j = 0; j < c.dim; ++j) xi.push_back(2 * std::pow(c.least / 2, static_cast<double>(j) / std::max(1, c.dim - 1)));
    const Still still(Schedule::make(o, c.dim, 1, xi), diagonal(xi));
    const Flow flow(still, 1);
    const double all = flow.angle(c.end);
    for (int i = 0; i <= 1500; ++i) {
      const double share = i / 1500.0;
      for (const double u : {share * all, all * std::pow(share, 6), all * (1 - std::pow(share, 6))})
        ASSERT_EQ(flow.time(u), bisected(flow, u, c.end)) << c.kind << " " << c.dim << " to " << c.keep << " at " << u << " of " << all;
    }
  }
}

TEST(FlowTime, UndoesTheAngle) {
  const Still still(Schedule::make({}, 2), diagonal({1.5, 0.4}));
  const Flow flow(still, 1);
  for (const double t : {1e-3, 0.1, 1.0, 3.3, 7.0}) EXPECT_NEAR(flow.time(flow.angle(t)), t, 1e-12 * (1 + 1 / t));
}

}  // namespace
}  // namespace inflaton
