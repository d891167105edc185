#pragma once
// The exact posterior of the mixture weights, latents integrated out, and the test of calibration that it makes affordable.
// Specification 8; Talts et al. 2018 (simulation-based calibration); Säilynoja et al. 2022 (simultaneous bands).
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/mcmc.h"

namespace inflaton {

struct MarginalOptions : PosteriorOptions, UnitsOptions {
  std::string
      observations;  ///< .npy [n, 2] of observed points, in the units of UnitsOptions; empty: drawn as the experiment does, from seed
  std::int64_t points = 60000;    ///< quasi-random latents of each component
  std::int64_t draws = 4000;      ///< from the posterior, for plots
  std::string prior = "softmax";  ///< softmax: flat on logits, as the reference (improper, 1/(w0 w1 w2)) | uniform: flat on the simplex
  std::string output = "marginal.npz";
  /// The table's default is coarser than the sampler's: kernels as wide as the noise hardly see what it leaves, 0.7 % of a posterior sd on
  /// circles.
  MarginalOptions() { seed = 123, table_tolerance = 2e-2; }
  bool operator==(const MarginalOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<MarginalOptions>();

struct MarginalPosterior {
  std::shared_ptr<const DataOrigin> origin;  ///< of own points; else null
  std::vector<double> truth;                 ///< [3]; empty: observations were given
  std::vector<double> mean, sd;              ///< [3]
  std::vector<double> covariance;            ///< [3, 3]
  std::vector<double> meanError;   ///< [3] standard error of `mean` from the quasi-Monte Carlo (jackknife over independent randomisations)
  std::vector<float> draws;        ///< [draws, 3]
  std::vector<double> at;          ///< [G] values of a weight, 0 to 1 restricted to where there is mass
  std::vector<double> density[3];  ///< [G] marginal density of each weight there
  double logEvidence = 0;          ///< prior uniform; NaN with softmax, which has no integral
  TableReport table;
  std::int64_t observations = 0, points = 0;
  double seconds = 0;
  std::string command;
};
Expected<std::shared_ptr<const MarginalPosterior>> marginalPosterior(const MarginalOptions&, const JobContext&);
/// npz: draws, mean, sd, density, meta. Atomically.
Expected<void> saveMarginal(const MarginalPosterior&, const MarginalOptions&);

struct SbcOptions : PosteriorOptions {
  std::int64_t replicates = 500;
  std::int64_t observations = 200;     ///< in each replicate
  std::int64_t points = 20000;         ///< quasi-random latents of each component
  std::int64_t posterior_draws = 999;  ///< ranks run from 0 to this
  std::string truth = "self";          ///< which flow makes the replicates: self | exact (the exact score of the data set)
  double score_scale = 1;              ///< factor on the score of the flow under test: 1.2 is deliberately wrong
  double band = 0.95;                  ///< simultaneous coverage of the bands
  std::string output = "sbc.npz";
  SbcOptions() { seed = 123, table_tolerance = 1e-2; }
  bool operator==(const SbcOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<SbcOptions>();

/// Of one scalar: a weight.
struct SbcScalar {
  std::string name;
  std::vector<std::int32_t> ranks;     ///< [replicates] 0 .. posterior_draws
  std::vector<double> ecdfDifference;  ///< [E] empirical minus uniform at `at`
  double pValue = 0;                   ///< of uniformity: simultaneous test (largest pointwise deviation)
  bool inside = true;                  ///< the ECDF stays inside the band
  std::vector<double> coverage;        ///< [L] share of replicates whose truth is in the central credible interval of each level
};
struct SbcResult {
  std::shared_ptr<const DataOrigin> origin;          ///< of own points; else null
  std::vector<double> at, lower, upper;              ///< [E] evaluation points and the band of the difference
  std::vector<double> levels;                        ///< [L] nominal, for coverage
  std::vector<double> coverageLower, coverageUpper;  ///< [L] binomial 95 % about nominal
  std::vector<SbcScalar> scalars;
  std::vector<double> regionCoverage;  ///< [L] of joint highest-density regions of the weights
  std::int64_t done = 0, replicates = 0;
  double seconds = 0;
  bool calibrated = false;  ///< every scalar inside
  std::string verdict, command;
};
Expected<std::shared_ptr<const SbcResult>> simulationBasedCalibration(
    const SbcOptions&, const JobContext&, const std::function<void(const std::shared_ptr<const SbcResult>&)>& update = {});
Expected<void> saveSbc(const SbcResult&, const SbcOptions&);

}  // namespace inflaton
