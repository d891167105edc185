// Evaluations against error of all solvers: all seven sets, PRP and PRR, both directions, on the exact score; and circles PRP on a
// network trained here. A table on stderr, the numbers as CSV into the file named first (packaging/figures/work_precision makes the
// figure of it), and lines for packaging/bench: what adams needs to reach the error of the reference's 701 Euler points.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>

#include "core/api/compare.h"
#include "core/api/points.h"
#include "core/api/train.h"
#include "core/api/trajectory.h"

namespace {
using namespace inflaton;

WorkPrecision measure(CompareSolversOptions o) {
  const auto result = compareSolvers(o, {});
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", o.data_name.c_str(), result.error().message.c_str());
    std::exit(1);
  }
  return *result;
}

/// Least budget with which adams stays below `error`; `limit` where none does.
int needed(CompareSolversOptions o, double error, int limit) {
  o.solvers = "adams", o.budgets.clear();
  for (int n = 8; n <= limit; ++n) o.budgets += (n == 8 ? "" : ",") + std::to_string(n);
  const auto curve = measure(o).curves.front();
  for (std::size_t i = 0; i < curve.error.size(); ++i)
    if (curve.error[i] <= error) return curve.evaluations[i];
  return limit;
}

void tell(const std::string& name, const WorkPrecision& w, std::FILE* csv) {
  std::fprintf(stderr, "%s: Euler 701 points %.2e (converged to %.0e)\n", name.c_str(), w.eulerError, w.referenceError);
  for (const auto& c : w.curves) {
    std::fprintf(stderr, "  %-10s", c.solver.c_str());
    for (std::size_t i = 0; i < c.error.size(); ++i) {
      std::fprintf(stderr, " %d:%.1e", c.evaluations[i], c.error[i]);
      if (csv) std::fprintf(csv, "%s,%s,%d,%.6g\n", name.c_str(), c.solver.c_str(), c.evaluations[i], c.error[i]);
    }
    std::fprintf(stderr, "\n");
  }
  if (csv) std::fflush(csv);
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* csv = argc > 1 ? std::fopen(argv[1], "w") : nullptr;
  if (argc > 1 && !csv) return std::fprintf(stderr, "bench_solvers: cannot write %s\n", argv[1]), 1;
  if (csv) std::fprintf(csv, "problem,solver,evaluations,error\n");

  // A network as a user would have it: the preset quick, 25 s.
  const auto folder =
      std::filesystem::temp_directory_path() / ("inflaton-bench-solvers-" + std::to_string(std::hash<std::string>{}(argv[0])));
  ToyTrainOptions train = trainPreset("quick");
  train.outdir = folder.string(), train.validation_references = 0;
  const auto trained = trainToy(train, {});
  if (!trained) return std::fprintf(stderr, "%s\n", trained.error().message.c_str()), 1;
  for (const char* direction : {"melt", "gen"}) {
    CompareSolversOptions o;
    o.source = "net", o.network = trained->network, o.total_samples = 2000, o.direction = direction;
    const auto w = measure(o);
    const bool melt = o.direction == "melt";
    tell(melt ? "circles PRP inflation (network)" : "circles PRP generation (network)", w, csv);
    std::printf("adams_to_euler701_circles_PRP%s\t%d\tevaluations\n", melt ? "" : "_generation", needed(o, w.eulerError, 64));
    std::fflush(stdout);
  }
  std::filesystem::remove_all(folder);

  for (const char* direction : {"melt", "gen"})
    for (const auto& set : toySets())
      for (const int keep : {0, set.dim - 1}) {
        CompareSolversOptions o;
        o.data_name = set.id, o.dims_to_keep = keep, o.total_samples = 500, o.direction = direction;
        const auto w = measure(o);
        const std::string schedule = keep ? "PRR" : "PRP";
        tell(set.id + " " + schedule + (o.direction == "melt" ? " inflation" : " generation"), w, csv);
        if (o.direction == "melt")
          std::printf("adams_to_euler701_exact_%s_%s\t%d\tevaluations\n", set.id.c_str(), schedule.c_str(), needed(o, w.eulerError, 64));
        std::fflush(stdout);
      }
  if (csv) std::fclose(csv);
}
