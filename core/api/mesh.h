#pragma once
// Shapes as plain data: closed curves in the plane, closed triangulated surfaces in space.
#include <cstdint>
#include <vector>

namespace inflaton {

/// Cells are segments (dim 2) or triangles (dim 3) of point indices, oriented so that the inside lies to the left (dim 2,
/// counter-clockwise) or behind them (dim 3, normals outwards).
struct Mesh {
  int dim = 0;
  std::vector<double> points;       ///< [n, dim]
  std::vector<std::int32_t> cells;  ///< [m, dim]
  std::int64_t pointCount() const { return dim ? static_cast<std::int64_t>(points.size()) / dim : 0; }
  std::int64_t cellCount() const { return dim ? static_cast<std::int64_t>(cells.size()) / dim : 0; }
};

/// What a mesh is worth as a boundary. Alpha shapes may pinch: edges with four triangles are reported, and split where that closes them.
struct MeshCheck {
  bool closed = true;  ///< every point (2D) or edge (3D) has as many cells in as out
  std::int64_t components = 0;
  std::int64_t nonManifold = 0;  ///< points (2D) or edges (3D) shared by more than two cells
  std::int64_t isolated = 0;     ///< given points that belong to no cell
  double measure = 0;            ///< enclosed area or volume, signed by orientation
};

}  // namespace inflaton
