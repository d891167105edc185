#pragma once
// Which bytes a file holds.
#include <string>

namespace inflaton {

/// SHA-256 of a regular file's bytes, 64 lower-case hexadecimal digits. Reads by pieces. Throws Error(failed) as InputFile.
std::string sha256OfFile(const std::string& path);

}  // namespace inflaton
