// The networks that come with the program.
#include <algorithm>
#include <filesystem>

#include "core/api/networks.h"
#include "core/api/system.h"

namespace fs = std::filesystem;

namespace inflaton {

std::vector<NetworkInfo> pretrainedNetworks() {
  std::vector<fs::path> files;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(fs::path(resourceFolder()) / "networks", absent))
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<NetworkInfo> known;
  for (const auto& file : files)
    if (auto info = networkInfo(file.string())) known.push_back(std::move(*info));
  return known;
}

}  // namespace inflaton
