#pragma once
// The sets that come with the program. A new one is one more row there, and nothing else (CONTRIBUTING.md).
#include <vector>

#include "core/api/data_sets.h"

namespace inflaton {

/// In the order of the gallery. For the registry alone; everything else reads dataSets().
std::vector<DataSet> toySetRows();

}  // namespace inflaton
