#pragma once
// The rows that the joint sampler, the demonstration, the marginal posterior and the test of calibration share: which flow, what is
// observed through it, and how the flow's map is evaluated.
#include "core/api/mcmc.h"
#include "core/api/option_rows.h"

namespace inflaton {

/// All of PosteriorOptions but for RunOptions (addRun); leaves the group at "Map".
template <class O>
void addPosterior(Rows<O>& r) {
  r.group("Flow");
  r.add(&O::source, "source", "Score",
        "net: a trained network; discrete: the exact score of finite data, no training. A network that is named stands for net.")
      .choices({"net", "discrete"}, {"Network", "Exact score of finite data"});
  r.add(&O::network, "network", "Network", "The .safetensors file, for net; it brings its data set and schedule. Two dimensions.")
      .file()
      .when("source=net");
  addSampleCount(r, &O::total_samples, "total_samples",
                 "discrete: points of the data set, which make the exact score unless references says otherwise.", kToySamples)
      .advanced();
  r.add(&O::references, "references", "References", "Points that make the exact score; 0: the samples themselves.")
      .range(0, 1e7)
      .log()
      .unit("points")
      .when("source=discrete")
      .advanced();
  addData(r);
  addSchedule(r);
  r.group("Experiment");
  r.add(&O::gt_n, "gt_n", "Observations",
        "Latents drawn from the mixture of three Gaussians, pushed through the flow and observed with noise.")
      .range(1, 1e6)
      .log()
      .unit("points");
  r.add(&O::gt_eps_mvn, "gt_eps_mvn", "Noise variance", "Of the Gaussian noise on every coordinate of an observation.")
      .above(0)
      .upTo(100)
      .log()
      .unit("data variance");
  r.add(&O::net_eps_cd, "net_eps_cd", "Compressed variance",
        "Latent variance of the compressed axis in the mixture; 0: closed form (xi + gamma(T)) / (xi* + gamma*(T)), 1 for PRP. The paper's "
        "PRR circles take 0.01.")
      .range(0, 100)
      .log()
      .unit("scaled");
  r.group("Map");
  r.add(&O::map, "map", "Map",
        "How the generative map f(z) is evaluated. table: once on an adaptive grid, then interpolated, with its error measured; solver: a "
        "flow solve, and its discrete adjoint, each time.")
      .choices({"table", "solver"}, {"Table", "Solver"});
  r.add(&O::table_tolerance, "table_tolerance", "Table tolerance",
        "A cell of the table is split where the solver differs by more than this at its middle.")
      .range(1e-6, 1)
      .log()
      .unit("data units")
      .when("map=table");
  const auto& solvers = mapSolvers();
  r.add(&O::solver, "solver", "Solver", "Of the map. " + solvers.help()).choices(solvers).advanced();
  r.add(&O::steps, "steps", "Steps", solvers.stepsHelp()).range(0, 1e6).when(solvers.unless(&SolverInfo::adaptive)).advanced();
  r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of " + solvers.those(&SolverInfo::adaptive) + ".")
      .range(1e-11, 0.1)
      .log()
      .unit("latent sd")
      .when(solvers.when(&SolverInfo::adaptive))
      .advanced();
}

/// What can be said of them before anything is read: two dimensions, a network for net, a solver that knows the schedule. Throws
/// Error(usage).
void checkPosterior(const PosteriorOptions&, const std::string& command);

}  // namespace inflaton
