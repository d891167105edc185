// import-network and export-network: the layout in which other programs hand networks over (core/api/exchange.h).
// A file of ours that was exported carries its whole configuration in the JSON, under "inflaton"; one that was imported keeps the
// JSON it came with. So either way nothing is lost, and every array comes back with its own bytes.
#include "core/api/exchange.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"
#include "core/nets/architectures.h"
#include "core/nets/file/network_parts.h"

using nlohmann::json;

namespace inflaton {
namespace {

constexpr double kReferenceTimeMost = 15.01, kReferenceM = 1000;
const std::string kWeights = "w/";

std::string placeOf(const std::string& path, const std::string& field) { return path + ", field \"" + field + "\""; }

TensorData tensorOf(const NpzReader& npz, const ArrayInfo& a) {
  if (a.dtype == "<f4") return TensorData::of(std::span<const float>(npz.floats(a.name)), a.shape);
  if (a.dtype == "<f8") return TensorData::of(std::span<const double>(npz.doubles(a.name)), a.shape);
  if (a.isInteger() && a.shape.empty()) return TensorData::of(std::span<const std::int64_t>(npz.int64s(a.name)), a.shape);
  throwBadFile(npz.path() + ", array \"" + a.name + "\"", "has the type " + a.dtype + "; needed: <f4 or <f8 (little-endian floats)");
}

/// The arrays of the layout; others are left aside.
SafetensorsFile tensorsOf(const NpzReader& npz, const JobContext& context) {
  SafetensorsFile file;
  std::string aside;
  std::uint64_t total = 0;
  const auto needed = [](const std::string& name) {
    return name.starts_with(kWeights) || name == "eigs" || name == "W" || name == "g" || name == "gamma0" || name == "rho" || name == "M" ||
           name == "mean";
  };
  for (const auto& [name, reason] : npz.unreadable()) {
    if (needed(name)) npz.info(name);  // throws the reason
    aside += (aside.empty() ? "" : ", ") + name;
  }
  for (const auto& a : npz.arrays()) {
    const bool weight = a.name.starts_with(kWeights), known = needed(a.name);
    if (known && (total += a.bytes()) > kNetworkByteLimit)
      throwBadFile(npz.path(), "holds more than " + std::to_string(kNetworkByteLimit) + " bytes of weights");
    if (known)
      file.tensors[weight ? a.name.substr(kWeights.size()) : a.name] = tensorOf(npz, a);
    else
      aside += (aside.empty() ? "" : ", ") + a.name;
  }
  for (const char* name : {"eigs", "W", "g", "gamma0", "rho", "M"})
    if (!file.tensors.contains(name))
      throwBadFile(npz.path(), std::string("has no array \"") + name + "\"", "Needed: w/<name>, eigs, W, g, gamma0, rho, M.");
  if (!aside.empty()) context.note("left aside: " + aside);
  return file;
}

std::int64_t wholeField(const json& c, const char* field, const std::string& path, std::int64_t most) {
  const double v = numberField(c, field, path);
  if (!(v >= 1 && v <= static_cast<double>(most)) || v != std::floor(v))
    throwBadFile(placeOf(path, field), "is " + jsonText(c[field]) + "; allowed: 1 to " + std::to_string(most));
  return static_cast<std::int64_t>(v);
}

std::string textField(const json& c, const char* field, const std::string& path) {
  const auto found = c.find(field);
  if (found == c.end() || !found->is_string()) throwBadFile(path, std::string("has no text \"") + field + "\"");
  return found->get<std::string>();
}

/// Seven digits of a number that was stored in single precision: 0.15, not 0.15000000596.
double rounded(double v) { return numberFrom(numberText(v, 7)).value_or(v); }

/// The options that name this schedule, so that a simulation can ask for the network's own.
json scheduleOptions(const Schedule& s) {
  json o{{"dims_to_keep", s.dimsToKeep()}, {"rho", rounded(s.rho())}, {"gamma0", rounded(s.gamma0())}};
  if (const double kept = s.g().front(); !s.preserving() && kept > 0) {
    const double gap = -s.g().back() / kept, K = s.dimsToKeep();
    const bool orig = std::abs(gap - K / (s.dim() - K)) < 1e-6;
    o["g_rescaling"] = rounded(kept), o["g_type"] = orig ? "orig" : "constant_inflation_gap";
    if (!orig) o["inflation_gap"] = rounded(gap);
  }
  try {
    ToyTrainOptions allowed;
    fromJson(allowed, o, "");
  } catch (const Error&) {
    return json::object();  // the network's own schedule holds; only it cannot be asked for by name
  }
  return o;
}

void requireSame(const json& c, const char* field, double stored, const NetworkOrigin& from) {
  if (!c.contains(field)) return;
  const double said = numberField(c, field, from.configuration);
  if (!(std::abs(said - stored) <= 1e-6 * std::abs(stored)))
    throwBadFile(placeOf(from.configuration, field),
                 "is " + jsonText(c[field]) + ", but " + from.tensors + " holds " + jsonText(json(stored)));
}

/// Our configuration of a network that was described in the reference's words.
json foreignConfiguration(const json& given, const SafetensorsFile& file, const NetworkOrigin& from) {
  const auto& path = from.configuration;
  for (const char* field : {"model_type", "data_name", "precond", "space"}) textField(given, field, path);
  std::int64_t dim = wholeField(given, "data_dim", path, kMostDims);
  if (given.contains("augment_to") && given["augment_to"] != 0) dim = wholeField(given, "augment_to", path, kMostDims);
  wholeField(given, "dims_to_keep", path, dim);
  json c{{"data_name", given["data_name"]},
         {"precond", given["precond"]},
         {"space", given["space"]},
         {"dims_to_keep", given["dims_to_keep"]},
         {"t_max", given.value("t_max", json(kReferenceTimeMost))},
         {"schedule", given.value("schedule", json("reference"))},
         {"version", programVersion()},
         {"imported", given}};
  const auto schedule = scheduleFrom(file, c, finiteNumbers(file, from.tensors, "eigs", {dim}), from);
  const double M = finiteNumbers(file, from.tensors, "M", {})[0];
  if (!(M > 1 && M <= 1e6)) throwBadFile(from.tensors + ", tensor \"M\"", "holds " + jsonText(json(M)) + "; allowed: 1 < M <= 1e6");
  requireSame(given, "rho", schedule.rho(), from);
  requireSame(given, "gamma0", schedule.gamma0(), from);
  requireSame(given, "M", M, from);
  const auto noise = NetCoordinates::noise(precondField(c, path), schedule, M);
  // The architecture's settings stand beside the rest; what it does not know it does not look at.
  c["network"] = given;
  c["network"].update({{"arch", given["model_type"]}, {"dim", dim}, {"noise_scale", noise.scale}, {"noise_offset", noise.offset}});
  if (const Architecture* a = findArchitecture(given["model_type"].get<std::string>()); a && !a->ofTheReference)
    throwBadFile(path, "is of an " + a->id + " and has no \"inflaton\" part, which holds its settings");
  c["network"] = makeNetwork(c["network"], path)->configuration();
  c["options"] = scheduleOptions(schedule);
  return c;
}

/// The reference's words for a configuration of ours; settings of the architecture go under their own names.
json exportedConfiguration(const NetworkFile& net) {
  const auto& d = *net.denoiser;
  const auto& schedule = d.schedule();
  json out = d.network().configuration();
  const double M = out.value("noise_scale", kReferenceM - 1) + 1;
  for (const char* ours : {"arch", "dim", "noise_scale", "noise_offset", "t_max"}) out.erase(ours);
  out["model_type"] = d.network().configuration()["arch"];
  out["precond"] = d.coordinates().precond(), out["space"] = d.coordinates().space();
  out["data_name"] = net.configuration.value("data_name", json(""));
  out["data_dim"] = d.basis().dim, out["dims_to_keep"] = schedule.dimsToKeep();
  out["rho"] = schedule.rho(), out["gamma0"] = schedule.gamma0(), out["t_max"] = schedule.tMax();
  out["M"] = d.coordinates().precond() == "ifs" ? M : kReferenceM;
  out["inflaton"] = net.configuration;
  return out;
}

void requireAgreement(const json& given, const NetworkFile& net, const std::string& path) {
  const auto expected = exportedConfiguration(net);
  for (const auto& [field, value] : given.items())
    if (field != "inflaton" && expected.contains(field) && expected[field] != value)
      throwBadFile(placeOf(path, field), "is " + jsonText(value) + ", but its \"inflaton\" part makes it " + jsonText(expected[field]));
}

void doImport(const ImportNetworkOptions& o, const JobContext& context) {
  validate(o);
  const NetworkOrigin from{o.weights, o.configuration};
  auto given = readJsonObject(o.configuration);
  if (o.tmax > 0 && !given.contains("inflaton")) given["t_max"] = o.tmax;
  auto file = tensorsOf(NpzReader(o.weights, kNetworkByteLimit), context);
  context.throwIfStopped();
  if (!file.tensors.contains("mean")) {
    const std::vector<double> zeros(finiteNumbers(file, o.weights, "eigs", file.tensors.at("eigs").shape).size(), 0.0);
    file.tensors["mean"] = TensorData::of(std::span<const double>(zeros), {static_cast<std::int64_t>(zeros.size())});
  }
  json configuration;
  if (const auto own = given.find("inflaton"); own == given.end()) {
    configuration = foreignConfiguration(given, file, from);
  } else {
    if (!own->is_object()) throwBadFile(placeOf(o.configuration, "inflaton"), "is no JSON object");
    configuration = *own;
    file.tensors.erase("M");  // the network's own settings say it
  }
  const auto net = networkFrom(file, configuration, from);
  if (given.contains("inflaton")) {
    requireAgreement(given, net, o.configuration);
    if (o.tmax > 0) configuration["t_max"] = o.tmax;
  }
  file.metadata = {{"format", "pt"}, {"inflaton", jsonText(configuration)}};
  writeSafetensors(o.output, file);
}

/// Arrays in NumPy's types, with the tensor's own bytes.
void add(NpzWriter& npz, const std::string& name, const TensorData& t) {
  const auto with = [&]<class T>(T) {
    std::vector<T> values(t.bytes.size() / sizeof(T));
    std::memcpy(values.data(), t.bytes.data(), t.bytes.size());
    npz.add(name, std::span<const T>(values), t.shape);
  };
  if (t.dtype == "F32")
    with(float{});
  else if (t.dtype == "F64")
    with(double{});
  else
    with(std::int64_t{});
}

void doExport(const ExportNetworkOptions& o, const JobContext& context) {
  validate(o);
  const auto net = readNetwork(o.network);
  const auto file = readSafetensors(o.network, kNetworkByteLimit);
  context.throwIfStopped();
  const auto imported = net.configuration.find("imported");
  const bool foreign = imported != net.configuration.end() && imported->is_object();
  const auto described = foreign ? *imported : exportedConfiguration(net);
  NpzWriter npz(o.weights);
  const auto& network = net.denoiser->network();
  for (const auto* layout : {&network.layout(), &network.bufferLayout()})
    for (const auto& part : *layout) add(npz, kWeights + part.name, file.tensors.at(part.name));
  for (const char* name : {"eigs", "W", "g", "gamma0", "rho"}) add(npz, name, file.tensors.at(name));
  const auto& mean = net.denoiser->basis().mean;
  // A mean of zeros is what its absence means.
  if (!foreign || std::any_of(mean.begin(), mean.end(), [](double v) { return v != 0; }) || file.tensors.at("mean").dtype != "F64")
    add(npz, "mean", file.tensors.at("mean"));
  if (const auto M = file.tensors.find("M"); M != file.tensors.end()) {
    add(npz, "M", M->second);
  } else {
    const double value = described.contains("M") && described["M"].is_number() ? described["M"].get<double>() : kReferenceM;
    npz.add("M", std::span<const double>(&value, 1), {});
  }
  npz.commit();
  writeFileAtomically(o.configuration, jsonText(described, 2) + "\n");
}

}  // namespace

Expected<void> importNetwork(const ImportNetworkOptions& o, const JobContext& context) {
  return atEdge([&] { doImport(o, context); });
}

Expected<void> exportNetwork(const ExportNetworkOptions& o, const JobContext& context) {
  return atEdge([&] { doExport(o, context); });
}

}  // namespace inflaton
