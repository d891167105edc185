#pragma once
// What source texts must not hold, wherever the reason is one of the whole tree: calls that write or read numbers as the locale wants, and
// JSON written past core/api/json_text.h.
#include <string>
#include <vector>

namespace inflaton::architecture {

/// "core/io/a.cpp:12: snprintf( writes and reads numbers as the locale wants; use core/api/number_text.h". `path` is from the repository
/// root; files of tests may do anything.
std::vector<std::string> bannedTexts(const std::string& path, const std::string& text);

}  // namespace inflaton::architecture
