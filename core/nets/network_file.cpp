#include "core/nets/network_file.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>
#include <set>

#include "core/io/safetensors.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr const char* kMetadataKey = "inflaton";
constexpr std::uint64_t kByteLimit = std::uint64_t{1} << 30;

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

[[noreturn]] void refuse(const std::string& path, const std::string& tensor, const std::string& reason) {
  throwBadFile(path + ", tensor \"" + tensor + "\"", reason);
}

json parseConfiguration(const std::map<std::string, std::string>& metadata, const std::string& path) {
  const auto found = metadata.find(kMetadataKey);
  if (found == metadata.end()) throwBadFile(path, "has no \"inflaton\" entry in its __metadata__", "It was not written by Inflaton.");
  auto configuration = json::parse(found->second, nullptr, false);
  if (!configuration.is_object()) throwBadFile(path, "has an \"inflaton\" entry in its __metadata__ that is no JSON object");
  return configuration;
}

double numberField(const json& configuration, const char* field, const std::string& path) {
  const auto found = configuration.find(field);
  if (found == configuration.end() || !found->is_number()) throwBadFile(path, std::string("has no number \"") + field + "\" in its configuration");
  return found->get<double>();
}

const json& networkConfiguration(const json& configuration, const std::string& path) {
  const auto found = configuration.find("network");
  if (found == configuration.end() || !found->is_object()) throwBadFile(path, "has no \"network\" in its configuration");
  return *found;
}

/// A float64 tensor of the expected shape, all finite.
std::vector<double> numbers(const SafetensorsFile& file, const std::string& path, const std::string& name, const std::vector<std::int64_t>& shape) {
  const auto& tensor = file.tensor(name, path);
  if (tensor.dtype != "F64" && tensor.dtype != "F32") refuse(path, name, "has the dtype " + tensor.dtype + "; needed: F64 or F32");
  if (tensor.shape != shape) refuse(path, name, "has the shape " + shapeText(tensor.shape) + "; needed: " + shapeText(shape));
  auto values = tensor.doubles();
  for (const double v : values)
    if (!std::isfinite(v)) refuse(path, name, "holds a value that is not finite");
  return values;
}

at::Tensor readWeights(const SafetensorsFile& file, const std::string& path, const Network& network) {
  if (network.size() > static_cast<std::int64_t>(kByteLimit / sizeof(float)))
    throwBadFile(path, "describes a network of " + std::to_string(network.size()) + " weights; allowed: " + std::to_string(kByteLimit / sizeof(float)));
  auto flat = at::empty({network.size()}, at::kFloat);
  float* into = flat.data_ptr<float>();
  std::set<std::string> known{"eigs", "W", "mean", "g", "gamma0", "rho"};
  for (const auto& part : network.layout()) {
    known.insert(part.name);
    const auto& tensor = file.tensor(part.name, path);
    if (tensor.dtype != "F32") refuse(path, part.name, "has the dtype " + tensor.dtype + "; needed: F32");
    if (tensor.shape != part.shape) refuse(path, part.name, "has the shape " + shapeText(tensor.shape) + "; needed: " + shapeText(part.shape));
    std::memcpy(into + part.offset, tensor.bytes.data(), tensor.bytes.size());
    for (std::int64_t i = 0; i < part.count(); ++i)
      if (!std::isfinite(into[part.offset + i]))
        refuse(path, part.name, "holds a weight that is not finite (number " + std::to_string(i) + ")");
  }
  for (const auto& [name, tensor] : file.tensors)
    if (!known.contains(name)) refuse(path, name, "is no part of the network that the file describes");
  return flat;
}

Eigenbasis readBasis(const SafetensorsFile& file, const std::string& path, int dim) {
  Eigenbasis basis;
  basis.dim = dim;
  basis.eigenvalues = numbers(file, path, "eigs", {dim});
  basis.W = numbers(file, path, "W", {dim, dim});
  basis.mean = numbers(file, path, "mean", {dim});
  for (int j = 0; j < dim; ++j) {
    const double xi = basis.eigenvalues[static_cast<std::size_t>(j)];
    if (!(xi > 0)) refuse(path, "eigs", "holds " + std::to_string(xi) + "; allowed: eigenvalues > 0");
    for (int k = 0; k <= j; ++k) {
      double dot = 0;
      for (int i = 0; i < dim; ++i) dot += basis.W[static_cast<std::size_t>(i * dim + j)] * basis.W[static_cast<std::size_t>(i * dim + k)];
      if (std::abs(dot - (j == k)) > 1e-4) refuse(path, "W", "is not orthonormal (columns " + std::to_string(k) + " and " + std::to_string(j) + ")");
    }
  }
  return basis;
}

Schedule readSchedule(const SafetensorsFile& file, const std::string& path, const json& configuration, const Eigenbasis& basis) {
  const int dim = basis.dim;
  const double keep = numberField(configuration, "dims_to_keep", path), tMax = numberField(configuration, "t_max", path);
  if (!(keep >= 1 && keep <= dim)) throwBadFile(path, "has dims_to_keep " + json(keep).dump() + "; allowed: 1 to " + std::to_string(dim));
  const std::string kind = configuration.value("schedule", json("reference")).is_string() ? configuration.value("schedule", "reference") : "";
  if (kind != "reference" && kind != "paper") throwBadFile(path, "has a \"schedule\" that is neither \"reference\" nor \"paper\"");
  const auto g = numbers(file, path, "g", {dim});
  const double rho = numbers(file, path, "rho", {})[0], gamma0 = numbers(file, path, "gamma0", {})[0];
  try {
    return Schedule(g, rho, gamma0, tMax, static_cast<int>(keep), 1.0, kind == "paper" ? basis.eigenvalues : std::vector<double>{});
  } catch (const Error& e) {
    throwBadFile(path, std::string("holds a schedule that cannot be: ") + e.what());
  }
}

/// "2" rather than JSON's "2.0".
std::string text(double v) {
  std::string number = json(v).dump();
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number;
}

std::string described(const std::string& name, int dim, double rho) {
  return name + " in " + std::to_string(dim) + " dimensions (rho " + text(rho) + ")";
}

}  // namespace

void saveNetwork(const std::string& path, const NetDenoiser& denoiser, json configuration) {
  const auto& basis = denoiser.basis();
  const auto& schedule = denoiser.schedule();
  configuration["network"] = denoiser.network().configuration();
  configuration["schedule"] = schedule.proportional() ? "paper" : "reference";
  configuration["t_max"] = schedule.tMax();
  configuration["dims_to_keep"] = schedule.dimsToKeep();
  configuration["version"] = programVersion();
  SafetensorsFile file;
  file.metadata = {{"format", "pt"}, {kMetadataKey, configuration.dump()}};
  const std::int64_t dim = basis.dim;
  const auto add = [&](const char* name, const std::vector<double>& values, std::vector<std::int64_t> shape) {
    file.tensors[name] = TensorData::of(std::span<const double>(values), std::move(shape));
  };
  add("eigs", basis.eigenvalues, {dim});
  add("W", basis.W, {dim, dim});
  add("mean", basis.mean, {dim});
  add("g", schedule.g(), {dim});
  add("gamma0", {schedule.gamma0()}, {});
  add("rho", {schedule.rho()}, {});
  const auto weights = denoiser.weights().to(at::kCPU, at::kFloat).contiguous();
  for (const auto& part : denoiser.network().layout())
    file.tensors[part.name] = TensorData::of(std::span<const float>(weights.data_ptr<float>() + part.offset, static_cast<std::size_t>(part.count())), part.shape);
  writeSafetensors(path, file);
}

NetworkFile readNetwork(const std::string& path, c10::Device device) {
  const SafetensorsFile file = readSafetensors(path, kByteLimit);
  NetworkFile read;
  read.configuration = parseConfiguration(file.metadata, path);
  const auto network = makeNetwork(networkConfiguration(read.configuration, path), path);
  const auto weights = readWeights(file, path, *network);
  auto basis = readBasis(file, path, network->dim());
  auto schedule = readSchedule(file, path, read.configuration, basis);
  read.denoiser = std::make_shared<NetDenoiser>(std::move(schedule), std::move(basis), network, weights.to(device));
  return read;
}

std::shared_ptr<Denoiser> loadNetwork(const std::string& path, c10::Device device) {
  return std::const_pointer_cast<NetDenoiser>(readNetwork(path, device).denoiser);
}

Expected<NetworkInfo> networkInfo(const std::string& path) {
  return atEdge([&] {
    const auto header = readSafetensorsHeader(path);
    const auto configuration = parseConfiguration(header.metadata, path);
    const auto network = makeNetwork(networkConfiguration(configuration, path), path);
    NetworkInfo info;
    info.path = path;
    info.dim = network->dim();
    info.parameters = network->size();
    if (const auto name = configuration.find("data_name"); name != configuration.end() && name->is_string()) info.data_name = name->get<std::string>();
    const auto keep = static_cast<std::int64_t>(numberField(configuration, "dims_to_keep", path));
    info.schedule = keep == info.dim ? "PRP" : "PRRto" + std::to_string(keep) + "D";
    if (const auto options = configuration.find("options"); options != configuration.end()) {
      ToyTrainOptions trained;
      fromJson(trained, *options, path);
      info.scheduleOptions = trained;
    }
    info.scheduleOptions.data_dim = 0;
    info.scheduleOptions.schedule = configuration.value("schedule", json("reference")) == "paper" ? "paper" : "reference";
    info.scheduleOptions.dims_to_keep = keep;
    info.scheduleOptions.tmax = numberField(configuration, "t_max", path);
    if (const auto v = configuration.find("validation"); v != configuration.end() && v->is_object())
      if (const auto mean = v->find("mean"); mean != v->end() && mean->is_number()) info.validation_mean = mean->get<double>();
    return info;
  });
}

void requireMatches(const Denoiser& network, const ScheduleOptions& asked, int dim, const std::string& path) {
  const auto& trained = network.schedule();
  const ScheduleOptions defaults;
  const auto mismatch = [&](const std::string& have, const std::string& want) {
    throw Error(ErrorCode::usage, "network " + path + " was trained for " + have + "; asked: " + want,
                "Leave the schedule options out to take the network's own, or train a network for this schedule.");
  };
  const std::string have = described(trained.name(), trained.dim(), trained.rho());
  if (asked.schedule == "paper" && !trained.proportional()) mismatch("schedule reference", "schedule paper");
  const bool namesAxes = asked.dims_to_keep != 0 || asked.g_type != defaults.g_type || asked.inflation_gap != defaults.inflation_gap ||
                         asked.g_rescaling != defaults.g_rescaling;
  if (dim != trained.dim() || namesAxes || asked.rho != 0) {
    ScheduleOptions full = asked;
    full.data_dim = 0;
    if (full.dims_to_keep == 0 && dim == trained.dim() && !trained.preserving()) full.dims_to_keep = trained.dimsToKeep();
    if (full.rho == 0) full.rho = dim == trained.dim() && (asked.dims_to_keep == 0 || asked.dims_to_keep == trained.dimsToKeep()) ? trained.rho() : 0;
    const Schedule wanted = Schedule::make(full, dim);
    const std::string want = described(wanted.name(), dim, wanted.rho());
    if (dim != trained.dim() || wanted.dimsToKeep() != trained.dimsToKeep() || wanted.rho() != trained.rho()) mismatch(have, want);
    for (int j = 0; namesAxes && j < dim; ++j) {
      const double a = trained.g()[static_cast<std::size_t>(j)], b = wanted.g()[static_cast<std::size_t>(j)];
      if (std::abs(a - b) > 1e-9) mismatch("g = " + text(a) + " on axis " + std::to_string(j + 1) + " (" + have + ")", "g = " + text(b) + " there");
    }
  }
  if (asked.gamma0 != defaults.gamma0 && asked.gamma0 != trained.gamma0()) mismatch("gamma0 " + text(trained.gamma0()), "gamma0 " + text(asked.gamma0));
  if (asked.tmax != defaults.tmax && asked.tmax > trained.tMax() * (1 + 1e-12)) mismatch("times up to tmax " + text(trained.tMax()), "tmax " + text(asked.tmax));
}

}  // namespace inflaton
