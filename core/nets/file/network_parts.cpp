#include "core/nets/file/network_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <cmath>
#include <cstring>
#include <set>

#include "core/api/json_text.h"
#include "core/nets/file/network_data.h"

using nlohmann::json;

namespace inflaton {
namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string placeOf(const std::string& path, const std::string& tensor) { return path + ", tensor \"" + tensor + "\""; }

[[noreturn]] void refuse(const std::string& path, const std::string& tensor, const std::string& reason) {
  throwBadFile(placeOf(path, tensor), reason);
}

void requireShape(const TensorData& tensor, const std::string& path, const std::string& name, const std::vector<std::int64_t>& shape) {
  if (tensor.shape != shape) refuse(path, name, "has the shape " + shapeText(tensor.shape) + "; needed: " + shapeText(shape));
}

/// One of the words allowed; the first when absent.
std::string wordField(const json& configuration, const char* field, const std::vector<std::string>& allowed, const std::string& path) {
  const auto found = configuration.find(field);
  if (found == configuration.end()) return allowed.front();
  std::string list;
  for (const auto& word : allowed) {
    if (*found == word) return word;
    list += (list.empty() ? "" : ", ") + word;
  }
  throwBadFile(path, std::string("has ") + jsonText(*found) + " as \"" + field + "\" in its configuration; allowed: " + list);
}

/// Networks of the reference carry the filter that they resample with; only its mean of 2x2 pixels is known here.
bool isResampleFilter(const WeightInfo& part) { return part.name.ends_with(".resample_filter"); }

}  // namespace

std::vector<double> finiteNumbers(const SafetensorsFile& file, const std::string& path, const std::string& name,
                                  const std::vector<std::int64_t>& shape) {
  const auto& tensor = file.tensor(name, path);
  if (tensor.dtype != "F64" && tensor.dtype != "F32" && !(tensor.dtype == "I64" && shape.empty()))
    refuse(path, name, "has the dtype " + tensor.dtype + "; needed: F64 or F32");
  requireShape(tensor, path, name, shape);
  auto values = tensor.doubles();
  for (const double v : values)
    if (!std::isfinite(v)) refuse(path, name, "holds a value that is not finite");
  return values;
}

double numberField(const json& configuration, const char* field, const std::string& path) {
  const auto found = configuration.find(field);
  if (found == configuration.end() || !found->is_number())
    throwBadFile(path, std::string("has no number \"") + field + "\" in its configuration");
  return found->get<double>();
}

std::string precondField(const json& configuration, const std::string& path) {
  return wordField(configuration, "precond", {"ifs", "edm", "edm_es"}, path);
}
std::string spaceField(const json& configuration, const std::string& path) { return wordField(configuration, "space", {"ES", "IS"}, path); }

void requireToyNetwork(const json& configuration, const std::string& path) {
  const auto command = configuration.find("command");
  const std::string& own = parameterTable<ToyTrainOptions>().command;
  if (command == configuration.end() || *command == own) return;
  throwBadFile(path, "holds a network made by " + (command->is_string() ? command->get<std::string>() : jsonText(*command)) +
                         "; needed: one made by " + own);
}

const json& networkField(const json& configuration, const std::string& path) {
  const auto found = configuration.find("network");
  if (found == configuration.end() || !found->is_object()) throwBadFile(path, "has no \"network\" in its configuration");
  return *found;
}

Eigenbasis basisFrom(const SafetensorsFile& file, const std::string& path, int dim) {
  Eigenbasis basis;
  basis.dim = dim;
  basis.eigenvalues = finiteNumbers(file, path, "eigs", {dim});
  basis.W = finiteNumbers(file, path, "W", {dim, dim});
  basis.mean = finiteNumbers(file, path, "mean", {dim});
  for (const double xi : basis.eigenvalues)
    if (!(xi > 0)) refuse(path, "eigs", "holds " + jsonText(json(xi)) + "; allowed: eigenvalues > 0");
  const at::NoGradGuard off;
  const auto W = at::from_blob(const_cast<double*>(basis.W.data()), {dim, dim}, at::kDouble);
  const auto products = at::mm(W.t(), W);
  const double* product = products.data_ptr<double>();
  for (std::int64_t j = 0; j < dim; ++j)
    for (std::int64_t k = 0; k <= j; ++k)
      if (!(std::abs(product[j * dim + k] - (j == k)) <= 1e-4))
        refuse(path, "W", "is not orthonormal (columns " + std::to_string(k) + " and " + std::to_string(j) + ")");
  return basis;
}

Schedule scheduleFrom(const SafetensorsFile& file, const json& configuration, const std::vector<double>& eigenvalues,
                      const NetworkOrigin& from) {
  const auto dim = static_cast<std::int64_t>(eigenvalues.size());
  const double keep = numberField(configuration, "dims_to_keep", from.configuration),
               tMax = numberField(configuration, "t_max", from.configuration);
  if (!(keep >= 1 && keep <= static_cast<double>(dim)) || keep != std::floor(keep))
    throwBadFile(from.configuration, "has dims_to_keep " + jsonText(json(keep)) + "; allowed: 1 to " + std::to_string(dim));
  const auto kind = wordField(configuration, "schedule", {"reference", "paper"}, from.configuration);
  const auto g = finiteNumbers(file, from.tensors, "g", {dim});
  const double rho = finiteNumbers(file, from.tensors, "rho", {})[0], gamma0 = finiteNumbers(file, from.tensors, "gamma0", {})[0];
  try {
    return Schedule(g, rho, gamma0, tMax, static_cast<int>(keep), 1.0, kind == "paper" ? eigenvalues : std::vector<double>{});
  } catch (const Error& e) {
    throwBadFile(from.tensors, std::string("holds a schedule that cannot be: ") + e.what());
  }
}

NetworkTensors tensorsFrom(const SafetensorsFile& file, const std::string& path, const Network& network) {
  constexpr auto kMost = static_cast<std::int64_t>(kNetworkByteLimit / sizeof(float));
  if (network.size() + network.bufferSize() > kMost)
    throwBadFile(path, "describes a network of " + std::to_string(network.size() + network.bufferSize()) +
                           " weights; allowed: " + std::to_string(kMost));
  std::set<std::string> known{"eigs", "W", "mean", "g", "gamma0", "rho", "M"};
  const auto flat = [&](const std::vector<WeightInfo>& layout, std::int64_t size, const char* what) {
    auto values = at::empty({size}, at::kFloat);
    float* into = values.data_ptr<float>();
    for (const auto& part : layout) {
      known.insert(part.name);
      const auto& tensor = file.tensor(part.name, path);
      if (tensor.dtype != "F32") refuse(path, part.name, "has the dtype " + tensor.dtype + "; needed: F32");
      requireShape(tensor, path, part.name, part.shape);
      std::memcpy(into + part.offset, tensor.bytes.data(), tensor.bytes.size());
      for (std::int64_t i = 0; i < part.count(); ++i) {
        const float v = into[part.offset + i];
        if (!std::isfinite(v))
          refuse(path, part.name, std::string("holds a ") + what + " that is not finite (number " + std::to_string(i) + ")");
        if (isResampleFilter(part) && v != 0.25f)
          refuse(path, part.name, "holds " + jsonText(json(v)) + "; the only filter known is the mean of 2x2 pixels, 0.25 four times");
      }
    }
    return values;
  };
  NetworkTensors tensors(flat(network.layout(), network.size(), "weight"));
  if (network.bufferSize() > 0) tensors.buffers = flat(network.bufferLayout(), network.bufferSize(), "buffer");
  for (const auto& [name, tensor] : file.tensors)
    if (!known.contains(name)) refuse(path, name, "is no part of the network that the file describes");
  return tensors;
}

void addTensors(SafetensorsFile& file, const Network& network, const NetworkTensors& tensors) {
  const auto add = [&](const at::Tensor& flat, const std::vector<WeightInfo>& layout) {
    if (layout.empty()) return;
    const auto values = flat.to(at::kCPU, at::kFloat).contiguous();
    for (const auto& part : layout)
      file.tensors[part.name] = TensorData::of(
          std::span<const float>(values.data_ptr<float>() + part.offset, static_cast<std::size_t>(part.count())), part.shape);
  };
  add(tensors.weights, network.layout());
  add(tensors.buffers, network.bufferLayout());
}

NetworkFile networkFrom(const SafetensorsFile& file, json configuration, const NetworkOrigin& from, c10::Device device) {
  NetworkFile read;
  requireToyNetwork(configuration, from.configuration);
  const auto network = makeNetwork(networkField(configuration, from.configuration), from.configuration);
  auto tensors = tensorsFrom(file, from.tensors, *network);
  auto basis = basisFrom(file, from.tensors, network->dim());
  auto schedule = scheduleFrom(file, configuration, basis.eigenvalues, from);
  const auto precond = precondField(configuration, from.configuration), space = spaceField(configuration, from.configuration);
  try {
    tensors.weights = tensors.weights.to(device);
    if (tensors.buffers.defined()) tensors.buffers = tensors.buffers.to(device);
    read.denoiser = std::make_shared<NetDenoiser>(std::move(schedule), std::move(basis), network, std::move(tensors), precond, space);
  } catch (const Error& e) {
    throwBadFile(from.configuration, std::string("describes a network that cannot be: ") + e.what());
  }
  read.data = dataOrigin(configuration, network->dim(), from.configuration);
  read.configuration = std::move(configuration);
  return read;
}

}  // namespace inflaton
