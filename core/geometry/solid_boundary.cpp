#include "core/geometry/solid_boundary.h"

#include <algorithm>
#include <vector>

#include "core/geometry/groups.h"

namespace inflaton {
namespace {

struct Facet {
  std::int32_t simplex;
  int opposite;  ///< vertex, 0 .. D
};

int slotOf(const std::int32_t* list, int n, std::int32_t value) { return static_cast<int>(std::find(list, list + n, value) - list); }

/// The other boundary facet at the ridge of `f` without vertex `without`, on the far side of the solid between them: turns about the ridge
/// through solid simplices.
Facet partner(const Delaunay& t, std::span<const std::uint8_t> solid, Facet f, int without) {
  const int n = t.dim + 1;
  std::int32_t c = f.simplex;
  int in = f.opposite, out = without;
  for (;;) {
    const std::int32_t next = t.across(c)[out];
    if (next < 0 || !solid[static_cast<std::size_t>(next)]) return {c, out};
    const int back = slotOf(t.across(next), n, c), kept = slotOf(t.simplex(next), n, t.simplex(c)[in]);
    c = next, in = back, out = kept;
  }
}

}  // namespace

Mesh solidBoundary(const Delaunay& t, std::span<const std::uint8_t> solid) {
  // Outwards, corners of the facet opposite each vertex.
  static constexpr int kCorners[2][4][3] = {{{1, 2, -1}, {2, 0, -1}, {0, 1, -1}, {}}, {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}}};
  const int D = t.dim;
  const auto corner = [&](int opposite, int k) { return kCorners[D - 2][opposite][k]; };
  std::vector<Facet> facets;
  std::vector<std::int32_t> number(static_cast<std::size_t>(t.size()) * static_cast<std::size_t>(D + 1), -1);
  const auto numberOf = [&](Facet f) -> std::int32_t& { return number[static_cast<std::size_t>(f.simplex * (D + 1) + f.opposite)]; };
  for (std::int32_t c = 0; c < t.size(); ++c)
    for (int i = 0; solid[static_cast<std::size_t>(c)] && i <= D; ++i)
      if (t.across(c)[i] < 0 || !solid[static_cast<std::size_t>(t.across(c)[i])]) {
        numberOf({c, i}) = static_cast<std::int32_t>(facets.size());
        facets.push_back({c, i});
      }
  // Corners are one point where facets meet along the same stretch of solid; coincident points of different sheets stay apart.
  Groups corners(facets.size() * static_cast<std::size_t>(D));
  const auto name = [&](std::int32_t facet, std::int32_t vertex) {
    const Facet f = facets[static_cast<std::size_t>(facet)];
    int k = 0;
    while (t.simplex(f.simplex)[corner(f.opposite, k)] != vertex) ++k;
    return facet * D + k;
  };
  for (std::int32_t f = 0; f < static_cast<std::int32_t>(facets.size()); ++f) {
    const Facet facet = facets[static_cast<std::size_t>(f)];
    const auto* v = t.simplex(facet.simplex);
    for (int without = 0; without <= D; ++without) {
      if (without == facet.opposite) continue;
      const std::int32_t g = numberOf(partner(t, solid, facet, without));
      for (int i = 0; i <= D; ++i)
        if (i != without && i != facet.opposite) corners.join(name(f, v[i]), name(g, v[i]));
    }
  }
  Mesh mesh;
  mesh.dim = D;
  std::vector<std::int32_t> index(facets.size() * static_cast<std::size_t>(D), -1);
  for (std::size_t at = 0; at < index.size(); ++at) {
    const Facet f = facets[at / static_cast<std::size_t>(D)];
    std::int32_t& point = index[static_cast<std::size_t>(corners.of(static_cast<std::int32_t>(at)))];
    if (point < 0) {
      point = static_cast<std::int32_t>(mesh.pointCount());
      const double* p = t.point(t.simplex(f.simplex)[corner(f.opposite, static_cast<int>(at % static_cast<std::size_t>(D)))]);
      mesh.points.insert(mesh.points.end(), p, p + D);
    }
    mesh.cells.push_back(point);
  }
  return mesh;
}

}  // namespace inflaton
