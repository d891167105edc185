#pragma once
// Networks on disk: .safetensors with the weights by name, the eigenbasis and schedule they were trained for, and a JSON
// configuration in the metadata (design.md section 6). Tensors: model.* F32; eigs [D], W [D,D] (eigenvectors in columns),
// mean [D], g [D], gamma0 [], rho [] F64; those of imported networks as they came, F32 or F64, and with them M [].
#include <c10/core/Device.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/api/data_origin.h"
#include "core/api/options.h"
#include "core/nets/net_denoiser.h"

namespace inflaton {

/// What is written beside the tensors, under "inflaton" in __metadata__: network (Network::configuration), precond and space (as
/// NetCoordinates; ifs and ES when absent), data_name, data (own points: network_data.h), options (those of the training job), t_max,
/// dims_to_keep, validation {t, error, mean}, step, kimg, version; imported (core/nets/file/exchange.cpp), for networks from elsewhere.
struct NetworkFile {
  std::shared_ptr<const NetDenoiser> denoiser;
  nlohmann::json configuration;
  std::shared_ptr<const DataOrigin> data;  ///< of own points; else null
};

/// Atomically. Fills in the parts of the configuration that the denoiser knows (network, precond, space, t_max, dims_to_keep, version).
void saveNetwork(const std::string& path, const NetDenoiser&, nlohmann::json configuration);

/// Checks every name, shape, dtype and value (NaN and infinite weights are refused). Throws Error(failed) naming file and tensor.
NetworkFile readNetwork(const std::string& path, c10::Device device = c10::kCPU);
std::shared_ptr<Denoiser> loadNetwork(const std::string& path, c10::Device device = c10::kCPU);

/// Whether a network fits what the user asks for: data of `dim` dimensions, and every schedule option that is not at its default
/// (those are taken from the network; a tmax below the trained one does too). Throws Error(usage)
/// "network F was trained for PRP in 2 dimensions (rho 2); asked: PRRto1D in 2 dimensions (rho 1)".
void requireMatches(const Denoiser& network, const ScheduleOptions& asked, int dim, const std::string& path);

}  // namespace inflaton
