// A map that is being made of a slow flow: a stop is obeyed within a batch of each thread, not after thousands of rows.
#include <gtest/gtest.h>

#include <atomic>

#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "tests/core/calibration/map/map_testing.h"

namespace inflaton {
namespace {

using namespace testing;

/// Asks for the stop in the middle of its own work, and counts what it is made to do after that.
class AskingDenoiser : public GaussianDenoiser {
 public:
  AskingDenoiser(const Schedule& s, std::int64_t rowsBefore, std::stop_source asked)
      : GaussianDenoiser(s, turnedBasis()), rowsBefore_(rowsBefore), asked_(std::move(asked)) {}
  at::Tensor whitened(const at::Tensor& y, double t) const override {
    if (asked_.stop_requested()) after += y.size(0);
    if ((seen_ += y.size(0)) >= rowsBefore_) asked_.request_stop();
    return GaussianDenoiser::whitened(y, t);
  }
  mutable std::atomic<std::int64_t> after{0};

 private:
  mutable std::atomic<std::int64_t> seen_{0};
  std::int64_t rowsBefore_;
  mutable std::stop_source asked_;
};

TEST(MapStops, WithinABatch) {
  useThreads(2);
  for (const bool keep : {false, true})
    for (const std::int64_t rows : {1000, 50000}) {  // in the table's first level, and further on
      std::stop_source asked;
      JobContext context;
      (keep ? context.finish : context.stop) = asked.get_token();
      const auto denoiser = std::make_shared<AskingDenoiser>(schedule2(), rows, asked);
      const Problem problem{{}, denoiser, schedule2()};
      PosteriorOptions o;
      o.solver = "rk4", o.steps = 20;
      TableReport report;
      const StopScope scope(context.stop, context.finish);
      const auto make = [&] { tableMap(o, problem, solverMap(o, problem, {}), {1, 1}, report, context); };
      if (keep)
        EXPECT_THROW(make(), StopAndKeep);
      else
        EXPECT_THROW(make(), Error);
      EXPECT_LE(denoiser->after, 2 * GenerativeMap::batch) << "rows after the request";
    }
  useThreads(0);
}

}  // namespace
}  // namespace inflaton
