// Boundaries of solids that touch themselves, and what is said of meshes.
#include "core/geometry/alpha_shape.h"
#include "core/geometry/solid_boundary.h"
#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;

namespace {

/// The simplices whose middle `in` holds.
template <class F>
Mesh boundaryWhere(const Delaunay& t, F&& in) {
  std::vector<std::uint8_t> solid;
  for (std::int64_t c = 0; c < t.size(); ++c) {
    double m[3] = {};
    for (int i = 0; i <= t.dim; ++i)
      for (int k = 0; k < t.dim; ++k) m[k] += t.point(t.simplex(c)[i])[k] / (t.dim + 1);
    solid.push_back(in(m[0], m[1], m[2]));
  }
  return solidBoundary(t, solid);
}

}  // namespace

TEST(SolidBoundary, PartsSquaresThatTouchInACorner) {
  const Mesh mesh = boundaryWhere(delaunay(lattice(3, 2), 2), [](double x, double y, double) { return (x < 1) == (y < 1); });
  const auto check = checkMesh(mesh);
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(check.components, 2);
  EXPECT_EQ(check.nonManifold, 0);
  EXPECT_EQ(mesh.pointCount(), 8) << "the shared corner twice";
  EXPECT_DOUBLE_EQ(check.measure, 2);
}

TEST(SolidBoundary, PartsTheSheetsOfCubesThatTouchInACornerOrAnEdge) {
  const Delaunay t = delaunay(lattice(3, 3), 3);
  // Lattices have no unique triangulation across cubes, but each simplex lies in one: Delaunay spheres of a lattice hold one cube.
  const auto corner =
      checkMesh(boundaryWhere(t, [](double x, double y, double z) { return (x < 1 && y < 1 && z < 1) || (x > 1 && y > 1 && z > 1); }));
  EXPECT_TRUE(corner.closed);
  EXPECT_EQ(corner.components, 2);
  EXPECT_EQ(corner.nonManifold, 0);
  EXPECT_NEAR(corner.measure, 2, 1e-12);
  const auto edge = checkMesh(boundaryWhere(t, [](double x, double y, double z) { return z < 1 && (x < 1) == (y < 1); }));
  EXPECT_TRUE(edge.closed);
  EXPECT_EQ(edge.components, 2) << "split along the whole edge";
  EXPECT_EQ(edge.nonManifold, 0);
  EXPECT_NEAR(edge.measure, 2, 1e-12);
}

TEST(SolidBoundary, TellsOfEdgesThatCannotBeParted) {
  // Two of the lower cubes touch in an edge; the upper layer joins them above it: at that end the sheets are one.
  const auto check = checkMesh(boundaryWhere(
      delaunay(lattice(4, 3), 3), [](double x, double y, double z) { return x < 2 && y < 2 && (z < 1 || z > 2 || (x < 1) == (y < 1)); }));
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(check.components, 1);
  EXPECT_EQ(check.nonManifold, 1) << "the edge, whose both ends are whole";
  EXPECT_NEAR(check.measure, 4 + 4 + 2, 1e-12);
}

TEST(SolidBoundary, OfACavityFacesIntoIt) {
  const Mesh mesh = boundaryWhere(delaunay(lattice(4, 3), 3),
                                  [](double x, double y, double z) { return !(x > 1 && x < 2 && y > 1 && y < 2 && z > 1 && z < 2); });
  const auto check = checkMesh(mesh);
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(check.components, 2);
  EXPECT_NEAR(check.measure, 26, 1e-12);
}

TEST(CheckMesh, FindsHolesWrongTurnsAndLoosePoints) {
  Mesh mesh{3, {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9}, {0, 2, 1, 0, 1, 3, 1, 2, 3, 0, 3, 2}};
  auto check = checkMesh(mesh);
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(check.isolated, 1);
  EXPECT_EQ(check.components, 1);
  EXPECT_DOUBLE_EQ(check.measure, 1.0 / 6);
  std::swap(mesh.cells[0], mesh.cells[1]);
  EXPECT_FALSE(checkMesh(mesh).closed) << "one triangle inside out";
  std::swap(mesh.cells[0], mesh.cells[1]);
  mesh.cells.resize(9);
  EXPECT_FALSE(checkMesh(mesh).closed) << "one missing";
  Mesh clockwise{2, {0, 0, 0, 1, 1, 0}, {0, 1, 1, 2, 2, 0}};
  EXPECT_DOUBLE_EQ(checkMesh(clockwise).measure, -0.5);
  Mesh eight{2, {0, 0, 1, 1, 1, -1, -1, 1, -1, -1}, {0, 2, 2, 1, 1, 0, 0, 3, 3, 4, 4, 0}};
  EXPECT_EQ(checkMesh(eight).nonManifold, 1);
  EXPECT_TRUE(checkMesh(eight).closed);
  EXPECT_TRUE(checkMesh(Mesh{}).closed);
}
