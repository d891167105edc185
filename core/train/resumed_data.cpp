#include "core/train/resumed_data.h"

#include <filesystem>

#include "core/api/error.h"
#include "core/api/networks.h"

namespace fs = std::filesystem;

namespace inflaton {

void requireDataAsStarted(const std::string& statePath, const DataOrigin& data) {
  const fs::path folder = fs::path(statePath).parent_path();
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, none)) {
    if (entry.path().extension() != ".safetensors" || !entry.path().filename().string().starts_with("network-snapshot-")) continue;
    const auto network = networkInfo(entry.path().string());
    if (!network || !network->data || network->data->sha256 == data.sha256) continue;
    throw Error(ErrorCode::failed,
                data.file + ": has changed since the run of " + statePath + " was started with it (" + std::to_string(network->data->rows) +
                    " rows, SHA-256 " + network->data->sha256.substr(0, 12) + "...; now " + std::to_string(data.rows) + " rows, SHA-256 " +
                    data.sha256.substr(0, 12) + "...)",
                "Put the file back as it was, or start a new run.");
  }
}

}  // namespace inflaton
