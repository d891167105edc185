// Where presets, icons and help lie, and what version this is.
#include <cstdlib>
#include <filesystem>

#include "core/api/system.h"

namespace inflaton {

const char* programVersion() { return INFLATON_VERSION; }

std::string resourceFolder() {
  if (const char* chosen = std::getenv("INFLATON_RESOURCES"); chosen && *chosen) return chosen;
  std::error_code absent;
  // An installed program finds its own, wherever the prefix was moved to.
  const auto program = std::filesystem::read_symlink("/proc/self/exe", absent);
  const auto beside = program.parent_path().parent_path() / "share" / "inflaton";
  if (std::filesystem::is_directory(beside, absent)) return beside.string();
  if (std::filesystem::is_directory(INFLATON_SOURCE_RESOURCES, absent)) return INFLATON_SOURCE_RESOURCES;
  return INFLATON_INSTALL_RESOURCES;
}

}  // namespace inflaton
