#include <limits>

#include "core/geometry/advected.h"
#include "core/geometry/alpha_shape.h"
#include "core/geometry/winding.h"
#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

/// By the angles under which the cells are seen: no shared code, no shared idea.
double bruteForce(const Mesh& mesh, const double* q) {
  double sum = 0;
  const auto D = static_cast<std::size_t>(mesh.dim);
  for (std::size_t c = 0; c < mesh.cells.size(); c += D) {
    double r[3][3] = {}, n[3];
    for (std::size_t i = 0; i < D; ++i) {
      for (std::size_t k = 0; k < D; ++k) r[i][k] = mesh.points[static_cast<std::size_t>(mesh.cells[c + i]) * D + k] - q[k];
      n[i] = std::hypot(r[i][0], r[i][1], r[i][2]);
    }
    const auto dot = [&](int i, int j) { return r[i][0] * r[j][0] + r[i][1] * r[j][1] + r[i][2] * r[j][2]; };
    if (D == 2) {
      sum += std::atan2(r[0][0] * r[1][1] - r[0][1] * r[1][0], dot(0, 1)) / (2 * std::numbers::pi);
    } else {
      const double volume = r[0][0] * (r[1][1] * r[2][2] - r[1][2] * r[2][1]) - r[0][1] * (r[1][0] * r[2][2] - r[1][2] * r[2][0]) +
                            r[0][2] * (r[1][0] * r[2][1] - r[1][1] * r[2][0]);
      sum += std::atan2(volume, n[0] * n[1] * n[2] + dot(0, 1) * n[2] + dot(1, 2) * n[0] + dot(2, 0) * n[1]) / (2 * std::numbers::pi);
    }
  }
  return sum;
}

Mesh together(Mesh a, const Mesh& b) {
  const auto offset = static_cast<std::int32_t>(a.pointCount());
  a.points = a.points + b.points;
  for (const auto v : b.cells) a.cells.push_back(v + offset);
  return a;
}
Mesh insideOut(Mesh mesh) {
  for (std::size_t c = 0; c < mesh.cells.size(); c += static_cast<std::size_t>(mesh.dim)) std::swap(mesh.cells[c], mesh.cells[c + 1]);
  return mesh;
}
Mesh ball(int dim, double radius, std::int64_t n = 200) { return shell(dim, n, radius, Points(static_cast<std::size_t>(dim), 1.0)); }

/// A banana: concave, and no ray but meets it often.
Mesh bent(int dim) {
  Mesh mesh = ball(dim, 1, 500);
  for (std::size_t i = 0; i < mesh.points.size(); i += static_cast<std::size_t>(dim)) {
    double* p = mesh.points.data() + i;
    p[0] *= 2, p[1] = 0.3 * p[1] + 0.6 * std::sin(3 * p[0]);
    if (dim == 3) p[2] += 0.5 * std::cos(2 * p[0]);
  }
  return mesh;
}

void compareWithAngles(const Mesh& mesh, const Points& queries) {
  const auto numbers = windingNumbers(mesh, queries);
  const auto D = static_cast<std::size_t>(mesh.dim);
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_NEAR(numbers[i], bruteForce(mesh, queries.data() + i * D), 1e-6) << i;
}

}  // namespace

TEST(Winding, OfConcaveAndNestedMeshesAgreesWithTheAnglesTheySpan) {
  for (const int dim : {2, 3}) {
    const Points queries = uniforms(1500, dim, -2.2, 2.2);
    compareWithAngles(bent(dim), queries);
    compareWithAngles(together(ball(dim, 2), insideOut(ball(dim, 1))), queries);  // a hollow
    compareWithAngles(together(ball(dim, 2), ball(dim, 1)), queries);             // wound about twice
    compareWithAngles(insideOut(bent(dim)), queries);
    MeshCheck check;
    compareWithAngles(AlphaShape(normals(200, dim), dim).boundary(0.6, &check), queries);
    EXPECT_TRUE(check.closed);
  }
}

TEST(Winding, OfNestedShellsIsTheirDepth) {
  for (const int dim : {2, 3}) {
    const Mesh nested = together(together(ball(dim, 3), ball(dim, 2)), insideOut(ball(dim, 1)));
    Points along;
    for (const double x : {0.5, 1.5, 2.5, 3.5}) {
      along.push_back(x);
      along.insert(along.end(), static_cast<std::size_t>(dim - 1), 0.0);
    }
    EXPECT_THAT(windingNumbers(nested, along), ElementsAre(1, 2, 1, 0));
    EXPECT_THAT(insideMesh(insideOut(ball(dim, 1)), along), Each(0)) << "turned inside out";
  }
}

TEST(Winding, IsExactForRaysThroughPointsAndEdges) {
  // Queries on the lattice of the mesh's own points: every ray meets points, edges, and faces that it runs along.
  MeshCheck check;
  for (const int dim : {2, 3}) {
    const AlphaShape shape(lattice(4, dim), dim);
    const Mesh cube = shape.boundary(2, &check);
    ASSERT_TRUE(check.closed);
    Points queries = moved(lattice(11, dim, 0.5), dim, Points(static_cast<std::size_t>(dim), -1.0));
    const auto numbers = windingNumbers(cube, queries);
    const auto closed = shape.inside(queries, 2);
    std::int64_t strictly = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      double off = 0;  // from the middle, by the largest coordinate: 1.5 is the surface
      for (int k = 0; k < dim; ++k)
        off = std::max(off, std::abs(queries[i * static_cast<std::size_t>(dim) + static_cast<std::size_t>(k)] - 1.5));
      if (off < 1.5) {
        EXPECT_EQ(numbers[i], 1);
      }
      if (off > 1.5) {
        EXPECT_EQ(numbers[i], 0);
      }
      if (off == 1.5) {
        EXPECT_TRUE(numbers[i] == 0 || numbers[i] == 1);
      }
      EXPECT_EQ(closed[i] != 0, off <= 1.5);
      strictly += off < 1.5;
    }
    EXPECT_EQ(strictly, dim == 2 ? 25 : 125);
  }
}

TEST(Winding, AgreesWithTheAlphaShapeItIsTheBoundaryOf) {
  for (const int dim : {2, 3}) {
    const AlphaShape shape(normals(300, dim, 2), dim);
    const Points queries = normals(20000, dim, 3);
    for (const double limit : {0.3, 0.6, 2.0})
      EXPECT_EQ(insideMesh(shape.boundary(limit), queries, 2), shape.inside(queries, limit, 2)) << dim << " " << limit;
  }
}

TEST(Winding, OfASurfaceWithAHoleIsTheGeneralisedNumber) {
  Mesh mesh = together(bent(3), ball(3, 0.2, 1000));
  mesh.cells.resize(mesh.cells.size() - 90);  // thirty triangles away
  ASSERT_FALSE(checkMesh(mesh).closed);
  const Points queries = uniforms(3000, 3, -2.5, 2.5) + normals(500, 3) + mesh.points;
  const auto numbers = windingNumbers(mesh, queries, 2);
  double worst = 0;
  for (std::size_t i = 0; i < 3500; ++i) worst = std::max(worst, std::abs(numbers[i] - bruteForce(mesh, queries.data() + 3 * i)));
  EXPECT_LT(worst, 1e-2);
  for (std::size_t i = 3500; i < numbers.size(); ++i) EXPECT_TRUE(std::isfinite(numbers[i])) << "at a point of the mesh";
  EXPECT_THAT(errorOf(
                  [] {
                    windingNumbers(Mesh{2, {0, 0, 1, 0, 0, 1}, {0, 1, 1, 2}}, Points{0.1, 0.1});
                  },
                  ErrorCode::usage),
              HasSubstr("not closed"));
}

TEST(Winding, IsTheSameForAnyNumberOfThreads) {
  for (const int dim : {2, 3}) {
    const Mesh mesh = bent(dim);
    const Points queries = normals(70000, dim);
    EXPECT_EQ(windingNumbers(mesh, queries, 1), windingNumbers(mesh, queries, 2));
    EXPECT_EQ(insideMesh(mesh, queries, 1), insideMesh(mesh, queries, 5));
  }
}

TEST(Winding, OfNothingAndAboutNoNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_THAT(windingNumbers(ball(2, 1), Points{nan, 0, 0, nan, inf, 0, -inf, 0, 0, 0}), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(windingNumbers(ball(3, 1), Points{nan, 0, 0, 0, nan, 0, 0, 0, nan, 0, 0, -inf, 0, 0, 0}), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(windingNumbers(Mesh{3, {}, {}}, Points{0, 0, 0}), ElementsAre(0));
  EXPECT_THAT(windingNumbers(Mesh{2, {}, {}}, Points{0, 0}), ElementsAre(0));
  EXPECT_THAT(errorOf([] { windingNumbers(Mesh{}, Points{0, 0}); }, ErrorCode::usage), HasSubstr("dimension 0"));
  EXPECT_THAT(errorOf([] { windingNumbers(ball(3, 1), Points{0, 0}); }, ErrorCode::usage), HasSubstr("no whole number"));
}
