#pragma once
// The parts of a stored network, checked one by one, wherever they come from: names, shapes, types and values.
#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>

#include "core/io/safetensors.h"
#include "core/nets/file/network_file.h"

namespace inflaton {

/// Bytes of tensors that one network file may hold. The largest architectures of the image half have 280 million weights (1.1 GB), those
/// of their kind for larger pictures some 550 million (2.2 GB); what a file claims beyond this is a mistake or malice.
inline constexpr std::uint64_t kNetworkByteLimit = std::uint64_t{4} << 30;

/// What __metadata__ says under "format" of a training state, which is no network (core/train/state_file.h).
inline constexpr const char* kTrainingStateFormat = "inflaton training state";

/// The files that messages name: of the tensors, and of the configuration (they may be one).
struct NetworkOrigin {
  std::string tensors, configuration;
};

// All throw Error(failed) naming file, tensor or field, what is there and what is needed.

/// A float tensor (or, without dimensions, an integer) of the expected shape, all finite.
std::vector<double> finiteNumbers(const SafetensorsFile&, const std::string& path, const std::string& name,
                                  const std::vector<std::int64_t>& shape);
double numberField(const nlohmann::json& configuration, const char* field, const std::string& path);
/// precond and space; ifs and ES when absent.
std::string precondField(const nlohmann::json& configuration, const std::string& path);
std::string spaceField(const nlohmann::json& configuration, const std::string& path);
/// Throws where the configuration names another command than toy-train as the one that made the network. Files without a name are its.
void requireToyNetwork(const nlohmann::json& configuration, const std::string& path);
/// The object "network".
const nlohmann::json& networkField(const nlohmann::json& configuration, const std::string& path);

Eigenbasis basisFrom(const SafetensorsFile&, const std::string& path, int dim);
Schedule scheduleFrom(const SafetensorsFile&, const nlohmann::json& configuration, const std::vector<double>& eigenvalues,
                      const NetworkOrigin&);
/// The flat weights and buffers; every tensor of the file must be one of the network's or of the known others.
NetworkTensors tensorsFrom(const SafetensorsFile&, const std::string& path, const Network&);
/// The network's own part of a file: its weights and buffers, each under its name.
void addTensors(SafetensorsFile&, const Network&, const NetworkTensors&);

NetworkFile networkFrom(const SafetensorsFile&, nlohmann::json configuration, const NetworkOrigin&, c10::Device device = c10::kCPU);

}  // namespace inflaton
