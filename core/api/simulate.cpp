// The options of toy-simulate.
#include "core/api/simulate.h"

#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<ToySimulateOptions>() {
  using O = ToySimulateOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-simulate";
    r.table.summary = "Inflate points, bring them back, and generate new ones.";
    addDenoiser(r);
    addData(r);
    r.add(&O::initial, "initial", "Start from", "A .npy [N, D] of starting points in data coordinates, instead of fresh samples.")
        .file()
        .advanced();
    addUnits(r, "initial, and of x in the files written");
    addSchedule(r);
    r.add(&O::A0, "A0", "A0", "Overall factor of the scale s(t).").above(0).upTo(1e6).advanced();
    r.add(&O::end_vars, "end_vars", "Latent variance, kept", "Of the Gaussian that generation draws from, kept axes; 0: closed form.")
        .range(0, 1e6)
        .unit("scaled")
        .advanced();
    r.add(&O::eps, "eps", "Latent variance, compressed", "Of the compressed axes; 0: closed form (xi + gamma(T)) / (xi* + gamma*(T)).")
        .range(0, 1e6)
        .log()
        .unit("scaled")
        .advanced()
        .when("dims_to_keep!=0");
    r.group("Solver");
    r.add(&O::direction, "direction", "Lanes", "melt: inflation; roundtrip: inflation and back; gen: generation; all: the three.")
        .choices({"all", "melt", "roundtrip", "gen"}, {"All", "Inflation", "Inflation and back", "Generation"})
        .advanced();
    const auto& solvers = simulationSolvers();
    const std::string adaptive = solvers.those(&SolverInfo::adaptive), reference = solvers.those(&SolverInfo::scaled),
                      ofReference = solvers.when(&SolverInfo::scaled);
    r.add(&O::solver, "solver", "Solver", solvers.help()).choices(solvers);
    r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of " + adaptive + ".")
        .range(1e-12, 0.1)
        .log()
        .unit("latent sd")
        .when(solvers.when(&SolverInfo::adaptive));
    r.add(&O::steps, "steps", "Steps", solvers.stepsHelp()).range(0, 1e6).advanced().when(solvers.unless(&SolverInfo::adaptive));
    r.add(&O::h, "h", "h", reference + " on the ifs grid: t runs from 0 to steps*h; 0: to tmax.")
        .range(0, 10)
        .unit("t")
        .advanced()
        .when(ofReference + " disc=ifs");
    r.add(&O::disc, "disc", "Time grid", "Of " + reference + ": ifs from 0, vp_ode from eps_time.")
        .choices({"ifs", "vp_ode"})
        .advanced()
        .when(ofReference);
    r.add(&O::eps_time, "eps_time", "First time", "Of the vp_ode grid.")
        .range(0, 1)
        .unit("t")
        .advanced()
        .when(ofReference + " disc=vp_ode");
    r.add(&O::frames, "frames", "Frames", "Kept by the angle-form solvers, evenly spaced in t.")
        .range(2, 1e5)
        .advanced()
        .when(solvers.unless(&SolverInfo::scaled));
    r.add(&O::save_freq, "save_freq", "Save every", reference + ": a frame every so many steps, beside the first two and the last.")
        .range(1, 1e6)
        .unit("steps")
        .advanced()
        .when(ofReference);
    r.add(&O::outputs, "outputs", "Keep outputs", "Keep denoiser outputs and scores at the frames (one more evaluation each).").advanced();
    r.add(&O::double_precision, "double_precision", "float64", "Compute in double precision (exact score).").advanced();
    r.group("Records");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder for the npz files.").folder().advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      if (o.initial.empty()) checkData(o);
      checkDenoiser(o, "toy-simulate", o.initial.empty() || o.source == "discrete");
      if (o.schedule == "paper" && o.source == "discrete" && !o.initial.empty())
        refuseOption("initial is " + o.initial + "; allowed with schedule paper: nothing, for the exact score",
                     "Its kernels start at width 0, so the exact score of finite data is only defined at those data. Train a network to "
                     "start elsewhere.");
      simulationSolvers().check(o.solver, o.schedule);
      if (o.h > 0 && o.disc == "ifs" && simulationSolvers().at(o.solver).scaled() && o.steps == 0 && o.h >= o.tmax)
        refuseOption("h is " + formatParameter(o.h) + "; allowed: 0 < h < tmax (" + formatParameter(o.tmax) + ")");
      if (o.disc == "vp_ode" && o.eps_time >= o.tmax)
        refuseOption("eps_time is " + formatParameter(o.eps_time) + "; allowed: 0 <= eps_time < tmax (" + formatParameter(o.tmax) + ")");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
