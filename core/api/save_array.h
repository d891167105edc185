#pragma once
// Numbers as a file that other programs read.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/api/error.h"

namespace inflaton {

/// float32 .npy of this shape in C order, atomically; makes the folder. Fails naming the file when it cannot be written, and when the
/// shape does not hold values.size() values.
Expected<void> saveArray(const std::string& path, std::span<const float> values, const std::vector<std::int64_t>& shape);

}  // namespace inflaton
