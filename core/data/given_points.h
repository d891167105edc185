#pragma once
#include <string>

#include "core/api/points.h"

namespace inflaton {

/// For points that a caller hands over in memory, as strict as the readers of files are: at least one, a value for each coordinate and all
/// of them finite, a label for each or none. Throws Error(usage) beginning with `what`.
void requireGivenPoints(const PointSet&, const std::string& what);

}  // namespace inflaton
