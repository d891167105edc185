// toy-coverage
#include "core/api/coverage.h"
#include "app/cli/command.h"
#include "core/api/number_text.h"
#include "core/api/trajectory.h"

namespace inflaton::cli {
namespace {

nlohmann::json resultJson(const CoverageResult& r, const std::vector<std::string>& files) {
  nlohmann::json result{{"files", files},
                        {"data_name", r.data_name},
                        {"schedule", r.schedule},
                        {"dim", r.dim},
                        {"test_pts", r.testPoints},
                        {"boundary_pts", r.boundaryPoints},
                        {"radii", r.radii},
                        {"ideal", r.ideal},
                        {"latent_variance", r.latentVariance},
                        {"evaluations", r.evaluations},
                        {"seconds", r.seconds}};
  for (const auto& run : r.runs) result["seeds"].push_back(run.seed), result["round_trip_rmse"].push_back(run.roundTripRmse);
  const char *kinds[] = {"alpha", "advected"}, *places[] = {"latent_start", "data", "latent_end"};
  for (int k = 0; k < kBoundaryKinds; ++k) {
    const auto kind = static_cast<BoundaryKind>(k);
    if (!r.has(kind)) continue;
    for (int p = 0; p < kCoveragePlaces; ++p)
      for (std::size_t i = 0; i < r.radii.size(); ++i) {
        auto& coverage = result["coverage"][kinds[k]][places[p]];
        coverage["mean"].push_back(r.mean(kind, static_cast<CoveragePlace>(p), i));
        coverage["sd"].push_back(r.sd(kind, static_cast<CoveragePlace>(p), i));
      }
  }
  return result;
}

std::string summaryText(const CoverageResult& r, const ToyCoverageOptions& o, std::size_t files) {
  return coverageTable(r) +
         formatted("%d evaluations there and back, %.1f s\nwrote %d files to %s\n", r.evaluations, r.seconds, files, o.save_dir);
}

int run(const ToyCoverageOptions& options, Console& console) {
  const Interrupt interrupt(Interrupt::First::cancel, console);
  const JobContext context = jobContext(interrupt, console);
  const auto result = toyCoverage(options, context);
  if (!result) return console.failed(result.error());
  const auto files = saveCoverage(**result, options, context);
  if (!files) {
    console.print(coverageTable(**result));  // what was counted is not lost with the file that could not be written
    return console.failed(files.error());
  }
  return console.finished(resultJson(**result, *files), summaryText(**result, options, files->size()));
}

ToyCoverageOptions baseOptions(const Request& request) {
  ToyCoverageOptions o;
  if (request.typed("network").empty()) return o;
  if (request.typed("source").empty()) o.source = "net";
  if (o.source == "net" || request.typed("source") == "net") takeFromNetwork(request, o, o, false);  // to generate needs no points
  return o;
}

}  // namespace

Command coverageCommand() {
  JobCommand<ToyCoverageOptions> job;
  job.base = baseOptions;
  job.wouldWrite = coverageFiles;
  job.outputs = [](const ToyCoverageOptions& o) { return std::vector{asFolder(o.save_dir)}; };
  job.missingFolders = MissingFolders::made;
  job.run = run;
  return jobCommand(std::move(job));
}

}  // namespace inflaton::cli
