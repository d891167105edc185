#include "core/nets/file/network_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cmath>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/networks.h"
#include "core/api/system.h"
#include "core/io/safetensors.h"
#include "core/nets/file/network_data.h"
#include "core/nets/file/network_parts.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr const char* kMetadataKey = "inflaton";

json parseConfiguration(const std::map<std::string, std::string>& metadata, const std::string& path) {
  const auto found = metadata.find(kMetadataKey);
  if (const auto format = metadata.find("format"); format != metadata.end() && format->second == kTrainingStateFormat)
    throwBadFile(path, "is a training state, not a network", "The networks of a run are its files network-snapshot-*.safetensors.");
  if (found == metadata.end()) throwBadFile(path, "has no \"inflaton\" entry in its __metadata__", "It was not written by Inflaton.");
  return parseJsonObject(found->second, path + ", entry \"inflaton\" of its __metadata__");
}

/// "2" rather than JSON's "2.0".
std::string text(double v) {
  std::string number = jsonText(json(v));
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number;
}

/// Of numbers that may have been stored in single precision.
bool differ(double a, double b) { return std::abs(a - b) > 1e-6 * std::max(std::abs(a), std::abs(b)); }

std::string described(const std::string& name, int dim, double rho) {
  return name + " in " + std::to_string(dim) + " dimensions (rho " + text(rho) + ")";
}

}  // namespace

void saveNetwork(const std::string& path, const NetDenoiser& denoiser, json configuration) {
  const auto& basis = denoiser.basis();
  const auto& schedule = denoiser.schedule();
  configuration["network"] = denoiser.network().configuration();
  configuration["precond"] = denoiser.coordinates().precond();
  configuration["space"] = denoiser.coordinates().space();
  configuration["schedule"] = schedule.proportional() ? "paper" : "reference";
  configuration["t_max"] = schedule.tMax();
  configuration["dims_to_keep"] = schedule.dimsToKeep();
  configuration["version"] = programVersion();
  SafetensorsFile file;
  file.metadata = {{"format", "pt"}, {kMetadataKey, jsonText(configuration)}};
  const std::int64_t dim = basis.dim;
  const auto add = [&](const char* name, std::span<const double> values, std::vector<std::int64_t> shape) {
    file.tensors[name] = TensorData::of(values, std::move(shape));
  };
  const auto number = [&](const char* name, double value) { add(name, std::span(&value, 1), {}); };
  add("eigs", basis.eigenvalues, {dim});
  add("W", basis.W, {dim, dim});
  add("mean", basis.mean, {dim});
  add("g", schedule.g(), {dim});
  number("gamma0", schedule.gamma0());
  number("rho", schedule.rho());
  addTensors(file, denoiser.network(), denoiser.tensors());
  writeSafetensors(path, file);
}

NetworkFile readNetwork(const std::string& path, c10::Device device) {
  const SafetensorsFile file = readSafetensors(path, kNetworkByteLimit);
  return networkFrom(file, parseConfiguration(file.metadata, path), {path, path}, device);
}

std::shared_ptr<Denoiser> loadNetwork(const std::string& path, c10::Device device) {
  return std::const_pointer_cast<NetDenoiser>(readNetwork(path, device).denoiser);
}

Expected<NetworkInfo> networkInfo(const std::string& path) {
  return atEdge([&] {
    const auto header = readSafetensorsHeader(path);
    const auto configuration = parseConfiguration(header.metadata, path);
    requireToyNetwork(configuration, path);  // its options are read by that command's table
    const auto network = makeNetwork(networkField(configuration, path), path);
    NetworkInfo info;
    info.path = path;
    info.dim = network->dim();
    info.parameters = network->size();
    info.arch = network->configuration().at("arch").get<std::string>();
    info.precond = precondField(configuration, path), info.space = spaceField(configuration, path);
    if (const auto kimg = configuration.find("kimg"); kimg != configuration.end() && kimg->is_number())
      info.mimg = kimg->get<double>() / 1000;
    if (const auto name = configuration.find("data_name"); name != configuration.end() && name->is_string())
      info.data_name = name->get<std::string>();
    const auto keep = static_cast<std::int64_t>(numberField(configuration, "dims_to_keep", path));
    info.schedule = keep == info.dim ? "PRP" : "PRRto" + std::to_string(keep) + "D";
    if (const auto options = configuration.find("options"); options != configuration.end()) {
      ToyTrainOptions trained;
      fromJsonKnown(trained, *options, path);  // options that came or went with another version do not make the network another one
      info.scheduleOptions = trained, info.dataOptions = trained;
    }
    info.data = dataOrigin(configuration, info.dim, path);
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
    if (full.rho == 0)
      full.rho = dim == trained.dim() && (asked.dims_to_keep == 0 || asked.dims_to_keep == trained.dimsToKeep()) ? trained.rho() : 0;
    const Schedule wanted = Schedule::make(full, dim);
    const std::string want = described(wanted.name(), dim, wanted.rho());
    if (dim != trained.dim() || wanted.dimsToKeep() != trained.dimsToKeep() || differ(wanted.rho(), trained.rho())) mismatch(have, want);
    for (int j = 0; namesAxes && j < dim; ++j) {
      const double a = trained.g()[static_cast<std::size_t>(j)], b = wanted.g()[static_cast<std::size_t>(j)];
      if (differ(a, b)) mismatch("g = " + text(a) + " on axis " + std::to_string(j + 1) + " (" + have + ")", "g = " + text(b) + " there");
    }
  }
  if (asked.gamma0 != defaults.gamma0 && differ(asked.gamma0, trained.gamma0()))
    mismatch("gamma0 " + text(trained.gamma0()), "gamma0 " + text(asked.gamma0));
  if (asked.tmax != defaults.tmax && asked.tmax > trained.tMax() * (1 + 1e-12))
    mismatch("times up to tmax " + text(trained.tMax()), "tmax " + text(asked.tmax));
}

}  // namespace inflaton
