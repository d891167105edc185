// What is asked of points before they are triangulated, and the errors that say so.
#include "core/geometry/delaunay.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/api/error.h"

namespace inflaton {
namespace {

void requireFinite(std::span<const double> points, int dim) {
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!std::isfinite(points[i]))
      throw Error(ErrorCode::failed,
                  "point " + std::to_string(i / static_cast<std::size_t>(dim)) + " (of " +
                      std::to_string(points.size() / static_cast<std::size_t>(dim)) + ") has a coordinate that is not finite (axis " +
                      std::to_string(i % static_cast<std::size_t>(dim)) + "): no shape can be laid around it",
                  "Numbers that are not finite come from a flow that blew up: take more steps or a tighter tolerance.");
}

/// Sorted, without repetitions: the result hangs neither on the order nor on the library's handling of coincident points.
void takeDistinct(Delaunay& d, std::span<const double> points) {
  const auto D = static_cast<std::size_t>(d.dim);
  std::vector<std::size_t> order(points.size() / D);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto at = [&](std::size_t i) { return points.data() + i * D; };
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return std::lexicographical_compare(at(i), at(i) + D, at(j), at(j) + D); });
  const auto end = std::unique(order.begin(), order.end(), [&](auto i, auto j) { return std::equal(at(i), at(i) + D, at(j)); });
  d.duplicates = order.end() - end;
  order.erase(end, order.end());
  d.points.reserve(order.size() * D);
  for (const auto i : order)
    for (std::size_t k = 0; k < D; ++k) d.points.push_back(at(i)[k] + 0.0);  // -0 as 0
}

/// Volume of all simplices, of the box being 1: tells points that only rounding keeps off one line or plane.
double filled(const Delaunay& d) {
  double extent = 0, sum = 0;
  for (int k = 0; k < d.dim; ++k) {
    double low = d.point(0)[k], high = low;
    for (std::int32_t i = 0; i < d.pointCount(); ++i) low = std::min(low, d.point(i)[k]), high = std::max(high, d.point(i)[k]);
    extent = std::max(extent, high - low);
  }
  for (std::int64_t c = 0; c < d.size(); ++c) {
    const auto* v = d.simplex(c);
    double e[3][3] = {};
    for (int i = 0; i < d.dim; ++i)
      for (int k = 0; k < d.dim; ++k) e[i][k] = (d.point(v[i + 1])[k] - d.point(v[0])[k]) / extent;
    sum += std::abs(d.dim == 2 ? e[0][0] * e[1][1] - e[0][1] * e[1][0]
                               : e[0][0] * (e[1][1] * e[2][2] - e[1][2] * e[2][1]) - e[0][1] * (e[1][0] * e[2][2] - e[1][2] * e[2][0]) +
                                     e[0][2] * (e[1][0] * e[2][1] - e[1][1] * e[2][0]));
  }
  return sum;
}

}  // namespace

Delaunay delaunay(std::span<const double> points, int dim) {
  if (dim != 2 && dim != 3)
    throw Error(ErrorCode::usage, "a shape of dimension " + std::to_string(dim) + " cannot be laid around points; allowed: 2, 3");
  if (points.size() % static_cast<std::size_t>(dim) != 0)
    throw Error(ErrorCode::usage,
                std::to_string(points.size()) + " coordinates are no whole number of points of dimension " + std::to_string(dim));
  requireFinite(points, dim);
  Delaunay d;
  d.dim = dim;
  takeDistinct(d, points);
  const std::string given = std::to_string(d.pointCount()) +
                            (d.duplicates ? " distinct points (" + std::to_string(d.duplicates) + " more coincide with them)" : " points");
  if (d.pointCount() < dim + 1)
    throw Error(ErrorCode::failed,
                "a shape in " + std::to_string(dim) + " dimensions needs at least " + std::to_string(dim + 1) +
                    " distinct points; there are " + given,
                "Give more boundary points.");
  dim == 2 ? triangulatePlane(d) : triangulateSpace(d);
  if (d.size() == 0 || filled(d) < 1e-14)
    throw Error(ErrorCode::failed, "the " + given + " lie on one " + (dim == 2 ? "line" : "plane") + ": they enclose nothing",
                "A boundary that flat often means a compressed axis of no variance.");
  return d;
}

}  // namespace inflaton
