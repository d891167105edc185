#include <algorithm>
#include <cmath>

#include "core/geometry/alpha_shape.h"
#include "core/geometry/groups.h"

namespace inflaton {
namespace {

/// Ends of segments or sides of triangles: what it is, and whether a cell runs into it or along it (+1) or the other way (-1).
struct Ridge {
  std::uint64_t key;
  int way;
};

std::vector<Ridge> ridges(const Mesh& mesh) {
  std::vector<Ridge> all;
  all.reserve(mesh.cells.size());
  const auto D = static_cast<std::size_t>(mesh.dim);
  for (std::size_t at = 0; at < mesh.cells.size(); ++at) {
    const auto from = static_cast<std::uint32_t>(mesh.cells[at]);
    if (D == 2) {
      all.push_back({from, at % 2 ? 1 : -1});
    } else {
      const auto to = static_cast<std::uint32_t>(mesh.cells[at - at % D + (at % D + 1) % D]);
      all.push_back({std::uint64_t{std::min(from, to)} << 32 | std::max(from, to), from < to ? 1 : -1});
    }
  }
  std::sort(all.begin(), all.end(), [](const Ridge& a, const Ridge& b) { return a.key < b.key; });
  return all;
}

/// Enclosed area or volume, from the first point, so that far-off meshes lose no digits.
double enclosed(const Mesh& mesh) {
  double sum = 0;
  const auto D = static_cast<std::size_t>(mesh.dim);
  for (std::size_t at = 0; at < mesh.cells.size(); at += D) {
    double e[3][3] = {};
    for (std::size_t i = 0; i < D; ++i)
      for (std::size_t k = 0; k < D; ++k) e[i][k] = mesh.points[static_cast<std::size_t>(mesh.cells[at + i]) * D + k] - mesh.points[k];
    sum += D == 2 ? (e[0][0] * e[1][1] - e[0][1] * e[1][0]) / 2
                  : (e[0][0] * (e[1][1] * e[2][2] - e[1][2] * e[2][1]) - e[0][1] * (e[1][0] * e[2][2] - e[1][2] * e[2][0]) +
                     e[0][2] * (e[1][0] * e[2][1] - e[1][1] * e[2][0])) /
                        6;
  }
  return sum;
}

}  // namespace

MeshCheck checkMesh(const Mesh& mesh) {
  MeshCheck check;
  if (mesh.dim != 2 && mesh.dim != 3) return check;
  const auto all = ridges(mesh);
  for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
    int balance = 0;
    for (; to < all.size() && all[to].key == all[from].key; ++to) balance += all[to].way;
    check.closed = check.closed && balance == 0;
    check.nonManifold += to - from > 2;
  }
  Groups groups(static_cast<std::size_t>(mesh.pointCount()));
  std::vector<std::uint8_t> used(static_cast<std::size_t>(mesh.pointCount()));
  for (std::size_t at = 0; at < mesh.cells.size(); ++at) {
    used[static_cast<std::size_t>(mesh.cells[at])] = 1;
    groups.join(mesh.cells[at], mesh.cells[at - at % static_cast<std::size_t>(mesh.dim)]);
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    check.isolated += !used[i];
    check.components += used[i] && groups.of(static_cast<std::int32_t>(i)) == static_cast<std::int32_t>(i);
  }
  check.measure = enclosed(mesh);
  return check;
}

}  // namespace inflaton
