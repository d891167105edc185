#pragma once
// The boundary of some of a triangulation's simplices.
#include <cstdint>
#include <span>

#include "core/api/mesh.h"
#include "core/geometry/delaunay.h"

namespace inflaton {

/// Facets between a simplex with solid[c] != 0 and one without, oriented as Mesh says. Where the solid touches itself in a point (or an
/// edge), each sheet of the boundary gets its own copy of the point.
Mesh solidBoundary(const Delaunay&, std::span<const std::uint8_t> solid);

}  // namespace inflaton
