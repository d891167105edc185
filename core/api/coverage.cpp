// The options of toy-coverage, and what its numbers come to.
#include "core/api/coverage.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/api/number_text.h"
#include "core/api/option_rows.h"
#include "core/api/points.h"

namespace inflaton {
namespace {

bool positiveNumber(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && std::isfinite(value) && value > 0;
}

/// Dimensions as far as the options alone tell; 0: not known before the data or the network are read.
std::int64_t statedDimension(const ToyCoverageOptions& o) {
  if (o.augment_to > 0) return o.augment_to;
  for (const auto& set : toySets())
    if (set.id == o.data_name) return set.dim;
  return o.data_dim;
}

void checkRadii(const ToyCoverageOptions& o) {
  if (o.r_min <= 0) refuseOption("r_min is " + formatParameter(o.r_min) + "; allowed: 0 < r_min <= 100");
  const std::string allowed = "; allowed: r_min (" + formatParameter(o.r_min) + ") < r_max <= 100";
  if (o.r_num > 1 && o.r_max <= o.r_min)
    refuseOption("r_max is " + formatParameter(o.r_max) + allowed, "Radii grow from r_min to r_max; r_num 1 takes r_min alone.");
}

void crossCheck(const ToyCoverageOptions& o) {
  if (!namedByNetwork(o)) checkData(o);
  checkDenoiser(o, "toy-coverage");
  checkRadii(o);
  if (const std::int64_t dim = statedDimension(o); dim > 0) {
    if (dim != 2 && dim != 3)
      refuseOption("the data have " + std::to_string(dim) + " dimensions; allowed: 2 or 3",
                   "Shells are curves in the plane or surfaces in space.");
    if (o.boundary_pts < dim + 1)
      refuseOption("boundary_pts is " + std::to_string(o.boundary_pts) + "; allowed: " + std::to_string(dim + 1) + " to 100000",
                   "A simplex in " + std::to_string(dim) + " dimensions has " + std::to_string(dim + 1) + " corners.");
  }
  if (o.alpha != "reference" && o.alpha != "auto" && !positiveNumber(o.alpha))
    refuseOption("alpha is \"" + o.alpha + "\"; allowed: reference, auto, or a circumradius > 0");
  coverageSolvers().check(o.solver, o.schedule);
  if (o.schedule == "paper" && o.source == "discrete")
    refuseOption("schedule is paper; allowed with the exact score: reference",
                 "Its kernels start at width 0, so the exact score of finite data is only defined at those data. Give a network.");
  const SolverInfo& solver = solverInfo(o.solver);
  if (solver.scaled() && o.steps == 1)
    refuseOption("steps is 1; allowed for " + o.solver + ": 2 to 1000000 grid points, or 0 for its default");
  if (solver.scaled() && o.h >= o.tmax)
    refuseOption("h is " + formatParameter(o.h) + "; allowed: 0 < h < tmax (" + formatParameter(o.tmax) + ")");
  if (solver.adaptive() && o.tolerance < 1e-6)
    refuseOption("tolerance is " + formatParameter(o.tolerance) + "; allowed: at least 1e-06",
                 "Flows of the coverage experiment are in single precision.");
  if (o.save_dir.empty()) refuseOption("save_dir is empty; toy-coverage needs --save_dir DIR");
}

}  // namespace

template <>
const ParameterTable& parameterTable<ToyCoverageOptions>() {
  using O = ToyCoverageOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-coverage";
    r.table.summary =
        "Is the flow calibrated? Points drawn from the latent Gaussian and shells of known Mahalanobis radius go through the generative "
        "flow and back; "
        "counted is how many points lie inside each shell at the latent start, in data space and after the round trip, beside the "
        "chi-square share that should.";
    addDenoiser(
        r, {"Points that make the exact score; a network needs none.", "Points of the exact score in place of total_samples; 0: those."});
    addData(r);
    addSchedule(r);
    r.add(&O::end_vars, "end_vars", "A0",
          "Factor of the scale s(t) as the reference has it; the kept latent axes have the standard deviation A0.")
        .above(0)
        .upTo(1e6)
        .advanced();
    r.add(&O::eps, "eps", "Latent variance, compressed",
          "Of the compressed axes, scaled; 0: closed form (xi + gamma(T)) / (xi* + gamma*(T)).")
        .range(0, 1e6)
        .log()
        .unit("scaled")
        .when("dims_to_keep!=0")
        .advanced();
    r.group("Coverage");
    r.add(&O::test_pts, "test_pts", "Test points", "Drawn from the latent Gaussian.").range(1, 1e7).log().unit("points");
    r.add(&O::boundary_pts, "boundary_pts", "Boundary points", "On each shell, uniform on the whitened sphere.")
        .range(1, 1e5)
        .log()
        .unit("points");
    r.add(&O::r_min, "r_min", "Least radius", "Mahalanobis radius of the first shell.").range(0, 100).step(0.1).unit("latent sd");
    r.add(&O::r_max, "r_max", "Largest radius", "Of the last shell.").range(0, 100).step(0.1).unit("latent sd");
    r.add(&O::r_num, "r_num", "Shells", "Linearly spaced radii.").range(1, 200);
    r.add(&O::seeds, "seeds", "Seeds", "Repetitions with seed, seed + 1, ...: mean and standard deviation over them.").range(1, 1000);
    r.add(&O::boundary, "boundary", "Boundary",
          "alpha: the alpha shape of the shell's points, as the reference. advected: the image of the shell itself, carried and refined. "
          "both: the two, whose difference is what the alpha shape alone gets wrong.")
        .choices({"both", "alpha", "advected"}, {"Both", "Alpha shape (reference)", "Advected shell"});
    r.add(&O::alpha, "alpha", "Alpha",
          "Largest circumradius of the alpha shape's simplices: reference (200 in 2D, 10 in 3D), auto (the least that makes one component "
          "with all boundary points), or a number.")
        .when("boundary!=advected")
        .advanced();
    r.group("Solver");
    const auto& solvers = coverageSolvers();
    const std::string adaptive = solvers.those(&SolverInfo::adaptive), reference = solvers.those(&SolverInfo::scaled);
    r.add(&O::solver, "solver", "Solver", solvers.help()).choices(solvers);
    r.add(&O::steps, "steps", "Steps", solvers.stepsHelp()).range(0, 1e6).when(solvers.unless(&SolverInfo::adaptive)).advanced();
    r.add(&O::h, "h", "h", reference + ": t runs from 0 to steps*h; 0: to tmax.")
        .range(0, 10)
        .unit("t")
        .when(solvers.when(&SolverInfo::scaled))
        .advanced();
    r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of " + adaptive + ".")
        .range(1e-12, 0.1)
        .log()
        .unit("latent sd")
        .when(solvers.when(&SolverInfo::adaptive))
        .advanced();
    r.group("Records");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder for the results.").folder().advanced();
    r.add(&O::save_freq, "save_freq", "Save every", reference + ": a frame every so many steps, beside the first two and the last.")
        .range(1, 1e6)
        .unit("steps")
        .when(solvers.when(&SolverInfo::scaled))
        .advanced();
    r.add(&O::trajectories, "trajectories", "Keep flows", "Write the flows of the first seed as npz.").advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) { crossCheck(*static_cast<const O*>(p)); };
    return std::move(r.table);
  }();
  return table;
}

bool CoverageResult::has(BoundaryKind kind) const {
  return !runs.empty() && !runs.front().shells[static_cast<std::size_t>(kind)][0].empty();
}

double CoverageResult::mean(BoundaryKind kind, CoveragePlace place, std::size_t radius) const {
  double sum = 0;
  for (const auto& run : runs)
    sum += static_cast<double>(run.shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)].at(radius).inside);
  return sum / static_cast<double>(runs.size()) / static_cast<double>(testPoints);
}

double CoverageResult::sd(BoundaryKind kind, CoveragePlace place, std::size_t radius) const {
  if (runs.size() < 2) return 0;
  const double centre = mean(kind, place, radius);
  double sum = 0;
  for (const auto& run : runs) {
    const double share =
        static_cast<double>(run.shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)].at(radius).inside) /
        static_cast<double>(testPoints);
    sum += (share - centre) * (share - centre);
  }
  return std::sqrt(sum / static_cast<double>(runs.size() - 1));
}

std::string coverageTable(const CoverageResult& r) {
  const std::size_t seeds = r.runs.size();
  std::string out = r.data_name + " " + r.schedule +
                    formatted(", %d test points, %d boundary points a shell, ", r.testPoints, r.boundaryPoints) +
                    (seeds == 1 ? "one seed\n" : std::to_string(seeds) + " seeds\n");
  out += seeds > 1 ? "percent inside, mean +- 2 sd over seeds\n" : "percent inside\n";
  const bool band = seeds > 1;
  const int width = band ? 15 : 9;
  std::string heads = "                ", places = "radius   ideal ";
  for (int k = 0; k < kBoundaryKinds; ++k) {
    if (!r.has(static_cast<BoundaryKind>(k))) continue;
    heads += formatted(" %-*s", 3 * width + 2, k == 0 ? "  alpha shape" : "  advected shell");
    for (const char* place : {"latent", "data", "back"}) places += formatted(" %*s", width, place);
  }
  while (!heads.empty() && heads.back() == ' ') heads.pop_back();
  out += heads + "\n" + places + "\n";
  for (std::size_t i = 0; i < r.radii.size(); ++i) {
    out += formatted("%6.3g %7.2f ", r.radii[i], 100 * r.ideal[i]);
    for (int k = 0; k < kBoundaryKinds; ++k) {
      const auto kind = static_cast<BoundaryKind>(k);
      if (!r.has(kind)) continue;
      for (int p = 0; p < kCoveragePlaces; ++p) {
        const auto place = static_cast<CoveragePlace>(p);
        const std::string mean = fixedText(100 * r.mean(kind, place, i), 2);
        out += formatted(" %*s", width, band ? mean + " +- " + fixedText(200 * r.sd(kind, place, i), 2) : mean);
      }
    }
    out += "\n";
  }
  double worst = 0;
  for (const auto& run : r.runs) worst = std::max(worst, run.roundTripRmse);
  return out + formatted("round-trip RMSE of the test points: %.3g latent standard deviations\n", worst);
}

}  // namespace inflaton
