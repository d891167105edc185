#pragma once
// The options that jobs share, and those of toy-train, toy-simulate and evaluate. Names are the reference's; ranges, units and help stand
// in the tables, once: each in the .cpp file that is named after its job, shared rows in option_rows.h.
#include <cstdint>
#include <string>

#include "core/api/parameters.h"

namespace inflaton {

/// Dimensions of toy sets at most, embedded or not, and of what needs an exact Jacobian. Own points, networks and flows may have more.
inline constexpr int kMostToyDims = 16;
/// Columns of own points, and dimensions of a network and so of a flow through it, at most.
inline constexpr int kMostDims = 4096;
/// Points of a toy set where no number is asked for; of own points it is all rows.
inline constexpr std::int64_t kToySamples = 1000;

/// Which points. Specification 2.1.
struct DataOptions {
  std::string data_name = "circles";  ///< one of dataSets() (core/api/data_sets.h), or "file"
  std::string data_file;              ///< .csv .npy .npz; used when data_name is "file"
  bool standardize = true;            ///< own points only: mean 0, population sd 1 per column
  std::int64_t augment_to = 0;        ///< embed in so many dimensions by a fixed orthonormal map (specification 2.1); 0: no
  double augment_noise = 0;           ///< sd of Gaussian noise added after the embedding
  bool operator==(const DataOptions&) const = default;
};

/// Which flow. Specification 1.2. data_dim 0: as the data; dims_to_keep 0: all (PRP).
struct ScheduleOptions {
  std::string schedule = "reference";  ///< reference | paper (equations 9 and 10; specification 1.3 items 1 and 2)
  std::int64_t data_dim = 0;
  std::int64_t dims_to_keep = 0;
  std::string g_type = "orig";  ///< orig | constant_inflation_gap
  double inflation_gap = 1.0;
  double g_rescaling = 1.0;
  double rho = 0;  ///< 0: 2 for PRP, 1 for PRR (specification 1.3 item 4)
  double gamma0 = 5e-4;
  double tmin = 1e-7;
  double tmax = 7.01;
  bool operator==(const ScheduleOptions&) const = default;
};

struct RunOptions {
  std::int64_t seed = 0;
  std::string device = "auto";  ///< auto | cpu | cuda | cuda:n
  std::int64_t threads = 0;     ///< 0: all cores
  bool operator==(const RunOptions&) const = default;
};

/// In which units own points are read and told, by the jobs that do so beside the data set itself. Points in memory are standardised.
struct UnitsOptions {
  std::string units = "own";  ///< own: those of the file's columns | standardized
  bool operator==(const UnitsOptions&) const = default;
};

/// What every training has, whatever it trains on. A sample is what the data set deals in: a point, an image.
struct TrainOptions : RunOptions {
  std::string preset;                    ///< name of a preset in resources/presets/<command>; fields given beside it win
  std::string outdir = "training-runs";  ///< parent of the numbered run folder
  std::string desc;                      ///< suffix of the run folder; empty: made from data and method
  std::string resume;                    ///< a training-state-*.safetensors to go on from
  double duration = 6;                   ///< Mimg: millions of samples seen
  std::int64_t batch = 1024;
  std::int64_t batch_gpu = 0;          ///< samples at once; a batch is the sum of batch / batch_gpu rounds; 0: all at once
  double ls = 1;                       ///< factor on the loss
  std::string bad_gradients = "stop";  ///< stop | clean: NaN to 0, infinity to 1e5 as the reference does
  double lr = 4e-3;
  double lr_rampup = 0.1;  ///< Mimg
  bool lr_cosine = true;   ///< cosine decay to zero over the duration
  double ema = 0.05;       ///< half-life, Mimg
  bool nosubdir = false;   ///< write into outdir itself
  double tick = 100;       ///< kimg between lines of stats.jsonl
  std::int64_t snap = 20;  ///< ticks between network snapshots
  std::int64_t dump = 20;  ///< ticks between training states
  bool operator==(const TrainOptions&) const = default;
};

struct ToyTrainOptions : DataOptions, ScheduleOptions, TrainOptions {
  std::string arch = "Mlp";               ///< one of the table in architectures.h
  std::string precond = "ifs";            ///< ifs | edm | edm_es: preconditioning and noise conditioning
  std::string space = "ES";               ///< ES | IS: the coordinates that the network sees
  std::int64_t img_res = 8;               ///< ToySongUNet: side of the square it works on
  std::string targets = "sample";         ///< sample | mean: the clean point, or its posterior mean over target_references
  std::int64_t target_references = 2048;  ///< of them, the clean points of the batch first
  std::int64_t width = 128;               ///< hidden units of the residual MLP
  std::int64_t depth = 5;                 ///< residual blocks
  std::int64_t eigenbasis_samples = 70000;
  std::int64_t validation_references = 50000;  ///< points of the exact denoiser; 0: no validation
  std::int64_t validation_queries = 512;       ///< per time
  bool operator==(const ToyTrainOptions&) const = default;
};

/// Which denoiser a flow, a density or a comparison is about, and the points it starts from.
struct DenoiserOptions : DataOptions, ScheduleOptions, RunOptions {
  std::string source = "discrete";  ///< net | discrete: the CLI's positional word
  std::string network;              ///< .safetensors, for net
  std::int64_t total_samples = 0;   ///< 0: all rows of own points, in the file's order; kToySamples of a toy set (sampleCount)
  std::int64_t references = 0;      ///< discrete: points of the score; 0: the samples themselves
  bool operator==(const DenoiserOptions&) const = default;
};

struct ToySimulateOptions : DenoiserOptions, UnitsOptions {
  std::string initial;            ///< .npy: start from these points (data coordinates, in the units of UnitsOptions)
  std::string direction = "all";  ///< all | melt | roundtrip | gen
  std::string solver = "dopri5";  ///< one of the table in solver_table.h, as all about solvers below
  double tolerance = 1e-4;        ///< adaptive: local error per step, latent standard deviations
  std::string disc = "ifs";       ///< time grid of the scaled form: ifs | vp_ode
  std::int64_t steps = 0;         ///< in the solver's unit; 0: the solver's default
  double h = 0;                   ///< scaled form on the ifs grid: step, t from 0 to steps*h; 0: from tmax
  double end_vars = 0;            ///< latent variance of the kept axes; 0: closed form
  double eps = 0;                 ///< latent variance of the compressed axes; 0: closed form (specification 2.5)
  double eps_time = 1e-2;         ///< vp_ode: first time
  double A0 = 1.0;
  std::int64_t frames = 61;     ///< angle-form solvers: frames kept, evenly spaced in t
  std::int64_t save_freq = 10;  ///< scaled form: a frame every so many steps
  std::string save_dir = ".";
  bool outputs = true;  ///< keep denoiser outputs and scores at the frames (one more evaluation a frame)
  bool double_precision = false;
  bool operator==(const ToySimulateOptions&) const = default;
};

struct EvaluateOptions : RunOptions {
  std::string network;
  std::string input;   ///< npz: x [N,D] eigen-coordinates, t [N]
  std::string output;  ///< npz: denoised, weight [N,D], score [N,D]
  bool operator==(const EvaluateOptions&) const = default;
};

template <>
const ParameterTable& parameterTable<ToyTrainOptions>();
template <>
const ParameterTable& parameterTable<ToySimulateOptions>();
template <>
const ParameterTable& parameterTable<EvaluateOptions>();

}  // namespace inflaton
