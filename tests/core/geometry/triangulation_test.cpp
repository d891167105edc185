// The parts below the alpha shape: location against a search of all simplices, circumradii of slivers.
#include <limits>
#include <set>

#include "core/geometry/circumradius.h"
#include "core/geometry/exact_sign.h"
#include "core/geometry/locator.h"
#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;

namespace {

/// All closed simplices that hold a point, by exact signs alone.
template <int D>
std::set<std::int32_t> holding(const Delaunay& t, const double* q) {
  std::set<std::int32_t> found;
  for (std::int32_t c = 0; c < t.size(); ++c) {
    bool in = true;
    for (int i = 0; in && i <= D; ++i) {
      const double* p[D + 1];
      for (int k = 0; k <= D; ++k) p[k] = k == i ? q : t.point(t.simplex(c)[k]);
      if constexpr (D == 2)
        in = exactTurn(p[0], p[1], p[2]) >= 0;
      else
        in = exactSide(p[0], p[1], p[2], p[3]) >= 0;
    }
    if (in) found.insert(c);
  }
  return found;
}

template <int D>
void compareWithSearch(const Points& points, const Points& queries) {
  const Delaunay t = delaunay(points, D);
  for (const std::int64_t expected : {1, 100000}) {  // with a coarse grid and a fine one
    const Locator<D> locator(t, expected);
    for (std::size_t i = 0; i < queries.size(); i += D) {
      const auto place = locator.locate(queries.data() + i);
      const auto all = holding<D>(t, queries.data() + i);
      ASSERT_EQ(place.simplex < 0, all.empty()) << i / D;
      if (all.empty()) continue;
      ASSERT_TRUE(all.count(place.simplex)) << i / D;
      if (all.size() > 1) {
        ASSERT_NE(place.facets, 0u) << i / D;
      }
      std::vector<std::int32_t> sharing;
      locator.sharing(queries.data() + i, place, sharing);
      ASSERT_EQ(std::set<std::int32_t>(sharing.begin(), sharing.end()), all) << i / D;
    }
  }
}

}  // namespace

TEST(Locator, FindsWhatASearchFinds) {
  compareWithSearch<2>(normals(120, 2), normals(500, 2, 9));
  compareWithSearch<3>(normals(120, 3), normals(500, 3, 9));
  compareWithSearch<2>(sphere(100, 2, 1), uniforms(500, 2, -1, 1));
  compareWithSearch<3>(sphere(100, 3, 1), uniforms(500, 3, -1, 1));
}

TEST(Locator, FindsAllSimplicesAtPointsOnTheirFacets) {
  // Corners, edges and faces of a lattice: every query lies on something.
  compareWithSearch<2>(lattice(5, 2), lattice(9, 2, 0.5));
  compareWithSearch<3>(lattice(4, 3), lattice(7, 3, 0.5));
  compareWithSearch<2>(normals(60, 2), normals(60, 2));
  compareWithSearch<3>(sphere(60, 3, 1), sphere(60, 3, 1));
}

TEST(Locator, FindsThemInVeryFlatTriangulations) {
  Points points = normals(100, 3), queries = normals(300, 3, 5);
  for (std::size_t i = 2; i < points.size(); i += 3) points[i] *= 1e-7;
  for (std::size_t i = 2; i < queries.size(); i += 3) queries[i] *= 1e-7;
  compareWithSearch<3>(points, queries);
}

TEST(Circumradius, OfRegularSimplices) {
  EXPECT_DOUBLE_EQ(circumradii(delaunay(Points{0, 0, 1, 0, 0.5, std::sqrt(0.75)}, 2))[0], 1 / std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(circumradii(delaunay(Points{1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1}, 3))[0], std::sqrt(3.0));
}

TEST(Circumradius, OfNeedlesAndSliversIsRightOrInfinite) {
  // Three points of a very large circle: radius (1 + h^2) / 2h, all of whose digits rounding in double would spoil further on.
  for (const double h : {1e-3, 1e-6, 1e-9}) {
    Delaunay t = delaunay(Points{-1, 0, 1, 0, 0, h}, 2);
    EXPECT_NEAR(circumradii(t)[0] / ((1 + h * h) / (2 * h)), 1, 1e-14) << h;
  }
  // The same far from the origin, with coordinates that are exact there.
  const double h = std::exp2(-20);
  EXPECT_NEAR(circumradii(delaunay(Points{1023, 4096, 1025, 4096, 1024, 4096 + h}, 2))[0] / ((1 + h * h) / (2 * h)), 1, 1e-14);
  // Four points almost on one circle, almost in one plane: the sphere through them is about as large as the circle.
  Delaunay sliver;
  sliver.dim = 3;
  const double e = 1e-12;
  sliver.points = {1, 0, e, -1, 0, e, 0, 1, -e, 0, -1, -e};
  sliver.vertices = {0, 1, 2, 3}, sliver.neighbours = {-1, -1, -1, -1};
  EXPECT_NEAR(circumradii(sliver)[0], std::sqrt(1 + e * e), 1e-9);
  // No volume at all.
  sliver.points = {1, 0, 0, -1, 0, 0, 0, 1, 0, 0, 0.5, 0};
  EXPECT_EQ(circumradii(sliver)[0], std::numeric_limits<double>::infinity());
}
