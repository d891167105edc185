// The tables: every option's name, range, unit, choices and help, once.
#include "core/api/options.h"

#include "core/api/option_rows.h"
#include "core/api/points.h"

namespace inflaton {

std::pair<std::vector<std::string>, std::vector<std::string>> dataChoices() {
  std::pair<std::vector<std::string>, std::vector<std::string>> all;
  for (const auto& set : toySets()) all.first.push_back(set.id), all.second.push_back(set.title);
  all.first.push_back("file"), all.second.push_back("Own file");
  return all;
}

void refuseOption(const std::string& text, const std::string& hint) { throw Error(ErrorCode::usage, text, hint); }

void checkData(const DataOptions& o) {
  if (o.data_name == "file" && o.data_file.empty()) refuseOption("data_file is empty; data_name file needs a .csv, .npy or .npz");
  if (o.augment_noise > 0 && o.augment_to == 0)
    refuseOption("augment_noise is " + formatParameter(o.augment_noise) + "; allowed without augment_to: 0");
  for (const auto& set : toySets())
    if (set.id == o.data_name && o.augment_to != 0 && o.augment_to < set.dim)
      refuseOption("augment_to is " + std::to_string(o.augment_to) + "; allowed: " + std::to_string(set.dim) + " to " +
                   std::to_string(kMostToyDims) + " (" + set.id + " has " + std::to_string(set.dim) + " dimensions), or 0 for none");
}

void checkSchedule(const DataOptions& d, const ScheduleOptions& s) {
  for (const auto& set : toySets())
    if (set.id == d.data_name) {
      const std::int64_t dim = d.augment_to > 0 ? d.augment_to : set.dim;
      const std::string has = d.augment_to > 0 ? " (augment_to)" : " (" + set.id + " has " + std::to_string(set.dim) + " dimensions)";
      if (s.data_dim != 0 && s.data_dim != set.dim)
        refuseOption("data_dim is " + std::to_string(s.data_dim) + "; allowed: " + std::to_string(set.dim) + " (" + set.id + " has " +
                     std::to_string(set.dim) + " dimensions), or 0 for that");
      if (s.dims_to_keep > dim)
        refuseOption(
            "dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(dim) + has + ", or 0 for all",
            "PRP keeps every dimension; PRR keeps fewer than the data have.");
    }
  if (s.data_dim != 0 && d.augment_to == 0 && s.dims_to_keep > s.data_dim)
    refuseOption("dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(s.data_dim) +
                 " (data_dim), or 0 for all");
  if (s.tmin >= s.tmax)
    refuseOption("tmin is " + formatParameter(s.tmin) + "; allowed: 0 <= tmin < tmax (" + formatParameter(s.tmax) + ")");
}

void checkTraining(const TrainOptions& o) {
  if (o.batch_gpu > 0 && (o.batch_gpu > o.batch || o.batch % o.batch_gpu != 0))
    refuseOption("batch_gpu is " + std::to_string(o.batch_gpu) + "; allowed: a divisor of batch (" + std::to_string(o.batch) +
                 "), or 0 for all of it");
}

void checkDenoiser(const DenoiserOptions& o, const std::string& command) {
  if (o.source == "net" && o.network.empty())
    refuseOption("network is empty; " + command + " net needs a .safetensors file", "Train one with inflaton-cli toy-train.");
  checkSchedule(o, o);
  if (o.schedule == "paper" && o.source == "discrete" && o.references > 0)
    refuseOption("references is " + std::to_string(o.references) + "; allowed with schedule paper: 0, the samples themselves",
                 "Its kernels start at width 0, so the exact score of finite data is only defined at those data. Train a network to start "
                 "elsewhere.");
}

template <>
const ParameterTable& parameterTable<ToyTrainOptions>() {
  using O = ToyTrainOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-train";
    r.table.summary = "Train a denoiser on a toy set or your own points.";
    addData(r);
    addSchedule(r);
    addTraining(r, [&] {
      r.add(&O::targets, "targets", "Targets",
            "sample: the clean point itself. mean: its posterior mean over a reference batch that contains it, by the exact denoiser: "
            "unbiased, with far less scatter, for the cost of that batch's kernels.")
          .choices({"sample", "mean"}, {"Clean point", "Posterior mean (less scatter)"});
      r.add(&O::target_references, "target_references", "Target references",
            "Points of that reference batch; cost and benefit grow with it.")
          .range(2, 1e6)
          .log()
          .unit("points")
          .advanced();
    });
    r.group("Network");
    r.add(&O::arch, "arch", "Architecture",
          "Mlp: our residual network. ToyConvUNet: the reference's toy network. ToySongUNet: the reference's larger one.")
        .choices({"Mlp", "ToyConvUNet", "ToySongUNet"}, {"Residual MLP", "ToyConvUNet (reference)", "ToySongUNet (reference)"});
    r.add(&O::precond, "precond", "Preconditioning",
          "ifs: the inflationary flow's, per eigen-axis. edm: EDM's, data coordinates, data variance 1. edm_es: EDM's with the "
          "eigenvalues. EDM's know isotropic noise only: PRP of the reference's schedule.")
        .choices({"ifs", "edm", "edm_es"})
        .advanced();
    r.add(&O::space, "space", "Space", "Coordinates that the network sees: ES eigen-coordinates, IS data coordinates.")
        .choices({"ES", "IS"}, {"Eigen (ES)", "Data (IS)"})
        .advanced();
    r.add(&O::img_res, "img_res", "Image side", "ToySongUNet: side of the square that the points are spread over, a multiple of 8.")
        .range(8, 64)
        .step(8)
        .unit("pixels")
        .advanced();
    r.add(&O::width, "width", "Width", "Hidden units of the residual MLP.").range(4, 4096).log().unit("units").advanced();
    r.add(&O::depth, "depth", "Depth", "Residual blocks.").range(1, 64).unit("blocks").advanced();
    r.add(&O::eigenbasis_samples, "eigenbasis_samples", "Eigenbasis from", "Samples for mean and covariance.")
        .range(100, 1e8)
        .log()
        .unit("samples")
        .advanced();
    addTrainingRecords(r);
    r.add(&O::validation_references, "validation_references", "Validation references",
          "0: no validation. Toy sets are measured against the exact denoiser of their whole population; own points against that of the "
          "points themselves, of at most so many.")
        .range(0, 1e7)
        .log()
        .unit("points")
        .advanced();
    r.add(&O::validation_queries, "validation_queries", "Validation queries", "Noisy points at each of the eight times.")
        .range(2, 1e6)
        .log()
        .unit("points")
        .advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkData(o);
      checkSchedule(o, o);
      checkTraining(o);
      if (o.img_res % 8 != 0) refuseOption("img_res is " + std::to_string(o.img_res) + "; allowed: 8 to 64, a multiple of 8");
      if (o.precond != "ifs" && o.schedule == "paper")
        refuseOption("precond is \"" + o.precond + "\"; allowed with schedule paper: ifs",
                     "EDM's preconditioning knows one noise level for all axes.");
    };
    return std::move(r.table);
  }();
  return table;
}

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
        .advanced();
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
    r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of dopri5.").range(1e-12, 0.1).log().unit("latent sd");
    r.add(&O::steps, "steps", "Steps",
          "Evaluations of adams, steps of rk4 and heun_angle, grid points of euler and heun; 0: 32, 32, 64, 701 and 118.")
        .range(0, 1e6)
        .advanced();
    r.add(&O::h, "h", "h", "euler and heun on the ifs grid: t runs from 0 to steps*h; 0: to tmax.").range(0, 10).unit("t").advanced();
    r.add(&O::disc, "disc", "Time grid", "Of euler and heun: ifs from 0, vp_ode from eps_time.").choices({"ifs", "vp_ode"}).advanced();
    r.add(&O::eps_time, "eps_time", "First time", "Of the vp_ode grid.").range(0, 1).unit("t").advanced();
    r.add(&O::frames, "frames", "Frames", "Kept by the angle-form solvers, evenly spaced in t.").range(2, 1e5).advanced();
    r.add(&O::save_freq, "save_freq", "Save every", "euler and heun: a frame every so many steps, beside the first two and the last.")
        .range(1, 1e6)
        .unit("steps")
        .advanced();
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

template <>
const ParameterTable& parameterTable<EvaluateOptions>() {
  using O = EvaluateOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "evaluate";
    r.table.summary = "Evaluate a network: denoised points, weights and scores.";
    r.group("Files");
    r.add(&O::network, "network", "Network", "The .safetensors file.").file();
    r.add(&O::input, "input", "Input", "An .npz with x [N, D] in eigen-coordinates and t [N].").file();
    r.add(&O::output, "output", "Output", "The .npz to write: denoised, weight, score.").file();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      for (const auto& [name, value] : {std::pair{"network", &o.network}, {"input", &o.input}, {"output", &o.output}})
        if (value->empty()) refuseOption(std::string(name) + " is empty; evaluate needs --" + name + " FILE");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
