// The options of toy-mcmc and hmc-demo, and what the posterior experiments check alike.
#include "core/api/mcmc.h"

#include "core/api/points.h"
#include "core/api/posterior_rows.h"

namespace inflaton {

void checkPosterior(const PosteriorOptions& o, const std::string& command) {
  if (!namedByNetwork(o)) checkData(o);
  checkDenoiser(o, command);
  const auto twoOnly = [&](const std::string& field, std::int64_t dim) {
    if (dim != 0 && dim != 2)
      refuseOption(field + " has " + std::to_string(dim) + " dimensions; allowed for " + command + ": 2",
                   "The experiment's latent mixture is two-dimensional.");
  };
  for (const auto& set : toySets())
    if (set.id == o.data_name && o.augment_to == 0) twoOnly("data_name " + o.data_name, set.dim);
  if (o.augment_to != 0 && o.augment_to != 2)
    refuseOption("augment_to is " + std::to_string(o.augment_to) + "; allowed for " + command + ": 2, or 0 for none",
                 "The experiment's latent mixture is two-dimensional.");
  mapSolvers().check(o.solver, o.schedule);
  const SolverInfo& solver = mapSolvers().at(o.solver);
  if (solver.multistep() && o.steps != 0 && o.steps < kAdamsOrder)
    refuseOption("steps is " + std::to_string(o.steps) + "; allowed for " + solver.id + ": " + std::to_string(kAdamsOrder) +
                 " or more, or 0 for " + std::to_string(solver.map->steps));
}

template <>
const ParameterTable& parameterTable<ToyMcmcOptions>() {
  using O = ToyMcmcOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-mcmc";
    r.table.summary =
        "Sample mixture weights and all latents given noisy observations, by Hamiltonian Monte Carlo through the flow: the paper's "
        "experiment on calibration.";
    addPosterior(r);
    r.group("Chains");
    r.add(&O::sampler, "sampler", "Sampler",
          "nuts: the No-U-Turn sampler (multinomial); hmc: trajectories of traj_length steps, as the reference's.")
        .choices({"nuts", "hmc"}, {"NUTS", "HMC, fixed length"});
    r.add(&O::chains, "chains", "Chains", "Run side by side as one batch; R-hat compares them.").range(1, 64);
    r.add(&O::burn, "burn", "Warm-up", "Transitions that adapt step size and metric, and are not draws.")
        .range(0, 1e6)
        .log()
        .unit("transitions");
    r.add(&O::mcmc_n, "mcmc_n", "Draws", "Kept from each chain after warm-up.").range(1, 1e7).log().unit("draws").onResume(OnResume::grows);
    r.add(&O::init, "init", "Start",
          "dispersed: every chain somewhere else, so that agreement means something; truth: all at the true weights and latents, as the "
          "paper.")
        .choices({"dispersed", "truth"}, {"Dispersed", "Truth (paper)"});
    r.add(&O::acpt, "acpt", "Target acceptance", "That the step size is adapted to.").range(0.01, 0.999).step(0.05);
    r.add(&O::step_size, "step_size", "Step size", "The first one; warm-up adapts it.").above(0).upTo(100).log();
    r.add(&O::traj_length, "traj_length", "Leapfrog steps", "Of every trajectory of hmc.")
        .range(1, 10000)
        .log()
        .unit("steps")
        .when("sampler=hmc");
    r.add(&O::max_depth, "max_depth", "Tree depth", "Of nuts at most: trajectories of up to two to this power steps.")
        .range(1, 16)
        .when("sampler=nuts")
        .advanced();
    r.add(&O::metric, "metric", "Metric",
          "local: a 2 x 2 matrix for every latent, estimated from its observation beforehand; diag: a variance for every parameter, "
          "adapted in windows of the warm-up, as Stan does; unit: none, as the reference.")
        .choices({"local", "diag", "unit"}, {"Local, estimated", "Diagonal, adapted", "Unit (reference)"})
        .advanced();
    r.group("Records");
    r.add(&O::outdir, "outdir", "Runs in", "Parent of the numbered run folder.").folder().advanced().onResume(OnResume::folder);
    r.add(&O::desc, "desc", "Description", "Suffix of the run folder's name.").when("nosubdir=false").advanced().onResume(OnResume::folder);
    r.add(&O::nosubdir, "nosubdir", "No subfolder", "Write into outdir itself instead of a numbered folder in it, as the reference does.")
        .advanced()
        .onResume(OnResume::folder);
    r.add(&O::resume, "resume", "Resume",
          "Run folder to go on from, at its last checkpoint; its options hold, but for mcmc_n, which may be raised.")
        .folder()
        .advanced()
        .freeOnResume();
    r.add(&O::thin, "thin", "Keep latents of every", "So many draws one set of latents is written; weights are written for every draw.")
        .range(1, 1e6)
        .unit("draws")
        .advanced();
    r.add(&O::checkpoint, "checkpoint", "Checkpoint every", "So many seconds the chains are saved, for --resume.")
        .above(0)
        .upTo(86400)
        .unit("s")
        .advanced()
        .freeOnResume();
    r.add(&O::save_trajs, "save_trajs", "Save states",
          "Also write every state of every chain as the reference's trajs_outdir/curr_params_NNNNNN.npz.")
        .advanced()
        .freeOnResume();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkPosterior(o, "toy-mcmc");
      if (o.outdir.empty() && o.resume.empty()) refuseOption("outdir is empty; toy-mcmc needs --outdir FOLDER");
    };
    return std::move(r.table);
  }();
  return table;
}

template <>
const ParameterTable& parameterTable<HmcDemoOptions>() {
  using O = HmcDemoOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "hmc-demo";
    r.table.summary =
        "Single trajectories of Hamiltonian Monte Carlo on the latent plane of one observation, with every leapfrog step, for watching.";
    addPosterior(r);
    r.group("Chain");
    r.add(&O::observation, "observation", "Observation", "Its number, from 0.").range(0, 1e6);
    r.add(&O::sampler, "sampler", "Sampler", "hmc: trajectories of fixed length; nuts: as long as they do not turn back.")
        .choices({"hmc", "nuts"}, {"HMC, fixed length", "NUTS"});
    r.add(&O::step_size, "step_size", "Step size",
          "Too large and trajectories fly off, too small and they hardly move. 0: found by a warm-up that is not recorded, so that nine in "
          "ten "
          "proposals are accepted.")
        .range(0, 100)
        .log();
    r.add(&O::traj_length, "traj_length", "Leapfrog steps", "Of every trajectory of hmc.")
        .range(1, 10000)
        .log()
        .unit("steps")
        .when("sampler=hmc");
    r.add(&O::transitions, "transitions", "Transitions", "To record.").range(1, 100000).log();
    r.add(&O::init, "init", "Start", "truth: the true latent; poor: far out in the tail.")
        .choices({"truth", "poor"}, {"Truth", "Poor: the far tail"});
    r.add(&O::grid, "grid", "Grid", "Nodes a side of the map of the log-density.").range(8, 2000).unit("nodes").advanced();
    r.add(&O::output, "output", "Output", "The .npz to write: log_density, paths, energy_error, chosen, accepted, divergent, depth.")
        .file()
        .advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkPosterior(o, "hmc-demo");
      if (o.observation >= o.gt_n)
        refuseOption("observation is " + std::to_string(o.observation) + "; allowed: 0 to " + std::to_string(o.gt_n - 1) +
                     " (gt_n observations)");
      if (o.output.empty()) refuseOption("output is empty; hmc-demo needs --output FILE.npz");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
