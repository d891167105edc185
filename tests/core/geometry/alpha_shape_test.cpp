#include "core/geometry/alpha_shape.h"

#include <limits>

#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

constexpr double kHull = std::numeric_limits<double>::infinity();

/// A square of 21 x 21 points, without those within the middle 9 x 9.
Points ring() {
  Points p;
  for (int i = 0; i <= 20; ++i)
    for (int j = 0; j <= 20; ++j)
      if (std::abs(i - 10) > 4 || std::abs(j - 10) > 4) p.insert(p.end(), {i * 1.0, j * 1.0});
  return p;
}

}  // namespace

TEST(AlphaShape, OfASquareHasItsAreaAndHoldsItsEdges) {
  const AlphaShape square(Points{0, 0, 1, 0, 1, 1, 0, 1}, 2);
  MeshCheck check;
  const Mesh mesh = square.boundary(1, &check);
  EXPECT_DOUBLE_EQ(check.measure, 1);
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(mesh.cellCount(), 4);
  EXPECT_EQ(check.components, 1);
  // Corners, a side's middle, the diagonal, a place inside; outside by the least there is.
  const Points at{0, 0, 1, 1, 0.5, 0, 0.5, 0.5, 0.25, 0.5, 0.5, std::nextafter(1.0, 2.0), -1e-300, 0.5, 2, 2};
  EXPECT_THAT(square.inside(at, 1), ElementsAre(1, 1, 1, 1, 1, 0, 0, 0));
}

TEST(AlphaShape, CountsWhereTheCircumradiusIsBelowTheLimit) {
  const AlphaShape triangle(Points{0, 0, 3, 0, 0, 4}, 2);  // circumradius 2.5
  const Points middle{1, 1};
  EXPECT_THAT(triangle.spectrum(), ElementsAre(2.5));
  EXPECT_THAT(triangle.inside(middle, 2.5), ElementsAre(0)) << "below, not up to";
  EXPECT_THAT(triangle.inside(middle, std::nextafter(2.5, 3)), ElementsAre(1));
  EXPECT_TRUE(triangle.boundary(2.5).cells.empty());
}

TEST(AlphaShape, APointOnAFacetIsInsideWhenAnySimplexThereIs) {
  // A small triangle and a large one share the side from (0,0) to (0,1).
  const AlphaShape shape(Points{0, 0, 0, 1, -0.5, 0.5, 8, 0.4}, 2);
  EXPECT_THAT(shape.inside(Points{0, 0.5, 0, 0, 0, 1, 0.5, 0.5, -0.1, 0.5}, 1), ElementsAre(1, 1, 1, 0, 1));
  // The same in space: a face that a small and a large tetrahedron share, its edges and corners.
  const AlphaShape solid(Points{0, 0, 0, 0, 1, 0, 0, 0, 1, -0.6, 0.3, 0.3, 9, 0.3, 0.3}, 3);
  EXPECT_THAT(solid.inside(Points{0, 0.25, 0.25, 0, 0.5, 0.5, 0, 0, 0.5, 0, 0, 0, 0.01, 0.3, 0.3, -0.01, 0.3, 0.3}, 1.5),
              ElementsAre(1, 1, 1, 1, 0, 1));
}

TEST(AlphaShape, KeepsAHoleThatIsWiderThanTheLimit) {
  const AlphaShape shape(ring(), 2);
  MeshCheck check;
  const Mesh mesh = shape.boundary(1, &check);
  EXPECT_DOUBLE_EQ(check.measure, 400 - 98) << "but for its corners, which are as close as the lattice";
  EXPECT_TRUE(check.closed);
  EXPECT_EQ(check.components, 2) << "outside and hole";
  EXPECT_EQ(check.nonManifold, 0);
  EXPECT_EQ(check.isolated, 0);
  EXPECT_EQ(mesh.cellCount(), 80 + 36);
  EXPECT_THAT(shape.inside(Points{10, 10, 5.5, 10, 4.5, 10}, 1), ElementsAre(0, 0, 1));
  EXPECT_THAT(shape.inside(Points{10, 10}, 20), ElementsAre(1));
  EXPECT_NEAR(shape.autoCircumradius(), std::sqrt(0.5), 1e-4);
}

TEST(AlphaShape, AutomaticLimitJoinsClusters) {
  const Points two = lattice(5, 2, 0.5) + moved(lattice(5, 2, 0.5), 2, {6, 0.1});
  const AlphaShape shape(two, 2);
  MeshCheck check;
  shape.boundary(1, &check);
  EXPECT_EQ(check.components, 2);
  EXPECT_DOUBLE_EQ(check.measure, 8);
  const double limit = shape.autoCircumradius();
  EXPECT_GT(limit, 1.9);
  shape.boundary(limit, &check);
  EXPECT_EQ(check.components, 1);
  EXPECT_EQ(check.isolated, 0);
  EXPECT_TRUE(check.closed);
  shape.boundary(limit * (1 - 1e-4), &check);
  EXPECT_EQ(check.components, 2) << "no smaller limit does";
}

TEST(AlphaShape, AutomaticLimitLeavesNoPointOut) {
  const AlphaShape shape(lattice(4, 2) + Points{1.5, 7}, 2);
  MeshCheck check;
  shape.boundary(1, &check);
  EXPECT_EQ(check.isolated, 1);
  shape.boundary(shape.autoCircumradius(), &check);
  EXPECT_EQ(check.isolated, 0);
  EXPECT_EQ(check.components, 1);
}

TEST(AlphaShape, AutomaticLimitOfASphereIsItsRadius) {
  for (const int dim : {2, 3}) {
    const AlphaShape shape(sphere(200, dim, 1.5), dim);
    EXPECT_NEAR(shape.autoCircumradius(), 1.5, 1e-4);
    const Points queries = normals(2000, dim);
    EXPECT_EQ(total(shape.inside(queries, shape.autoCircumradius())), total(shape.inside(queries, 100)))
        << "no holes from rounding, dim " << dim;
  }
}

TEST(AlphaShape, EnclosesWhatABallDoesTheMorePointsThereAre) {
  double before = 1;
  for (const std::int64_t n : {100, 1000, 10000}) {
    MeshCheck check;
    AlphaShape(sphere(n, 3, 2), 3).boundary(10, &check);
    const double missing = 1 - check.measure / (4.0 / 3 * std::numbers::pi * 8);
    EXPECT_GT(missing, 0);
    EXPECT_LT(missing, before / 5) << n;
    EXPECT_TRUE(check.closed);
    EXPECT_EQ(check.components, 1);
    before = missing;
  }
  MeshCheck check;
  AlphaShape(sphere(2000, 2, 2), 2).boundary(10, &check);
  EXPECT_NEAR(check.measure, 4 * std::numbers::pi, 1e-3);
}

TEST(AlphaShape, IsTheSameForAnyNumberOfThreadsAndAnyOrderOfPoints) {
  for (const int dim : {2, 3}) {
    const Points points = normals(400, dim, 3), queries = normals(70000, dim, 4);
    Points backwards;
    for (std::size_t i = points.size(); i > 0; i -= static_cast<std::size_t>(dim))
      backwards.insert(backwards.end(), points.begin() + static_cast<std::ptrdiff_t>(i) - dim,
                       points.begin() + static_cast<std::ptrdiff_t>(i));
    const AlphaShape shape(points, dim), other(backwards, dim);
    const auto one = shape.inside(queries, 0.4, 1);
    EXPECT_EQ(one, shape.inside(queries, 0.4, 2));
    EXPECT_EQ(one, shape.inside(queries, 0.4, 7));
    EXPECT_EQ(one, other.inside(queries, 0.4));
    EXPECT_EQ(shape.boundary(0.4).points, other.boundary(0.4).points);
    EXPECT_EQ(shape.boundary(0.4).cells, other.boundary(0.4).cells);
    EXPECT_EQ(shape.spectrum(), other.spectrum());
  }
}

TEST(AlphaShape, TakesCoincidentPointsOnceAndQueriesThatAreNotNumbersAsOutside) {
  const AlphaShape shape(Points{0, 0, 1, 0, 0, 1, 1, 0, -0.0, 0.0}, 2);
  EXPECT_EQ(shape.duplicates(), 2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(shape.inside(Points{nan, 0.1, 0.1, nan, -kHull, 0, 0.1, 0.1}, 2), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(shape.inside(Points{}, 2), ElementsAre());
}

TEST(AlphaShape, WorksAtAnyScale) {
  for (const double scale : {1e-120, 1e-30, 1.0, 1e30, 1e120}) {
    Points points = sphere(60, 3, 1), queries = uniforms(300, 3, -1, 1);
    const auto expected = AlphaShape(points, 3).inside(queries, 3);
    for (auto& x : points) x *= scale;
    for (auto& x : queries) x *= scale;
    const AlphaShape shape(points, 3);
    EXPECT_EQ(shape.inside(queries, 3 * scale), expected) << scale;
    EXPECT_NEAR(shape.autoCircumradius() / scale, 1, 1e-3) << scale;
  }
  // Far from the origin, where coordinates have few digits left.
  const Points far = moved(lattice(6, 3), 3, {1e9, -1e9, 1e9});
  EXPECT_NEAR(AlphaShape(far, 3).spectrum().back(), std::sqrt(0.75), 1e-6);
}

TEST(AlphaShape, RefusesWhatEnclosesNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(errorOf([] { AlphaShape(Points{}, 2); }), HasSubstr("needs at least 3 distinct points; there are 0 points"));
  EXPECT_THAT(errorOf([] {
                AlphaShape(Points{0, 0, 0, 1, 0, 0, 0, 1, 0}, 3);
              }),
              HasSubstr("needs at least 4 distinct points; there are 3 points"));
  EXPECT_THAT(errorOf([] {
                AlphaShape(Points{1, 2, 1, 2, 1, 2, 1, 2}, 2);
              }),
              HasSubstr("there are 1 distinct points (3 more coincide with them)"));
  EXPECT_THAT(errorOf([] { AlphaShape(Points{0, 0, 1, 1, 2, 2, 5, 5}, 2); }), HasSubstr("the 4 points lie on one line"));
  EXPECT_THAT(errorOf([] {
                AlphaShape(Points{0, 0, 0.1, 0.03, 0.2, 0.06, 0.7, 0.21}, 2);
              }),
              HasSubstr("lie on one line"))
      << "but for rounding";
  EXPECT_THAT(errorOf([] { AlphaShape(Points{0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 3, 4, 1, 9, 8, 1}, 3); }), HasSubstr("lie on one plane"));
  EXPECT_THAT(errorOf([&] {
                AlphaShape(Points{0, 0, 1, 0, 0, nan, 1, 1}, 2);
              }),
              HasSubstr("point 2 (of 4) has a coordinate that is not finite (axis 1)"));
  EXPECT_THAT(errorOf([] { AlphaShape(Points{0, 0, 1, 0, 0, 1, -kHull, 1}, 2); }), HasSubstr("point 3 (of 4)"));
  EXPECT_THAT(errorOf([] { AlphaShape(Points{0, 0, 1}, 2); }, ErrorCode::usage), HasSubstr("no whole number of points"));
  EXPECT_THAT(errorOf([] { AlphaShape(Points{0, 0, 1, 1}, 4); }, ErrorCode::usage), HasSubstr("allowed: 2, 3"));
}
