#include "core/nets/file/network_data.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/networks.h"
#include "core/api/points.h"
#include "core/io/sha256.h"

namespace inflaton {
namespace {

/// A few words on the file: "60 rows, SHA-256 1b2c3d4e5f60...".
std::string known(const DataOrigin& data) { return std::to_string(data.rows) + " rows, SHA-256 " + data.sha256.substr(0, 12) + "..."; }

bool there(const DataOrigin& data) {
  std::error_code none;
  return std::filesystem::exists(data.file, none);
}

void requireUnchanged(const NetworkInfo& network) {
  const std::string changed = changedData(network);
  if (changed.empty()) return;
  throw Error(ErrorCode::failed, changed,
              there(*network.data) ? "Name it with --data_file to use it as it is now, in the units of the network."
                                   : "Put it back, or name the points with --data_file.");
}

}  // namespace

std::string changedData(const NetworkInfo& network) {
  if (!network.data) return {};
  const DataOrigin& data = *network.data;
  if (!there(data)) return data.file + ": there is no such file; the network " + network.path + " was trained on it (" + known(data) + ")";
  const std::string now = sha256OfFile(data.file);
  if (now == data.sha256) return {};
  return data.file + ": has changed since the network " + network.path + " was trained on it (" + known(data) + "; now SHA-256 " +
         now.substr(0, 12) + "...)";
}

std::shared_ptr<const DataOrigin> dataOrigin(const nlohmann::json& configuration, int networkDim, const std::string& path) {
  const auto found = configuration.find("data");
  if (found == configuration.end() || found->is_null()) return nullptr;
  auto origin = std::make_shared<DataOrigin>(originFromJson(*found, path));
  if (origin->dim() > networkDim)  // fewer: the points were embedded
    throw Error(ErrorCode::failed, path + ": says " + std::to_string(origin->dim()) + " columns of its data, but is a network in " +
                                       std::to_string(networkDim) + " dimensions");
  return origin;
}

void takeDataOf(const NetworkInfo& network, DataOptions& data, bool needed) {
  const bool toy = std::any_of(toySets().begin(), toySets().end(), [&](const ToySetInfo& set) { return set.id == network.data_name; });
  if (toy) {
    data = DataOptions{};
    data.data_name = network.data_name;
    if (network.dataOptions.data_name == network.data_name)
      data.augment_to = network.dataOptions.augment_to, data.augment_noise = network.dataOptions.augment_noise;
    return;
  }
  data = network.dataOptions;
  data.data_name = "file";
  data.data_file = network.data ? network.data->file : "";
  if (!needed) return;
  if (network.data) return requireUnchanged(network);
  const std::string hint = "Name the points: --data_name file --data_file FILE.";
  if (network.dataOptions.data_name == "file")
    throw Error(ErrorCode::usage,
                "the network " + network.path + " was trained on own points, " + network.dataOptions.data_file +
                    ", but does not hold their SHA-256, column names, offset and scale: it is of an older version",
                hint + " They are then standardised by moments of their own.");
  throw Error(ErrorCode::usage,
              "the network " + network.path +
                  (network.data_name.empty() ? " does not say what it was trained on"
                                             : " was trained on \"" + network.data_name + "\", which is no data set of this program"),
              hint);
}

}  // namespace inflaton
