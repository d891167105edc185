#pragma once
// The source files of the repository, for tests that read them.
#include <filesystem>
#include <string>
#include <vector>

namespace inflaton::architecture {

std::vector<std::filesystem::path> sources();
std::string read(const std::filesystem::path&);
/// From the repository root, with '/'.
std::string placeOf(const std::filesystem::path&);

}  // namespace inflaton::architecture
