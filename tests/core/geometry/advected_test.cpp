#include "core/geometry/advected.h"

#include <limits>
#include <memory>

#include "core/geometry/alpha_shape.h"
#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::HasSubstr;

namespace {

/// A matrix for each dimension, of positive determinant, and a shift.
struct Affine {
  int dim;
  Points matrix, shift;
  explicit Affine(int d)
      : dim(d),
        matrix(d == 2 ? Points{1.5, 0.7, -0.4, 0.6} : Points{1.5, 0.7, 0.2, -0.4, 0.6, 0.1, 0.3, -0.2, 0.9}),
        shift(d == 2 ? Points{2, -1} : Points{2, -1, 0.5}) {}
  Points operator()(std::span<const double> p) const {
    Points r(p.size());
    const auto D = static_cast<std::size_t>(dim);
    for (std::size_t i = 0; i < p.size(); i += D)
      for (std::size_t j = 0; j < D; ++j) {
        r[i + j] = shift[j];
        for (std::size_t k = 0; k < D; ++k) r[i + j] += matrix[j * D + k] * p[i + k];
      }
    return r;
  }
  double determinant() const {
    const auto& m = matrix;
    return dim == 2 ? m[0] * m[3] - m[1] * m[2]
                    : m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
  }
};

double mahalanobis(const double* p, const Points& sd) {
  double square = 0;
  for (std::size_t k = 0; k < sd.size(); ++k) square += p[k] / sd[k] * p[k] / sd[k];
  return std::sqrt(square);
}

/// A flow that stretches much: one half-space is blown up, then bent.
Points stretched(std::span<const double> p, int dim) {
  Points r(p.begin(), p.end());
  for (std::size_t i = 0; i < r.size(); i += static_cast<std::size_t>(dim)) {
    r[i] = r[i] > 0 ? r[i] * (1 + 8 * r[i]) : r[i];
    r[i + 1] += 0.5 * std::sin(r[i]);
  }
  return r;
}

const PointMap kStill = [](std::span<const double> p) { return Points(p.begin(), p.end()); };

}  // namespace

TEST(Shell, IsAClosedOutwardMeshOnTheEllipsoid) {
  for (const int dim : {2, 3}) {
    const Points sd = dim == 2 ? Points{1, 0.1} : Points{1, 0.8, 0.05};
    for (const std::int64_t n : {4, 12, 13, 200, 1000}) {
      const Mesh mesh = shell(dim, n, 2.5, sd);
      EXPECT_GE(mesh.pointCount(), n);
      if (dim == 2) {
        EXPECT_EQ(mesh.pointCount(), n);
      }
      EXPECT_LE(mesh.pointCount(), n == 4 ? 12 : 2 * n + 20) << "not many more";
      const auto check = checkMesh(mesh);
      EXPECT_TRUE(check.closed);
      EXPECT_EQ(check.components, 1);
      EXPECT_EQ(check.nonManifold + check.isolated, 0);
      const double ball = dim == 2 ? std::numbers::pi * 2.5 * 2.5 * 0.1 : 4.0 / 3 * std::numbers::pi * std::pow(2.5, 3) * 0.04;
      EXPECT_LT(check.measure, ball);
      EXPECT_GT(check.measure, ball * (n >= 200 ? 0.97 : dim == 2 ? 0.6 : 0.5));
      for (std::size_t i = 0; i < mesh.points.size(); i += sd.size()) EXPECT_NEAR(mahalanobis(mesh.points.data() + i, sd), 2.5, 1e-12);
      if (dim == 3) {
        EXPECT_EQ(mesh.cellCount(), 2 * mesh.pointCount() - 4) << "Euler's formula";
      }
    }
  }
}

TEST(Shell, RefusesWhatIsNone) {
  const Points two{1, 1}, flat{1, 0};
  const auto refusal = [](int dim, std::int64_t n, double radius, const Points& sd) {
    return errorOf([&] { shell(dim, n, radius, sd); }, ErrorCode::usage);
  };
  EXPECT_THAT(refusal(4, 10, 1, two), HasSubstr("allowed: 2, 3"));
  EXPECT_THAT(refusal(2, 2, 1, two), HasSubstr("of 2 points cannot be made; allowed: 3 to"));
  EXPECT_THAT(refusal(2, 10, 0, two), HasSubstr("radius is 0"));
  EXPECT_THAT(refusal(2, 10, std::numeric_limits<double>::infinity(), two), HasSubstr("radius"));
  EXPECT_THAT(refusal(2, 10, 1, flat), HasSubstr("standard deviation 0"));
  EXPECT_THAT(refusal(3, 10, 1, two), HasSubstr("2 standard deviations"));
}

TEST(Advected, BoundaryOfAnAffineFlowIsItsEllipsoid) {
  for (const int dim : {2, 3}) {
    const Affine flow(dim);
    const Points sd = dim == 2 ? Points{1, 0.5} : Points{1, 0.8, 0.5};
    const auto D = static_cast<std::size_t>(dim);
    for (const double radius : {0.5, 2.0}) {
      RefineSettings fine;
      fine.longest = 0.02;
      const auto shape = advect(shell(dim, 200, radius, sd), radius, sd, flow, fine);
      EXPECT_TRUE(shape.complete);
      const auto check = checkMesh(shape.image);
      EXPECT_TRUE(check.closed);
      double measure = dim == 2 ? std::numbers::pi * radius * radius : 4.0 / 3 * std::numbers::pi * std::pow(radius, 3);
      for (const double s : sd) measure *= s;
      EXPECT_NEAR(check.measure / (measure * flow.determinant()), 1, 2e-3);
      // Points told apart by their latent radius, and by the image's boundary: the same but within the polyhedron's own distance of the
      // ellipsoid.
      Points latents = normals(4000, dim, 5);
      for (std::size_t i = 0; i < latents.size(); ++i) latents[i] *= sd[i % D];
      const auto in = insideMesh(shape.image, flow(latents), 2);
      std::int64_t inside = 0;
      for (std::size_t i = 0; i < in.size(); ++i) {
        const double r = mahalanobis(latents.data() + i * D, sd) / radius;
        if (std::abs(r - 1) > 3e-3) {
          EXPECT_EQ(in[i] != 0, r < 1) << r;
        }
        inside += r < 1;
      }
      EXPECT_NEAR(static_cast<double>(total(in)), static_cast<double>(inside), 12);
    }
  }
}

TEST(Advected, SplitsWhatStretchesAndStaysClosed) {
  for (const int dim : {2, 3}) {
    const Points sd(static_cast<std::size_t>(dim), 1.0);
    const Mesh source = shell(dim, 60, 2, sd);
    const auto shape = advect(source, 2, sd, [&](auto p) { return stretched(p, dim); });
    EXPECT_TRUE(shape.complete);
    EXPECT_GT(shape.added, 20);
    EXPECT_EQ(shape.source.cells, shape.image.cells);
    EXPECT_EQ(shape.source.pointCount(), source.pointCount() + shape.added);
    EXPECT_EQ(stretched(shape.source.points, dim), shape.image.points);
    for (const Mesh& mesh : {shape.source, shape.image}) {
      const auto check = checkMesh(mesh);
      EXPECT_TRUE(check.closed);
      EXPECT_EQ(check.components, 1);
      EXPECT_EQ(check.nonManifold + check.isolated, 0);
      EXPECT_GT(check.measure, 0);
    }
    for (std::size_t i = 0; i < shape.source.points.size(); i += sd.size())
      EXPECT_NEAR(mahalanobis(shape.source.points.data() + i, sd), 2, 1e-12);
    // No edge of the image is longer than was asked for.
    double low[3] = {1e9, 1e9, 1e9}, high[3] = {-1e9, -1e9, -1e9}, diagonal = 0, longest = 0;
    const auto D = sd.size();
    const auto& p = shape.image.points;
    for (std::size_t i = 0; i < p.size(); ++i) low[i % D] = std::min(low[i % D], p[i]), high[i % D] = std::max(high[i % D], p[i]);
    for (std::size_t k = 0; k < D; ++k) diagonal = std::hypot(diagonal, high[k] - low[k]);
    for (std::size_t c = 0; c < shape.image.cells.size(); c += D)
      for (std::size_t e = 0; e < D; ++e) {
        double length = 0;
        for (std::size_t k = 0; k < D; ++k)
          length = std::hypot(length, p[static_cast<std::size_t>(shape.image.cells[c + e]) * D + k] -
                                          p[static_cast<std::size_t>(shape.image.cells[c + (e + 1) % D]) * D + k]);
        longest = std::max(longest, length);
      }
    EXPECT_LE(longest, 0.05 * diagonal);
    // Points keep to the side on which they started, but for those next to the boundary; the closer the finer it is.
    const Points latents = normals(3000, dim, 6);
    const auto wrong = [&](const RefineSettings& settings, double margin) {
      const auto in = insideMesh(advect(
                                     source, 2, sd, [&](auto p) { return stretched(p, dim); }, settings)
                                     .image,
                                 stretched(latents, dim));
      std::int64_t count = 0;
      for (std::size_t i = 0; i < in.size(); ++i) {
        const double r = mahalanobis(latents.data() + i * D, sd) / 2;
        count += std::abs(r - 1) > margin && (in[i] != 0) != (r < 1);
      }
      return count;
    };
    EXPECT_EQ(wrong({}, 0.05), 0) << dim;
    EXPECT_EQ(wrong({0.02, 0.0004}, 0.015), 0) << dim;
  }
}

TEST(Advected, SplitsNothingWhereNothingIsTooLong) {
  const Points sd{1, 1};
  const auto shape = advect(shell(2, 200, 1, sd), 1, sd, kStill);
  EXPECT_EQ(shape.added, 0);
  EXPECT_TRUE(shape.complete);
}

TEST(Advected, CarriesEachPointOnceAndAllOfARoundAtOnce) {
  const Points sd{1, 1, 1};
  std::size_t carried = 0, calls = 0;
  const auto shape = advect(shell(3, 100, 1, sd), 1, sd, [&](std::span<const double> p) {
    carried += p.size() / 3, ++calls;
    return Points(p.begin(), p.end());
  });
  const auto edges = static_cast<std::size_t>(shape.image.cellCount()) * 3 / 2;
  EXPECT_EQ(carried, static_cast<std::size_t>(shape.image.pointCount()) + edges) << "points, and middles of the edges that are left";
  EXPECT_LE(calls, 5u);
}

TEST(Advected, StopsAtTheMostPointsAndSaysSo) {
  const Points sd{1, 1, 1};
  RefineSettings settings;
  settings.longest = 1e-3, settings.most = 500;
  auto shape = advect(shell(3, 100, 1, sd), 1, sd, kStill, settings);
  EXPECT_FALSE(shape.complete);
  EXPECT_EQ(shape.image.pointCount(), 500);
  EXPECT_TRUE(checkMesh(shape.image).closed);
  settings.most = 100000, settings.rounds = 1;
  shape = advect(shell(3, 100, 1, sd), 1, sd, kStill, settings);
  EXPECT_FALSE(shape.complete);
  EXPECT_LT(shape.image.pointCount(), 1000);
  EXPECT_TRUE(checkMesh(shape.image).closed);
}

TEST(Advected, NamesThePointThatAFlowBlowsUp) {
  const Points sd{1, 1};
  const auto refusal = [&](const PointMap& flow) { return errorOf([&] { advect(shell(2, 8, 2, sd), 2, sd, flow); }, ErrorCode::diverged); };
  EXPECT_THAT(refusal([](std::span<const double> p) {
                Points r(p.begin(), p.end());
                r[5] = std::numeric_limits<double>::quiet_NaN();
                return r;
              }),
              ::testing::AllOf(HasSubstr("radius 2 to"), HasSubstr("not finite: ("), HasSubstr(", 2)"), HasSubstr("Take more steps")));
  // Only the middles of edges, which come later.
  EXPECT_THAT(refusal([calls = std::make_shared<int>(0)](std::span<const double> p) {
                Points r(p.begin(), p.end());
                if (++*calls > 1) r[0] = std::numeric_limits<double>::infinity();
                return r;
              }),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf([&] { advect(shell(2, 8, 2, sd), 2, sd, [](std::span<const double>) {
                              return Points{1, 2};
                            }); }),
              HasSubstr("gave back 2 coordinates for 16"));
}

TEST(Advected, LeavesAFlowThatCollapsesAllAlone) {
  const Points sd{1, 1};
  const auto shape = advect(shell(2, 8, 2, sd), 2, sd, [](std::span<const double> p) { return Points(p.size(), 0.0); });
  EXPECT_EQ(shape.added, 0);
}
