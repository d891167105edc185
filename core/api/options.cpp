// The tables: every option's name, range, unit, choices and help, once.
#include "core/api/options.h"

#include <type_traits>

#include "core/api/points.h"

namespace inflaton {
namespace {

/// Rows of the table for options struct O, written as row(&O::member, "name", ...) with the rest as chained setters.
template <class O>
class Rows {
 public:
  class Row {
   public:
    explicit Row(Parameter& p) : p_(p) {}
    Row& range(double min, double max) { return p_.min = min, p_.max = max, *this; }
    Row& above(double min) { return p_.min = min, p_.openMin = true, *this; }
    Row& upTo(double max) { return p_.max = max, *this; }
    Row& step(double s) { return p_.step = s, *this; }
    Row& unit(const char* u) { return p_.unit = u, *this; }
    Row& log() { return p_.logarithmic = true, *this; }
    Row& advanced() { return p_.advanced = true, *this; }
    Row& positional() { return p_.positional = true, *this; }
    Row& file() { return p_.kind = ParameterKind::file, *this; }
    Row& folder() { return p_.kind = ParameterKind::folder, *this; }
    Row& choices(std::vector<std::string> ids, std::vector<std::string> labels = {}) {
      return p_.kind = ParameterKind::choice, p_.choices = std::move(ids), p_.choiceLabels = std::move(labels), *this;
    }

   private:
    Parameter& p_;
  };

  void group(const char* name) { group_ = name; }

  template <class Base, class T>
  Row add(T Base::*member, const char* name, const char* label, const char* help) {
    Parameter p;
    p.name = name, p.label = label, p.help = help, p.group = group_;
    if constexpr (std::is_same_v<T, bool>) p.kind = ParameterKind::flag;
    if constexpr (std::is_same_v<T, std::int64_t>) p.kind = ParameterKind::integer;
    if constexpr (std::is_same_v<T, double>) p.kind = ParameterKind::real;
    // The member may belong to a base: go through O, whose address the table is given.
    p.get = [member](const void* o) -> ParameterValue { return static_cast<const O*>(o)->*member; };
    p.set = [member](void* o, const ParameterValue& v) { static_cast<O*>(o)->*member = std::get<T>(v); };
    table.parameters.push_back(std::move(p));
    return Row(table.parameters.back());
  }

  ParameterTable table;

 private:
  std::string group_;
};

template <class O>
void addData(Rows<O>& r) {
  std::vector<std::string> ids, titles;
  for (const auto& set : toySets()) ids.push_back(set.id), titles.push_back(set.title);
  ids.push_back("file"), titles.push_back("Own file");
  r.group("Data");
  r.add(&O::data_name, "data_name", "Data set", "Which points: a toy set, or \"file\" for your own.").choices(ids, titles);
  r.add(&O::data_file, "data_file", "File", "Own points, 2 to 16 columns: .csv, .npy or .npz; used when data_name is file.").file();
  r.add(&O::standardize, "standardize", "Standardise", "Own points only: give every column mean 0 and standard deviation 1.");
}

template <class O>
void addSchedule(Rows<O>& r) {
  r.group("Schedule");
  r.add(&O::data_dim, "data_dim", "Data dimensions", "Dimensions of the data; 0 takes the data's own.").range(0, 16).advanced();
  r.add(&O::dims_to_keep, "dims_to_keep", "Dimensions kept", "PRP keeps all (0); PRR keeps this many of the largest eigen-axes and compresses the rest.").range(0, 16);
  r.add(&O::g_type, "g_type", "Inflation of compressed axes", "orig: -K/(D-K); constant_inflation_gap: minus inflation_gap.").choices({"orig", "constant_inflation_gap"}, {"orig", "constant inflation gap"});
  r.add(&O::inflation_gap, "inflation_gap", "Inflation gap", "How far the compressed axes' g lies below zero (the paper's gap less one), for constant_inflation_gap.").range(0, 10).step(0.05).advanced();
  r.add(&O::g_rescaling, "g_rescaling", "Rescale g", "Factor on all of g; 0.15 gives the paper's softened gaps.").above(0).upTo(10).step(0.05).advanced();
  r.add(&O::rho, "rho", "rho", "Rate of inflation; 0 takes 2 for PRP and 1 for PRR, so that kept axes inflate as exp(2t).").range(0, 20).step(0.1).unit("1/t").advanced();
  r.add(&O::gamma0, "gamma0", "gamma0", "Kernel variance at t = 0.").range(1e-8, 1).log().unit("data variance").advanced();
  r.add(&O::tmin, "tmin", "t min", "Least time drawn in training.").range(0, 1).log().unit("t").advanced();
  r.add(&O::tmax, "tmax", "t max", "End of inflation.").above(0).upTo(30).step(0.5).unit("t");
}

template <class O>
void addRun(Rows<O>& r) {
  r.group("Run");
  r.add(&O::seed, "seed", "Seed", "Every random draw follows from it: same seed, same device, same bytes.").range(0, 4294967295.0);
  r.add(&O::device, "device", "Device", "auto, cpu, cuda or cuda:n.").advanced();
  r.add(&O::threads, "threads", "Threads", "Processor threads; 0 takes all cores.").range(0, 1024).advanced();
}

[[noreturn]] void refuse(const std::string& text, const std::string& hint = {}) { throw Error(ErrorCode::usage, text, hint); }

void checkData(const DataOptions& o) {
  if (o.data_name == "file" && o.data_file.empty()) refuse("data_file is empty; data_name file needs a .csv, .npy or .npz");
}

/// What can be said before the data are read; Schedule::make checks against their dimensions.
void checkSchedule(const DataOptions& d, const ScheduleOptions& s) {
  for (const auto& set : toySets())
    if (set.id == d.data_name) {
      if (s.data_dim != 0 && s.data_dim != set.dim)
        refuse("data_dim is " + std::to_string(s.data_dim) + "; allowed: " + std::to_string(set.dim) + " (" + set.id + " has " + std::to_string(set.dim) + " dimensions), or 0 for that");
      if (s.dims_to_keep > set.dim)
        refuse("dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(set.dim) + " (" + set.id + " has " + std::to_string(set.dim) + " dimensions), or 0 for all",
               "PRP keeps every dimension; PRR keeps fewer than the data have.");
    }
  if (s.data_dim != 0 && s.dims_to_keep > s.data_dim)
    refuse("dims_to_keep is " + std::to_string(s.dims_to_keep) + "; allowed: 1 to " + std::to_string(s.data_dim) + " (data_dim), or 0 for all");
  if (s.tmin >= s.tmax) refuse("tmin is " + formatParameter(s.tmin) + "; allowed: 0 <= tmin < tmax (" + formatParameter(s.tmax) + ")");
}

}  // namespace

template <>
const ParameterTable& parameterTable<ToyTrainOptions>() {
  using O = ToyTrainOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-train";
    r.table.summary = "Train a denoiser on a toy set or your own points.";
    addData(r);
    addSchedule(r);
    r.group("Training");
    r.add(&O::preset, "preset", "Preset", "Named set of options (see presets); options given beside it win.");
    r.add(&O::duration, "duration", "Duration", "How many samples to see.").above(0).upTo(1e5).step(0.5).log().unit("Mimg");
    r.add(&O::batch, "batch", "Batch", "Fresh samples a step.").range(2, 1 << 20).log().unit("samples");
    r.add(&O::lr, "lr", "Learning rate", "Adam's step, after the ramp.").above(0).upTo(1e30).log();
    r.add(&O::lr_rampup, "lr_rampup", "Ramp", "The learning rate rises linearly over this many samples.").range(0, 1e5).step(0.05).unit("Mimg").advanced();
    r.add(&O::lr_cosine, "lr_cosine", "Cosine decay", "Let the learning rate fall to zero along a cosine.").advanced();
    r.add(&O::ema, "ema", "EMA half-life", "Of the averaged weights, which are the ones used.").range(0, 1e5).step(0.05).unit("Mimg").advanced();
    r.group("Network");
    r.add(&O::width, "width", "Width", "Hidden units of the residual MLP.").range(4, 4096).log().unit("units").advanced();
    r.add(&O::depth, "depth", "Depth", "Residual blocks.").range(1, 64).unit("blocks").advanced();
    r.add(&O::eigenbasis_samples, "eigenbasis_samples", "Eigenbasis from", "Samples for mean and covariance.").range(100, 1e8).log().unit("samples").advanced();
    r.group("Records");
    r.add(&O::outdir, "outdir", "Runs in", "Parent of the numbered run folder.").folder().advanced();
    r.add(&O::desc, "desc", "Description", "Suffix of the run folder's name.").advanced();
    r.add(&O::resume, "resume", "Resume from", "A training-state-*.pt to go on from.").file().advanced();
    r.add(&O::tick, "tick", "Tick", "Samples between lines of stats.jsonl.").above(0).upTo(1e5).step(0.1).unit("Mimg").advanced();
    r.add(&O::snap, "snap", "Snapshot", "Samples between snapshots with training state.").above(0).upTo(1e5).step(0.5).unit("Mimg").advanced();
    r.add(&O::validation_references, "validation_references", "Validation references", "Points of the exact denoiser that the network is measured against; the fewer, the more their own scatter adds to the error. 0: no validation.").range(0, 1e7).log().unit("points").advanced();
    r.add(&O::validation_queries, "validation_queries", "Validation queries", "Noisy points at each of the eight times.").range(2, 1e6).log().unit("points").advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkData(o);
      checkSchedule(o, o);
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
    r.add(&O::source, "source", "Score", "net: a trained network; discrete: the exact score of finite data, no training.").choices({"net", "discrete"}, {"Network", "Exact score of finite data"}).positional();
    r.add(&O::network, "network", "Network", "The .safetensors file, for net.").file();
    addData(r);
    r.add(&O::initial, "initial", "Start from", "A .npy [N, D] of starting points in data coordinates, instead of fresh samples.").file().advanced();
    r.add(&O::total_samples, "total_samples", "Samples", "Points to move.").range(2, 1e7).log().unit("points");
    r.add(&O::references, "references", "References", "Points that make the exact score; 0: the samples themselves.").range(0, 1e7).log().unit("points").advanced();
    addSchedule(r);
    r.add(&O::A0, "A0", "A0", "Overall factor of the scale s(t).").above(0).upTo(1e6).advanced();
    r.add(&O::end_vars, "end_vars", "Latent variance, kept", "Of the Gaussian that generation draws from, kept axes; 0: closed form.").range(0, 1e6).unit("scaled").advanced();
    r.add(&O::eps, "eps", "Latent variance, compressed", "Of the compressed axes; 0: closed form (xi + gamma(T)) / (xi* + gamma*(T)).").range(0, 1e6).log().unit("scaled").advanced();
    r.group("Solver");
    r.add(&O::direction, "direction", "Lanes", "melt: inflation; roundtrip: inflation and back; gen: generation; all: the three.").choices({"all", "melt", "roundtrip", "gen"}, {"All", "Inflation", "Inflation and back", "Generation"}).advanced();
    r.add(&O::solver, "solver", "Solver", "dopri5: adaptive, angle form; rk4, heun_angle: fixed steps in the angle; euler, heun: the reference's, scaled coordinates.").choices({"dopri5", "rk4", "heun_angle", "euler", "heun"}, {"Dormand-Prince 5(4), adaptive", "Runge-Kutta 4 in the angle", "Heun in the angle", "Euler (reference)", "Heun (reference)"});
    r.add(&O::tolerance, "tolerance", "Tolerance", "Local error per step of dopri5.").range(1e-12, 0.1).log().unit("latent sd");
    r.add(&O::steps, "steps", "Steps", "Steps of rk4 and heun_angle, grid points of euler and heun; 0: 32, 64, 701 and 118.").range(0, 1e6).advanced();
    r.add(&O::h, "h", "h", "euler and heun on the ifs grid: t runs from 0 to steps*h; 0: to tmax.").range(0, 10).unit("t").advanced();
    r.add(&O::disc, "disc", "Time grid", "Of euler and heun: ifs from 0, vp_ode from eps_time.").choices({"ifs", "vp_ode"}).advanced();
    r.add(&O::eps_time, "eps_time", "First time", "Of the vp_ode grid.").range(0, 1).unit("t").advanced();
    r.add(&O::frames, "frames", "Frames", "Kept by the angle-form solvers, evenly spaced in t.").range(2, 1e5).advanced();
    r.add(&O::save_freq, "save_freq", "Save every", "euler and heun: a frame every so many steps, beside the first two and the last.").range(1, 1e6).unit("steps").advanced();
    r.add(&O::outputs, "outputs", "Keep outputs", "Keep denoiser outputs and scores at the frames (one more evaluation each).").advanced();
    r.add(&O::double_precision, "double_precision", "float64", "Compute in double precision (exact score).").advanced();
    r.group("Records");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder for the npz files.").folder().advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      if (o.source == "net" && o.network.empty()) refuse("network is empty; toy-simulate net needs a .safetensors file", "Train one with inflaton-cli toy-train.");
      if (o.initial.empty()) checkData(o);
      checkSchedule(o, o);
      if (o.h > 0 && o.disc == "ifs" && (o.solver == "euler" || o.solver == "heun") && o.steps == 0 && o.h >= o.tmax)
        refuse("h is " + formatParameter(o.h) + "; allowed: 0 < h < tmax (" + formatParameter(o.tmax) + ")");
      if (o.disc == "vp_ode" && o.eps_time >= o.tmax)
        refuse("eps_time is " + formatParameter(o.eps_time) + "; allowed: 0 <= eps_time < tmax (" + formatParameter(o.tmax) + ")");
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
        if (value->empty()) refuse(std::string(name) + " is empty; evaluate needs --" + name + " FILE");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
