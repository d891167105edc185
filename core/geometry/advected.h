#pragma once
// The image of a sphere under the flow, exactly: the flow is a homeomorphism, so the boundary of the image is the image of the boundary.
// Connectivity is carried along; where the image stretches, edges are split and the new points are carried by the flow too.
#include <functional>
#include <span>

#include "core/api/mesh.h"

namespace inflaton {

/// Closed polygon (dim 2, n points, counter-clockwise) or triangulated sphere (dim 3, an icosahedron with edges divided so that there are
/// at least n points, 10 k^2 + 2): points of Mahalanobis radius `radius` for axes of standard deviation `sd` [dim]. Throws Error(usage)
/// naming the value.
Mesh shell(int dim, std::int64_t n, double radius, std::span<const double> sd);

/// Carries points [m, dim] (scaled latent eigen-coordinates) to their images [m, dim]; called with as many at once as there are.
using PointMap = std::function<std::vector<double>(std::span<const double>)>;

struct RefineSettings {
  double longest = 0.05;      ///< no image edge is longer than this part of the image's bounding-box diagonal
  double bend = 0.004;        ///< nor is the image of an edge's middle farther from the edge's middle than this part of it
  std::int64_t most = 60000;  ///< points, over which refinement stops (and `complete` is false)
  int rounds = 12;
};
struct AdvectedShell {
  Mesh source, image;  ///< same cells
  std::int64_t added = 0;
  bool complete = true;
};
/// New points are put on the sphere they come from (radius and sd as in shell). Triangulations stay closed: neighbours are split together.
/// Throws Error(diverged) when an image is not finite.
AdvectedShell advect(const Mesh& source, double radius, std::span<const double> sd, const PointMap&, const RefineSettings& = {});

/// Winding number of an oriented mesh about each query [n, dim]: 1 inside, 0 outside, 0 for queries that are not finite. Closed meshes:
/// whole numbers, from the signed crossings of a ray, with exact predicates (a point on the mesh gets the number of one of its sides). A
/// surface with holes in it (dim 3): the generalised winding number (Jacobson et al. 2013), by a tree of dipoles (Barill et al. 2018),
/// within 1e-2 of it and exact near the surface. Error(usage) for a curve that is not closed. The same for any number of threads.
std::vector<double> windingNumbers(const Mesh&, std::span<const double> queries, int threads = 1);
/// 1 where the winding number is above one half.
std::vector<std::uint8_t> insideMesh(const Mesh&, std::span<const double> queries, int threads = 1);

}  // namespace inflaton
