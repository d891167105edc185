#pragma once
// Networks from and to other programs: the layout of the fixtures, an npz of named weights beside a JSON of the configuration.
#include <string>

#include "core/api/job.h"
#include "core/api/parameters.h"

namespace inflaton {

/// inflaton-cli import-network WEIGHTS.npz CONFIGURATION.json OUT.safetensors
struct ImportNetworkOptions {
  std::string weights;        ///< npz: w/<name>, eigs [D], W [D,D], g [D], gamma0, rho, M; mean [D] if there
  std::string configuration;  ///< JSON: model_type, precond, space, channels, data_name, data_dim, dims_to_keep, ...; t_max if there
  std::string output;         ///< .safetensors
  double tmax = 0;            ///< longest time it was trained for; 0: the configuration's t_max, or 15.01 (the reference's default)
  bool operator==(const ImportNetworkOptions&) const = default;
};
/// inflaton-cli export-network IN.safetensors WEIGHTS.npz CONFIGURATION.json
struct ExportNetworkOptions {
  std::string network, weights, configuration;
  bool operator==(const ExportNetworkOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<ImportNetworkOptions>();
template <>
const ParameterTable& parameterTable<ExportNetworkOptions>();

/// Throws nothing; errors name file, array, and what was expected there: wrong shapes, missing, extra and non-finite weights.
Expected<void> importNetwork(const ImportNetworkOptions&, const JobContext&);
/// Bit-exact: importing what was exported gives the same weights.
Expected<void> exportNetwork(const ExportNetworkOptions&, const JobContext&);

}  // namespace inflaton
