#pragma once
// Calls that are made in one place only, or nowhere: each would open a way around what that place checks.
#include <string>
#include <vector>

namespace inflaton::architecture {

/// "core/train/a.cpp:7: torch::load: files of LibTorch can hold programs ...", one a use. `path` is from the repository root.
std::vector<std::string> bannedUses(const std::string& path, const std::string& text);

}  // namespace inflaton::architecture
