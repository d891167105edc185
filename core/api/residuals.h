#pragma once
// Residual autocorrelation of a denoiser over time. Specification 4.1; file names and keys are the reference's.
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"

namespace inflaton {

/// Clean points of a toy set where no number is asked for.
inline constexpr std::int64_t kResidualSamples = 10000;

/// inflaton-cli residuals extract. Names are the reference's (extracttoys).
struct ResidualsExtractOptions : DataOptions, RunOptions {
  std::string network;
  std::string along =
      "fresh";  ///< fresh: new noise at every time, as the reference's code; trajectory: along the flow, as the paper's text
  std::int64_t n_time_pts = 701;
  double h = 1e-2;                              ///< times are linspace(0, n_time_pts*h, n_time_pts)
  std::int64_t n_samples = 0;                   ///< 0: all rows of own points; kResidualSamples of a toy set (sampleCount)
  std::int64_t data_dim = 0, dims_to_keep = 0;  ///< 0: the network's; else they must agree with it
  std::string save_dir = ".";
  bool operator==(const ResidualsExtractOptions&) const = default;
};
/// inflaton-cli residuals correlate (calctoys).
struct ResidualsCorrelateOptions {
  std::string res_root;  ///< the .npz that extract wrote
  std::string save_dir = ".";
  std::string data_name = "circles";
  std::int64_t n_time_pts = 0;                  ///< 0: all in the file
  std::int64_t n_samples = 0;                   ///< 0: all in the file
  std::int64_t data_dim = 0, dims_to_keep = 0;  ///< 0: as the file says
  bool operator==(const ResidualsCorrelateOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<ResidualsExtractOptions>();
template <>
const ParameterTable& parameterTable<ResidualsCorrelateOptions>();

/// Correlations with time 0 (the first grid time), per time: [T, D, D] row-major.
struct ResidualCorrelations {
  std::vector<double> t;  ///< [T]
  int dim = 0;
  std::vector<double> outputs, residuals;  ///< the reference's scaling: entry (i,j) over sd1_j sd2_j; right on the diagonal only
  std::vector<double> outputsProper, residualsProper;  ///< entry (i,j) over sd1_i sd2_j
  std::vector<double> diagonalMean;                    ///< [T] of residuals: what is plotted
};

/// Streams over time points: memory holds one of them and the first, whatever n_time_pts. Returns the file written:
/// {data_name}_{PRP|PRRto{k}}_toy_net_outputs_residuals.npz with net_outputs, net_residuals [T, N, D] in the network's own space.
Expected<std::string> extractResiduals(const ResidualsExtractOptions&, const JobContext&);
/// Writes {data_name}_{schedule}_toy_autocorrelations.npz with net_output_acs, net_residual_acs [T, D, D] and, named apart, the proper
/// ones.
Expected<std::string> correlateResiduals(const ResidualsCorrelateOptions&, const JobContext&);
/// Where that goes; reads the file's header. Throws Error for options that do not fit the file.
std::string correlationsFile(const ResidualsCorrelateOptions&);
/// The data set that a file of residuals says it is of; "circles" where it says nothing. Throws Error when it cannot be read.
std::string residualsDataName(const std::string& path);
/// Both in one pass without files: for the window.
Expected<std::shared_ptr<const ResidualCorrelations>> residualCorrelations(const ResidualsExtractOptions&, const JobContext&);

}  // namespace inflaton
