#include "core/geometry/winding.h"

#include <algorithm>
#include <string>

#include "core/api/error.h"
#include "core/geometry/advected.h"
#include "core/geometry/alpha_shape.h"
#include "core/geometry/team.h"

namespace inflaton {
namespace {

template <class Winding>
std::vector<double> numbers(const Winding& winding, std::size_t dim, std::span<const double> queries, int threads) {
  const auto n = static_cast<std::int64_t>(queries.size() / dim);
  std::vector<double> result(static_cast<std::size_t>(n));
#pragma omp parallel for schedule(dynamic, 2048) num_threads(teamFor(n, threads))
  for (std::int64_t i = 0; i < n; ++i) result[static_cast<std::size_t>(i)] = winding.at(queries.data() + static_cast<std::size_t>(i) * dim);
  return result;
}

}  // namespace

std::vector<double> windingNumbers(const Mesh& mesh, std::span<const double> queries, int threads) {
  if (mesh.dim != 2 && mesh.dim != 3)
    throw Error(ErrorCode::usage, "a mesh of dimension " + std::to_string(mesh.dim) + " winds about nothing; allowed: 2, 3");
  const auto dim = static_cast<std::size_t>(mesh.dim);
  if (queries.size() % dim != 0)
    throw Error(ErrorCode::usage,
                std::to_string(queries.size()) + " coordinates are no whole number of points of dimension " + std::to_string(dim));
  const bool closed = checkMesh(mesh).closed;
  if (dim == 3) return closed ? numbers(SurfaceWinding(mesh), dim, queries, threads) : numbers(DipoleTree(mesh), dim, queries, threads);
  if (!closed) throw Error(ErrorCode::usage, "the curve is not closed: nothing is inside it");
  return numbers(PolygonWinding(mesh), dim, queries, threads);
}

std::vector<std::uint8_t> insideMesh(const Mesh& mesh, std::span<const double> queries, int threads) {
  const auto winding = windingNumbers(mesh, queries, threads);
  std::vector<std::uint8_t> in(winding.size());
  std::transform(winding.begin(), winding.end(), in.begin(), [](double w) { return w > 0.5; });
  return in;
}

}  // namespace inflaton
