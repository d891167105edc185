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
    r.add(&O::solver, "solver", "Solver",
          "dopri5: adaptive, angle form; adams: multistep, one evaluation a step, on a grid placed by error; rk4, heun_angle: fixed steps "
          "in the angle; euler, heun: the reference's, scaled coordinates.")
        .choices({"dopri5", "adams", "rk4", "heun_angle", "euler", "heun"},
                 {"Dormand-Prince 5(4), adaptive", "Adams 4, grid placed by error", "Runge-Kutta 4 in the angle", "Heun in the angle",
                  "Euler (reference)", "Heun (reference)"});
    r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of dopri5.")
        .range(1e-12, 0.1)
        .log()
        .unit("latent sd")
        .when("solver=dopri5");
    r.add(&O::steps, "steps", "Steps",
          "Evaluations of adams, steps of rk4 and heun_angle, grid points of euler and heun; 0: 32, 32, 64, 701 and 118.")
        .range(0, 1e6)
        .advanced()
        .when("solver!=dopri5");
    r.add(&O::h, "h", "h", "euler and heun on the ifs grid: t runs from 0 to steps*h; 0: to tmax.")
        .range(0, 10)
        .unit("t")
        .advanced()
        .when("solver=euler|heun disc=ifs");
    r.add(&O::disc, "disc", "Time grid", "Of euler and heun: ifs from 0, vp_ode from eps_time.")
        .choices({"ifs", "vp_ode"})
        .advanced()
        .when("solver=euler|heun");
    r.add(&O::eps_time, "eps_time", "First time", "Of the vp_ode grid.")
        .range(0, 1)
        .unit("t")
        .advanced()
        .when("solver=euler|heun disc=vp_ode");
    r.add(&O::frames, "frames", "Frames", "Kept by the angle-form solvers, evenly spaced in t.")
        .range(2, 1e5)
        .advanced()
        .when("solver!=euler|heun");
    r.add(&O::save_freq, "save_freq", "Save every", "euler and heun: a frame every so many steps, beside the first two and the last.")
        .range(1, 1e6)
        .unit("steps")
        .advanced()
        .when("solver=euler|heun");
    r.add(&O::outputs, "outputs", "Keep outputs", "Keep denoiser outputs and scores at the frames (one more evaluation each).").advanced();
    r.add(&O::double_precision, "double_precision", "float64", "Compute in double precision (exact score).").advanced();
    r.group("Records");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder for the npz files.").folder().advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      if (o.initial.empty()) checkData(o);
      checkDenoiser(o, "toy-simulate");
      if (o.schedule == "paper" && o.source == "discrete" && !o.initial.empty())
        refuseOption("initial is " + o.initial + "; allowed with schedule paper: nothing, for the exact score",
                     "Its kernels start at width 0, so the exact score of finite data is only defined at those data. Train a network to "
                     "start elsewhere.");
      if (o.schedule == "paper" && (o.solver == "euler" || o.solver == "heun"))
        refuseOption("solver is " + o.solver + "; allowed with schedule paper: those of the angle form (dopri5, adams, rk4, heun_angle)",
                     "euler and heun are the reference's, and step in its schedule.");
      if (o.h > 0 && o.disc == "ifs" && (o.solver == "euler" || o.solver == "heun") && o.steps == 0 && o.h >= o.tmax)
        refuseOption("h is " + formatParameter(o.h) + "; allowed: 0 < h < tmax (" + formatParameter(o.tmax) + ")");
      if (o.disc == "vp_ode" && o.eps_time >= o.tmax)
        refuseOption("eps_time is " + formatParameter(o.eps_time) + "; allowed: 0 <= eps_time < tmax (" + formatParameter(o.tmax) + ")");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
