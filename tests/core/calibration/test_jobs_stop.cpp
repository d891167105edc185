// Every job is cancelled in the middle of its work, and how promptly is counted in what it reports after that, not in seconds.
#include <gtest/gtest.h>

#include <functional>

#include "core/api/calibration.h"
#include "core/api/compare.h"
#include "core/api/density.h"
#include "core/api/networks.h"
#include "core/api/residuals.h"
#include "core/api/simulate.h"
#include "core/api/system.h"
#include "core/api/train_cost.h"
#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

namespace inflaton {
namespace {

using testing::TempFolder;

struct Job {
  const char* name;
  int report;  ///< on which the stop is asked for: the first is mostly of getting ready
  std::function<std::optional<JobError>(const TempFolder&, const JobContext&)> run;
};

template <class T>
std::optional<JobError> errorOf(const Expected<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}

template <class O>
O withNetwork() {
  O o;
  o.source = "net", o.network = resourceFolder() + "/networks/circles-PRP.safetensors";
  return o;
}

std::vector<Job> jobs() {
  return {
      {"simulation", 2,
       [](const TempFolder&, const JobContext& c) {
         auto o = withNetwork<ToySimulateOptions>();
         o.total_samples = 5000;
         return errorOf(simulateToy(o, c));
       }},
      {"saving a simulation", 1,
       [](const TempFolder& folder, const JobContext& c) {
         ToySimulateOptions o;
         o.total_samples = 500, o.save_dir = folder.path();
         const auto s = simulateToy(o, {});
         if (!s) return std::optional(s.error());
         const auto error = errorOf(saveSimulation(**s, o, c));
         EXPECT_EQ(folder.entries(), 0u) << "a file that was under way";
         return error;
       }},
      {"density", 2,
       [](const TempFolder&, const JobContext& c) {
         auto o = withNetwork<DensityOptions>();
         o.grid = 60;
         return errorOf(density(o, c));
       }},
      {"evaluation", 2,
       [](const TempFolder& folder, const JobContext& c) {
         const std::int64_t n = 300000;
         const std::vector<float> x(static_cast<std::size_t>(2 * n), 0.5f), t(static_cast<std::size_t>(n), 1.0f);
         NpzWriter in(folder.file("in.npz"));
         in.add("x", std::span<const float>(x), {n, 2});
         in.add("t", std::span<const float>(t), {n});
         in.commit();
         EvaluateOptions o;
         o.network = withNetwork<DensityOptions>().network, o.input = folder.file("in.npz"), o.output = folder.file("out.npz");
         const auto error = errorOf(evaluateNetwork(o, c));
         EXPECT_EQ(folder.entries(), 1u);
         return error;
       }},
      {"residuals", 3,
       [](const TempFolder& folder, const JobContext& c) {
         ResidualsExtractOptions o;
         o.network = withNetwork<DensityOptions>().network, o.save_dir = folder.path();
         const auto error = errorOf(extractResiduals(o, c));
         EXPECT_EQ(folder.entries(), 0u);
         return error;
       }},
      {"comparison of solvers", 2,
       [](const TempFolder&, const JobContext& c) {
         auto o = withNetwork<CompareSolversOptions>();
         o.output.clear();
         return errorOf(compareSolvers(o, c));
       }},
      {"marginal posterior", 3,
       [](const TempFolder&, const JobContext& c) { return errorOf(marginalPosterior(withNetwork<MarginalOptions>(), c)); }},
      {"sbc", 3, [](const TempFolder&, const JobContext& c) { return errorOf(simulationBasedCalibration(withNetwork<SbcOptions>(), c)); }},
      {"trajectories of a chain", 2,
       [](const TempFolder&, const JobContext& c) { return errorOf(hmcDemo(withNetwork<HmcDemoOptions>(), c)); }},
      {"chains", 3,
       [](const TempFolder& folder, const JobContext& c) {
         auto o = withNetwork<ToyMcmcOptions>();
         o.outdir = folder.path();
         return errorOf(toyMcmc(o, c));
       }},
      {"training", 2,
       [](const TempFolder& folder, const JobContext& c) {
         ToyTrainOptions o;
         o.outdir = folder.path();
         return errorOf(trainToy(o, c));
       }},
  };
}

TEST(Jobs, EndRightAfterTheyAreAskedTo) {
  for (const Job& job : jobs()) {
    SCOPED_TRACE(job.name);
    const TempFolder folder;
    std::stop_source stop;
    JobContext context;
    context.stop = stop.get_token();
    int reports = 0, after = 0;
    context.progress = [&](const Progress&) {
      if (stop.stop_requested()) ++after;
      if (++reports == job.report) stop.request_stop();
    };
    const auto error = job.run(folder, context);
    EXPECT_TRUE(stop.stop_requested()) << "it made only " << reports << " reports";
    ASSERT_TRUE(error) << "it went on to its end";
    EXPECT_TRUE(error->cancelled()) << error->message;
    EXPECT_LE(after, 1) << "reports of work after the request";
  }
}

}  // namespace
}  // namespace inflaton
