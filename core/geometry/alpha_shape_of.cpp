// One shape for the alpha slider of the window.
#include <algorithm>
#include <cmath>

#include "core/api/coverage.h"
#include "core/api/number_text.h"
#include "core/geometry/alpha_shape.h"

namespace inflaton {
namespace {

std::string shown(double x) { return numberText(x, 4); }

/// The least number of four digits that is more than x.
std::string justAbove(double x) {
  const double digit = std::pow(10.0, std::floor(std::log10(x)) - 3);
  return shown((std::floor(x / digit) + 1) * digit);
}

CoverageShell shapeOf(const AlphaShapeRequest& request, const JobContext& context) {
  context.throwIfStopped();
  if (std::isnan(request.circumradius))
    throw Error(ErrorCode::usage, "the circumradius is not a number; needed: a number above 0, or 0 for the automatic one");
  const AlphaShape shape(request.boundary, request.dim);
  if (request.queries.size() % static_cast<std::size_t>(request.dim) != 0)
    throw Error(ErrorCode::usage, std::to_string(request.queries.size()) + " coordinates are no whole number of points of dimension " +
                                      std::to_string(request.dim));
  context.throwIfStopped();
  CoverageShell shell;
  shell.circumradius = request.circumradius > 0 ? request.circumradius : shape.autoCircumradius();
  shell.mesh = shape.boundary(shell.circumradius, &shell.check);
  if (shell.mesh.cells.empty()) {
    const auto radii = shape.spectrum();
    if (radii.empty())
      throw Error(ErrorCode::failed, "the shape is empty at any alpha: all its simplices are flat",
                  "Give more boundary points, or points that are not on one plane.");
    throw Error(ErrorCode::usage,
                "alpha is too small: no simplex has a circumradius below " + shown(shell.circumradius) +
                    ", so the shape is empty; the smallest is " + shown(radii.front()),
                "Choose a circumradius of " + justAbove(radii.front()) + " or more, or auto.");
  }
  context.throwIfStopped();
  shell.isInside = shape.inside(std::vector<double>(request.queries.begin(), request.queries.end()), shell.circumradius,
                                std::min(16, context.threads()));
  shell.inside = std::count(shell.isInside.begin(), shell.isInside.end(), 1);
  context.throwIfStopped();
  return shell;
}

}  // namespace

Expected<CoverageShell> alphaShapeOf(const AlphaShapeRequest& request, const JobContext& context) {
  return atEdge([&] { return shapeOf(request, context); });
}

}  // namespace inflaton
