// Spheres to start from: an evenly spaced polygon, and an icosahedron whose edges are divided and whose points are put on the sphere.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <utility>

#include "core/api/error.h"
#include "core/api/number_text.h"
#include "core/geometry/advected.h"

namespace inflaton {
namespace {

Mesh circle(std::int64_t n) {
  Mesh mesh;
  mesh.dim = 2;
  for (std::int64_t i = 0; i < n; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    mesh.points.insert(mesh.points.end(), {std::cos(angle), std::sin(angle)});
    mesh.cells.insert(mesh.cells.end(), {static_cast<std::int32_t>(i), static_cast<std::int32_t>((i + 1) % n)});
  }
  return mesh;
}

Mesh icosahedron() {
  Mesh mesh;
  mesh.dim = 3;
  const double g = std::numbers::phi;
  mesh.points = {-1, g, 0, 1, g, 0, -1, -g, 0, 1, -g, 0, 0, -1, g, 0, 1, g, 0, -1, -g, 0, 1, -g, g, 0, -1, g, 0, 1, -g, 0, -1, -g, 0, 1};
  mesh.cells = {0, 11, 5, 0, 5, 1, 0, 1, 7, 0, 7, 10, 0, 10, 11, 1, 5, 9, 5, 11, 4,  11, 10, 2,  10, 7, 6, 7, 1, 8,
                3, 9,  4, 3, 4, 2, 3, 2, 6, 3, 6, 8,  3, 8,  9,  4, 9, 5, 2, 4,  11, 6,  2,  10, 8,  6, 7, 9, 8, 1};
  return mesh;
}

/// Each edge of the icosahedron in `parts`: 10 parts^2 + 2 points, nearly even.
Mesh sphere(int parts) {
  const Mesh base = icosahedron();
  Mesh mesh;
  mesh.dim = 3;
  // A point is known by the corners it lies between and its whole weights on them: neighbouring faces find the same.
  std::map<std::array<std::pair<std::int32_t, int>, 3>, std::int32_t> known;
  for (std::size_t face = 0; face < base.cells.size(); face += 3) {
    const auto point = [&](int i, int j) {
      const int weights[3] = {parts - i - j, i, j};
      std::array<std::pair<std::int32_t, int>, 3> key{};
      for (std::size_t k = 0; k < 3; ++k) key[k] = weights[k] ? std::pair(base.cells[face + k], weights[k]) : std::pair(-1, 0);
      std::sort(key.begin(), key.end());
      const auto [at, fresh] = known.try_emplace(key, static_cast<std::int32_t>(mesh.pointCount()));
      if (fresh) {
        double p[3] = {}, square = 0;
        for (const auto& [corner, weight] : key)
          for (std::size_t k = 0; corner >= 0 && k < 3; ++k) p[k] += weight * base.points[static_cast<std::size_t>(corner) * 3 + k];
        for (const double x : p) square += x * x;
        for (const double x : p) mesh.points.push_back(x / std::sqrt(square));
      }
      return at->second;
    };
    for (int i = 0; i < parts; ++i)
      for (int j = 0; i + j < parts; ++j) {
        mesh.cells.insert(mesh.cells.end(), {point(i, j), point(i + 1, j), point(i, j + 1)});
        if (i + j + 1 < parts) mesh.cells.insert(mesh.cells.end(), {point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)});
      }
  }
  return mesh;
}

}  // namespace

Mesh shell(int dim, std::int64_t n, double radius, std::span<const double> sd) {
  if (dim != 2 && dim != 3) throw Error(ErrorCode::usage, "a shell of dimension " + std::to_string(dim) + " cannot be made; allowed: 2, 3");
  if (n < dim + 1 || n > 1'000'000)
    throw Error(ErrorCode::usage, "a shell in " + std::to_string(dim) + " dimensions of " + std::to_string(n) +
                                      " points cannot be made; allowed: " + std::to_string(dim + 1) + " to 1000000");
  if (!(radius > 0) || !std::isfinite(radius))
    throw Error(ErrorCode::usage, "a shell's radius is " + exactText(radius) + "; needed: a number above 0");
  if (sd.size() != static_cast<std::size_t>(dim))
    throw Error(ErrorCode::usage,
                "a shell in " + std::to_string(dim) + " dimensions got " + std::to_string(sd.size()) + " standard deviations");
  for (const double s : sd)
    if (!(s > 0) || !std::isfinite(s))
      throw Error(ErrorCode::usage, "a shell's axis has standard deviation " + exactText(s) + "; needed: a number above 0");
  int parts = 1;
  while (dim == 3 && 10LL * parts * parts + 2 < n) ++parts;
  Mesh mesh = dim == 2 ? circle(n) : sphere(parts);
  for (std::size_t i = 0; i < mesh.points.size(); ++i) mesh.points[i] *= radius * sd[i % sd.size()];
  return mesh;
}

}  // namespace inflaton
