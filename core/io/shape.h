#pragma once
// Shapes of arrays as untrusted numbers; shared by the readers and writers of this folder.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace inflaton {

inline constexpr std::size_t kMaxDimensions = 32;  ///< NumPy's own limit

/// "(3, 4)", as NumPy writes it.
std::string shapeText(const std::vector<std::int64_t>& shape);
/// Product of the extents. Throws Error(failed) for more than 32 dimensions, negative extents, and products beyond 2^62.
std::int64_t checkedCount(const std::vector<std::int64_t>& shape, const std::string& where);
/// Throws Error(failed) unless `shape` holds exactly `values` values.
void checkShapeHolds(const std::vector<std::int64_t>& shape, std::size_t values, const std::string& where);

}  // namespace inflaton
