#pragma once
// Mean 0 and population standard deviation 1 per column.
#include "core/api/points.h"

namespace inflaton {

/// Standardises in place and records offset and scale. Returns the index of a constant column (nothing changed), or -1.
int standardize(PointSet&);

}  // namespace inflaton
