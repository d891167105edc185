#pragma once
// Hamiltonian Monte Carlo over mixture weights and latents: the paper's calibration experiment. Specification 3.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/data_origin.h"
#include "core/api/job.h"
#include "core/api/options.h"

namespace inflaton {

/// Which experiment: what is observed, by which flow. Shared by the joint sampler, the marginal posterior and the calibration test.
struct PosteriorOptions : DenoiserOptions {
  std::int64_t gt_n = 2000;       ///< observations
  double gt_eps_mvn = 1e-2;       ///< variance of the observation noise
  double net_eps_cd = 0;          ///< latent variance of the compressed axis; 0: closed form (1 for PRP)
  std::string map = "table";      ///< table | solver: how f(z), the generative map, is evaluated
  double table_tolerance = 1e-3;  ///< local error against the solver above which a cell of the table is split, data units
  std::string solver = "adams";   ///< of the map: those of the table in solver_table.h that serve it
  std::int64_t steps = 0;         ///< in the solver's unit; 0: its default for this
  double tolerance = 1e-5;        ///< adaptive
  bool operator==(const PosteriorOptions&) const = default;
};

struct ToyMcmcOptions : PosteriorOptions {
  std::string outdir = "mcmc-runs";  ///< parent of the numbered run folder
  std::string desc;
  bool nosubdir = false;           ///< write into outdir itself, as the reference does
  std::string resume;              ///< run folder to go on from
  std::string sampler = "nuts";    ///< nuts | hmc
  std::string init = "dispersed";  ///< dispersed | truth (the paper's)
  std::int64_t chains = 4;
  double step_size = 1e-2;        ///< initial
  std::int64_t traj_length = 15;  ///< leapfrog steps of hmc
  std::int64_t max_depth = 10;    ///< nuts
  std::string metric =
      "local";                ///< local | diag | unit: mass matrix (core/calibration/posterior/whitened_target.h; the reference's is unit)
  std::int64_t burn = 200;    ///< the reference's: 500, 1500 and 0.8; these are enough for nuts with the local metric
  std::int64_t mcmc_n = 500;  ///< draws kept after burn
  double acpt = 0.7;
  std::int64_t thin = 1;    ///< of the latents in files; weights are always kept whole
  double checkpoint = 60;   ///< seconds between checkpoints
  bool save_trajs = false;  ///< the reference's trajs_outdir/curr_params_######.npz, one a draw and chain
  ToyMcmcOptions() { seed = 123; }
  bool operator==(const ToyMcmcOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<ToyMcmcOptions>();

/// A weight beyond these has not converged (Vehtari et al. 2021).
constexpr double kGoodRhat = 1.01, kGoodEss = 400;
/// A latent beyond these has not. Wider than for the weights: the greatest R-hat of thousands of latents that have converged lies
/// above 1.01 by chance alone, not above 1.05; and with 100 draws the error of a latent's mean is a tenth of its standard deviation.
constexpr double kGoodLatentRhat = 1.05, kGoodLatentEss = 100;

/// Of one scalar over all chains. Vehtari et al. 2021; NaN where undefined.
struct Diagnostic {
  std::string name;
  double mean = 0, sd = 0, q5 = 0, q50 = 0, q95 = 0;
  double rhat = 0, essBulk = 0, essTail = 0, mcse = 0;
};

/// Everything a plot or a verdict needs; grows while the chains run (a snapshot is immutable). Index [chain][draw].
struct McmcDraws {
  int chains = 0, components = 3;
  std::int64_t warmup = 0;                  ///< draws at the front that are warm-up
  std::vector<std::vector<float>> weights;  ///< per chain [draws, components]
  std::vector<std::vector<float>> latents;  ///< per chain [draws, watched, dim]: a few latents, eigen-coordinates
  std::vector<std::int64_t> watched;        ///< their observation numbers
  std::vector<std::vector<double>> logDensity, energy, accept, stepSize;  ///< per chain [draws]
  std::vector<std::vector<std::int32_t>> depth, leapfrogs;
  std::vector<std::vector<std::uint8_t>> divergent;
  std::int64_t drawsOf(int chain) const { return static_cast<std::int64_t>(logDensity[static_cast<std::size_t>(chain)].size()); }
};

struct McmcUpdate {
  std::shared_ptr<const McmcDraws> draws;
  std::vector<Diagnostic> weights;                                   ///< of the draws after warm-up so far; empty before
  std::int64_t iteration = 0, total = 0;                             ///< least over chains, warm-up included
  std::int64_t divergences = 0;                                      ///< after warm-up
  double seconds = 0, essPerSecond = 0, etaSeconds = -1, ebfmi = 0;  ///< ebfmi: least over chains
  std::string verdict;  ///< in words: "warming up", "R-hat 1.04 above 1.01: not yet mixed", "converged"; names latents that have not
  bool good = false;    ///< R-hat below 1.01, ESS above 400, no divergences, and no latent that has not converged
  std::string run_folder;
  std::vector<Diagnostic> latents;  ///< that were judged, too: the watched ones while the chains run, all in the end
};

/// How far the table is from the solver, measured on fresh latents.
struct TableReport {
  std::int64_t cells = 0, nodes = 0, evaluated = 0;  ///< evaluated: points pushed through the solver
  double mean = 0, q99 = 0, max = 0;                 ///< distance, data units
  double seconds = 0;
};

struct McmcResult {
  std::string run_folder;
  McmcUpdate last;
  std::vector<double> truth;                        ///< weights
  std::vector<Diagnostic> diagnostics;              ///< weights, then the watched latents' coordinates
  TableReport table;                                ///< cells 0 with map solver
  std::int64_t gradients = 0;                       ///< evaluations of the joint gradient, all chains
  double seconds = 0, worstRhat = 0, leastEss = 0;  ///< over the weights
  double latentRhat = 0, latentEss = 0;             ///< worst and least over all latents in the files; NaN where undefined
  bool stopped = false;                             ///< ended early and kept
  std::vector<std::string> files;
};

/// Runs the chains into a run folder; checkpoints; context.finish stops and keeps. A step size that collapses, or more than half of the
/// draws diverging, ends it as failed(diverged) with advice and the draws kept.
Expected<McmcResult> toyMcmc(const ToyMcmcOptions&, const JobContext&, const std::function<void(const McmcUpdate&)>& update = {});
/// Files before anything is computed.
std::vector<std::string> mcmcFiles(const ToyMcmcOptions&);
/// From a run folder: draws and diagnostics, for looking at it again.
Expected<McmcResult> loadMcmc(const std::string& runFolder);

/// Rank-normalised split R-hat, bulk and tail ESS and MCSE of draws [chains][draws] (specification: golden/mcmc_diagnostics.npz).
Diagnostic diagnose(const std::string& name, const std::vector<std::vector<double>>& draws);
/// Energy Bayesian fraction of missing information of one chain's energies; NaN for fewer than 3.
double ebfmi(const std::vector<double>& energy);

/// The latent plane of one observation, and single trajectories on it with their leapfrog steps, for watching.
struct HmcDemoOptions : PosteriorOptions {
  std::int64_t observation = 0;  ///< its number; the other latents are left out, weights are the true ones
  std::string sampler = "hmc";   ///< hmc | nuts
  double step_size = 0.1;        ///< 0: found by a warm-up that is not recorded
  std::int64_t traj_length = 15;
  std::int64_t transitions = 50;
  std::string init = "truth";                       ///< truth | poor: from the far tail
  std::int64_t grid = 160;                          ///< nodes a side of the log-density map
  std::string output = "hmc_demo.npz";              ///< of the command
  HmcDemoOptions() { seed = 123, map = "solver"; }  // one latent: the solver is done before a table is built
  bool operator==(const HmcDemoOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<HmcDemoOptions>();

struct HmcDemo {
  std::shared_ptr<const DataOrigin> origin;  ///< of own points; else null
  double left = 0, bottom = 0, stepX = 0, stepY = 0;
  int rows = 0, columns = 0;
  std::vector<float> logDensity;  ///< [rows, columns] of the latent given its observation, eigen-coordinates, greatest 0
  struct Transition {
    std::vector<float> path;         ///< [k, 2] every leapfrog position in the order taken, the start first
    std::vector<float> energyError;  ///< [k] H - H(start)
    float chosen[2] = {0, 0};        ///< where the chain goes on
    bool accepted = false, divergent = false;
    int depth = 0;  ///< nuts
  };
  std::vector<Transition> transitions;
  std::vector<float> truth;  ///< [2]
  double accept = 0;         ///< mean acceptance statistic
  double stepSize = 0;       ///< that the transitions were made with
};
Expected<std::shared_ptr<const HmcDemo>> hmcDemo(const HmcDemoOptions&, const JobContext&);
/// npz: log_density, axis0, axis1, paths (one after the other), energy_error, start (of each path; [T + 1]), chosen, accepted, divergent,
/// depth, truth, meta. Atomically.
Expected<void> saveHmcDemo(const HmcDemo&, const HmcDemoOptions&);

}  // namespace inflaton
