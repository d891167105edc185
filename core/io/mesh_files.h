#pragma once
// Meshes for other programs. Curves lie in the plane z = 0; a mesh without cells is a cloud of points.
#include <string>

#include "core/api/mesh.h"

namespace inflaton {

/// Polygon File Format (Stanford), binary, little-endian: x y z as doubles, then faces (dim 3) or edges (dim 2). Written atomically.
/// Throws Error(failed) for indices without points and for points that are not finite, or as AtomicFile.
void writePly(const Mesh&, const std::string& path);
/// VTK PolyData, XML with the numbers inline as text, so that they read back exactly: Polys, Lines or Verts. Likewise.
void writeVtp(const Mesh&, const std::string& path);

}  // namespace inflaton
