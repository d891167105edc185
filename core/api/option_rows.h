#pragma once
// How parameter tables are written: rows.add(&O::member, "name", "Label", "Help.") with the rest as chained setters,
// and the rows that several jobs share.
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/api/options.h"
#include "core/api/solver_choice.h"

namespace inflaton {

/// Rows of the table for options struct O.
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
    /// It matters only while this holds of the other options (core/api/relevance.h). What is said here is true of the computation: forms
    /// hide the field otherwise, and the command line says that it has no effect.
    Row& when(std::string condition) { return p_.when = std::move(condition), *this; }
    Row& onResume(OnResume rule) { return p_.onResume = rule, *this; }
    Row& freeOnResume() { return onResume(OnResume::free); }
    Row& file() { return p_.kind = ParameterKind::file, *this; }
    Row& folder() { return p_.kind = ParameterKind::folder, *this; }
    Row& choices(std::vector<std::string> ids, std::vector<std::string> labels = {}) {
      return p_.kind = ParameterKind::choice, p_.choices = std::move(ids), p_.choiceLabels = std::move(labels), *this;
    }
    Row& choices(const SolverChoice& solvers) { return choices(solvers.ids(), solvers.labels()); }

   private:
    Parameter& p_;
  };

  void group(const char* name) { group_ = name; }

  template <class Base, class T>
  Row add(T Base::*member, const char* name, const char* label, std::string help) {
    Parameter p;
    p.name = name, p.label = label, p.help = std::move(help), p.group = group_;
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

/// Ids and titles of the data sets, "file" last.
std::pair<std::vector<std::string>, std::vector<std::string>> dataChoices();

template <class O>
void addData(Rows<O>& r) {
  auto [ids, titles] = dataChoices();
  r.group("Data");
  r.add(&O::data_name, "data_name", "Data set", "Which points: a toy set, or \"file\" for your own.")
      .choices(std::move(ids), std::move(titles));
  r.add(&O::data_file, "data_file", "File", "Own points, 2 to 4096 columns: .csv, .npy or .npz; used when data_name is file.")
      .file()
      .when("data_name=file");
  r.add(&O::standardize, "standardize", "Standardise", "Own points only: give every column mean 0 and standard deviation 1.")
      .when("data_name=file");
  r.add(&O::augment_to, "augment_to", "Embed in", "Embed the points in this many dimensions by a fixed orthonormal map; 0: leave them.")
      .range(0, kMostToyDims)
      .unit("dimensions")
      .advanced();
  r.add(&O::augment_noise, "augment_noise", "Embedding noise",
        "Standard deviation of Gaussian noise added in all dimensions after the embedding (the paper's is 0.2).")
      .range(0, 10)
      .step(0.05)
      .unit("data sd")
      .when("augment_to!=0")
      .advanced();
}

/// The row of UnitsOptions; `of` says what is read and told in them.
template <class O>
void addUnits(Rows<O>& r, const std::string& of) {
  r.add(&O::units, "units", "Units",
        "Of " + of +
            ". own: those of your file's columns, where the data are your own; standardized: mean 0 and standard deviation 1 per column.")
      .choices({"own", "standardized"}, {"Of the file", "Standardised"})
      .when("data_name=file")
      .advanced();
}

template <class O>
void addSchedule(Rows<O>& r) {
  r.group("Schedule");
  r.add(&O::schedule, "schedule", "Inflation",
        "reference: every axis gets the same kernel variance gamma0 exp(rho (1+g) t), as the reference's code. paper: each axis inflates "
        "in proportion to its own variance (equations 9 and 10), so PRP keeps the participation ratio exactly.")
      .choices({"reference", "paper"}, {"As the reference", "Proportional (paper)"})
      .advanced();
  r.add(&O::data_dim, "data_dim", "Data dimensions", "Dimensions of the data before any embedding; 0 takes the data's own.")
      .range(0, kMostDims)
      .advanced();
  r.add(&O::dims_to_keep, "dims_to_keep", "Dimensions kept",
        "PRP keeps all (0); PRR keeps this many of the largest eigen-axes and compresses the rest.")
      .range(0, kMostDims);
  r.add(&O::g_type, "g_type", "Inflation of compressed axes", "orig: -K/(D-K); constant_inflation_gap: minus inflation_gap.")
      .choices({"orig", "constant_inflation_gap"}, {"orig", "constant inflation gap"})
      .when("dims_to_keep!=0");
  r.add(&O::inflation_gap, "inflation_gap", "Inflation gap",
        "How far the compressed axes' g lies below zero (the paper's gap less one), for constant_inflation_gap.")
      .range(0, 10)
      .step(0.05)
      .when("dims_to_keep!=0 g_type=constant_inflation_gap")
      .advanced();
  r.add(&O::g_rescaling, "g_rescaling", "Rescale g", "Factor on all of g; 0.15 gives the paper's softened gaps.")
      .above(0)
      .upTo(10)
      .step(0.05)
      .when("dims_to_keep!=0")
      .advanced();
  r.add(&O::rho, "rho", "rho", "Rate of inflation; 0 takes 2 for PRP and 1 for PRR, so that kept axes inflate as exp(2t).")
      .range(0, 20)
      .step(0.1)
      .unit("1/t")
      .advanced();
  r.add(&O::gamma0, "gamma0", "gamma0", "Kernel variance at t = 0, for the reference's schedule; the paper's starts at 0.")
      .range(1e-8, 1)
      .log()
      .unit("data variance")
      .when("schedule=reference")
      .advanced();
  r.add(&O::tmin, "tmin", "t min", "Least time drawn in training.").range(0, 1).log().unit("t").advanced();
  r.add(&O::tmax, "tmax", "t max", "End of inflation.").above(0).upTo(30).step(0.5).unit("t");
}

/// The rows of TrainOptions, but for those of addRun and addTrainingRecords. `own` adds the job's rows on what a batch is compared with.
template <class O, class Own>
void addTraining(Rows<O>& r, const Own& own) {
  r.group("Training");
  r.add(&O::preset, "preset", "Preset", "Named set of options (see presets); options given beside it win.").freeOnResume();
  r.add(&O::duration, "duration", "Duration", "How many samples to see.").above(0).upTo(1e5).step(0.5).log().unit("Mimg").freeOnResume();
  r.add(&O::batch, "batch", "Batch", "Fresh samples a step.").range(2, 1 << 20).log().unit("samples");
  r.add(&O::batch_gpu, "batch_gpu", "At once",
        "Samples at once: gradients of batch / batch_gpu rounds of fresh data are added up; 0: the whole batch.")
      .range(0, 1 << 20)
      .unit("samples")
      .advanced();
  own();
  r.add(&O::ls, "ls", "Loss scaling", "Factor on the loss.").above(0).upTo(1e6).log().advanced().freeOnResume();
  r.add(&O::bad_gradients, "bad_gradients", "Bad gradients",
        "stop: end at the first gradient that is not finite and keep the last good weights. clean: NaN becomes 0 and infinity 1e5, as "
        "the reference does.")
      .choices({"stop", "clean"}, {"Stop", "Clean up"})
      .advanced()
      .freeOnResume();
  r.add(&O::lr, "lr", "Learning rate", "Adam's step, after the ramp.").above(0).upTo(1e30).log().freeOnResume();
  r.add(&O::lr_rampup, "lr_rampup", "Ramp", "The learning rate rises linearly over this many samples.")
      .range(0, 1e5)
      .step(0.05)
      .unit("Mimg")
      .advanced()
      .freeOnResume();
  r.add(&O::lr_cosine, "lr_cosine", "Cosine decay", "Let the learning rate fall to zero along a cosine.").advanced().freeOnResume();
  r.add(&O::ema, "ema", "EMA half-life", "Of the averaged weights, which are the ones used.")
      .range(0, 1e5)
      .step(0.05)
      .unit("Mimg")
      .advanced()
      .freeOnResume();
}

template <class O>
void addTrainingRecords(Rows<O>& r) {
  r.group("Records");
  r.add(&O::outdir, "outdir", "Runs in", "Parent of the numbered run folder.").folder().advanced().freeOnResume();
  r.add(&O::desc, "desc", "Description", "Suffix of the run folder's name.").advanced().when("nosubdir=false").freeOnResume();
  r.add(&O::resume, "resume", "Resume from", "A training-state-*.safetensors to go on from.").file().advanced().freeOnResume();
  r.add(&O::nosubdir, "nosubdir", "No subfolder", "Write into outdir itself instead of a numbered folder in it.").advanced().freeOnResume();
  r.add(&O::tick, "tick", "Tick", "Samples between lines of stats.jsonl.").above(0).upTo(1e8).unit("kimg").advanced().freeOnResume();
  r.add(&O::snap, "snap", "Snapshot", "Ticks between network snapshots.").range(1, 1e8).unit("ticks").advanced().freeOnResume();
  r.add(&O::dump, "dump", "Training state", "Ticks between training states, from which a run can be resumed.")
      .range(1, 1e8)
      .unit("ticks")
      .advanced()
      .freeOnResume();
}

/// `device`: whether a run of this job may go on on another one.
template <class O>
void addRun(Rows<O>& r, OnResume device = OnResume::fixed) {
  r.group("Run");
  r.add(&O::seed, "seed", "Seed", "Every random draw follows from it: same seed, same device, same bytes.").range(0, 4294967295.0);
  r.add(&O::device, "device", "Device", "auto, cpu, cuda or cuda:n.").advanced().onResume(device);
  r.add(&O::threads, "threads", "Threads", "Processor threads; 0 takes all cores.").range(0, 1024).advanced().freeOnResume();
}

/// What the points of a denoiser's options are for, where that is not the usual.
struct PointsHelp {
  const char* total_samples = "Points to move.";
  const char* references = "Points that make the exact score; 0: the samples themselves.";
};

/// A number of points for which 0 is the default that sampleCount gives; checkSampleCount refuses 1.
template <class O, class Base>
typename Rows<O>::Row addSampleCount(Rows<O>& r, std::int64_t Base::*member, const char* name, const std::string& help,
                                     std::int64_t usual) {
  return r
      .add(member, name, "Samples",
           help + " 0: all rows of your own file, in its order, each once; " + std::to_string(usual) + " of a toy set.")
      .range(0, 1e7)
      .log()
      .unit("points");
}

/// Which denoiser: the rows of DenoiserOptions but for data, schedule and run.
template <class O>
void addDenoiser(Rows<O>& r, const PointsHelp& help = {}) {
  r.group("");
  r.add(&O::source, "source", "Score", "net: a trained network; discrete: the exact score of finite data, no training.")
      .choices({"net", "discrete"}, {"Network", "Exact score of finite data"})
      .positional();
  r.add(&O::network, "network", "Network", "The .safetensors file, for net.").file().when("source=net");
  r.group("Data");
  addSampleCount(r, &O::total_samples, "total_samples", help.total_samples, kToySamples);
  r.add(&O::references, "references", "References", help.references).range(0, 1e7).log().unit("points").when("source=discrete").advanced();
}

[[noreturn]] void refuseOption(const std::string& text, const std::string& hint = {});
/// What can be said before the data are read; Schedule::make checks against their dimensions. Throw Error(usage).
void checkData(const DataOptions&);
void checkSchedule(const DataOptions&, const ScheduleOptions&);
void checkTraining(const TrainOptions&);
void checkSampleCount(const char* name, std::int64_t asked, std::int64_t usual);
/// Whether the data set is known by a network alone: it stands for its own points, of which nothing is read.
bool namedByNetwork(const DenoiserOptions&);
/// usesData: the data set that the options name is looked at, so its dimensions bind the schedule.
void checkDenoiser(const DenoiserOptions&, const std::string& command, bool usesData = true);

}  // namespace inflaton
