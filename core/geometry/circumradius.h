#pragma once
// Circumradii that slivers do not spoil.
#include <vector>

#include "core/geometry/delaunay.h"

namespace inflaton {

/// [m]; infinite for simplices whose volume is lost even in doubled precision.
std::vector<double> circumradii(const Delaunay&);

}  // namespace inflaton
