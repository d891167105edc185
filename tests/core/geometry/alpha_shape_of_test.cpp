// What the alpha slider calls.
#include <limits>

#include "core/api/coverage.h"
#include "core/geometry/alpha_shape.h"
#include "tests/core/geometry/geometry_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::HasSubstr;

namespace {

AlphaShapeRequest request(int dim, double circumradius) {
  AlphaShapeRequest r;
  r.dim = dim, r.boundary = sphere(200, dim, 2), r.circumradius = circumradius;
  for (const double x : normals(2000, dim)) r.queries.push_back(static_cast<float>(x));
  return r;
}

JobError refusal(const AlphaShapeRequest& r, const JobContext& context = {}) {
  const auto shape = alphaShapeOf(r, context);
  EXPECT_FALSE(shape.has_value());
  return shape ? JobError{} : shape.error();
}

}  // namespace

TEST(AlphaShapeOf, CountsMeshesAndChecks) {
  for (const int dim : {2, 3}) {
    const auto r = request(dim, 50);
    const auto shell = alphaShapeOf(r, {});
    ASSERT_TRUE(shell) << shell.error().message;
    EXPECT_EQ(shell->circumradius, 50);
    EXPECT_EQ(shell->isInside.size(), 2000u);
    EXPECT_EQ(shell->inside, total(shell->isInside));
    EXPECT_EQ(shell->isInside, AlphaShape(r.boundary, dim).inside(Points(r.queries.begin(), r.queries.end()), 50));
    EXPECT_TRUE(shell->check.closed);
    EXPECT_GT(shell->check.measure, 0);
    EXPECT_GT(shell->mesh.cellCount(), 0);
    const auto automatic = alphaShapeOf(request(dim, 0), {});
    ASSERT_TRUE(automatic);
    EXPECT_NEAR(automatic->circumradius, 2, 1e-3);
    EXPECT_EQ(automatic->inside, shell->inside);
  }
}

TEST(AlphaShapeOf, SaysWhenAlphaIsTooSmallAndWhatWouldDo) {
  for (const int dim : {2, 3}) {
    auto r = request(dim, 0.5);
    r.boundary = uniforms(50, dim, -1, 1);
    r.circumradius = 1e-3;
    const auto error = refusal(r);
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_THAT(error.message,
                HasSubstr("alpha is too small: no simplex has a circumradius below 0.001, so the shape is empty; the smallest is 0."));
    const auto at = error.hint.find("circumradius of ");
    ASSERT_NE(at, std::string::npos) << error.hint;
    r.circumradius = std::stod(error.hint.substr(at + 16));
    EXPECT_TRUE(alphaShapeOf(r, {})) << "what the hint proposes works";
    r.circumradius *= 0.99;
    EXPECT_FALSE(alphaShapeOf(r, {})) << "and hardly less does";
  }
}

TEST(AlphaShapeOf, RefusesBadInputAndStopsWhenAsked) {
  auto r = request(2, 1);
  r.boundary[7] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(refusal(r).message, HasSubstr("point 3 (of 200)"));
  r = request(2, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(refusal(r).message, HasSubstr("circumradius is not a number"));
  r = request(3, 5);
  r.queries.pop_back();
  EXPECT_THAT(refusal(r).message, HasSubstr("no whole number of points"));
  r.dim = 5;
  EXPECT_THAT(refusal(r).message, HasSubstr("allowed: 2, 3"));
  std::stop_source source;
  source.request_stop();
  JobContext context;
  context.stop = source.get_token();
  EXPECT_TRUE(refusal(request(2, 5), context).cancelled());
}
