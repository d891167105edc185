#include "core/data/shape_draw.h"

#include <algorithm>

#include "core/data/counter_rng.h"

namespace inflaton {

void placePoint(const ToyShape& shape, double u, double v, int part, const std::array<double, 4>& z, std::span<double> x) {
  const auto centre = shape.centre(u, v, part);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = centre[j] + shape.noise[j] * z[j];
}

std::int32_t curveBin(double u) {
  constexpr int kBins = 8;
  return std::min(kBins - 1, static_cast<int>(u * kBins));
}

std::int32_t drawFromShape(const DataSet& set, const CounterRng& rng, std::uint64_t i, std::span<double> x) {
  const auto& shape = *set.shape;
  const int part = static_cast<int>(i % static_cast<std::uint64_t>(shape.parts));
  const auto u = rng.uniforms(i, 0);
  placePoint(shape, u[0], u[1], part, rng.normals(i, 1), x);
  return shape.parts > 1 ? part : curveBin(u[0]);
}

}  // namespace inflaton
