#include "core/data/toy_shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace inflaton {
namespace {

using std::numbers::pi;
using Point = std::array<double, 3>;

Point circles(double u, double, int inner) {
  const double r = inner ? 0.5 : 1.0, a = 2 * pi * u;
  return {r * std::cos(a), r * std::sin(a), 0};
}

Point sine2(double u, double, int) {
  const double x = 2 * u - 1;
  return {x, std::sin(4 * pi * x) / 4, 0};
}

Point moons(double u, double, int lower) {
  const double a = pi * u;
  if (lower) return {1 - std::cos(a), 0.5 - std::sin(a), 0};
  return {std::cos(a), std::sin(a), 0};
}

Point sCurve(double u, double v, int) {
  const double t = 3 * pi * (u - 0.5);
  return {std::sin(t), 2 * v, std::copysign(1.0, t) * (std::cos(t) - 1)};
}

Point swirl(double u, double v, int) {
  const double t = 1.5 * pi * (1 + 2 * u);
  return {t * std::cos(t), 21 * v, t * std::sin(t)};
}

/// The alternative sets: axes 0 and 2, and nothing but noise between them.
template <Point (*base)(double, double, int)>
Point thin(double u, double, int) {
  Point p = base(u, 0, 0);
  p[1] = 0;
  return p;
}

}  // namespace

const ToyShape* toyShape(const std::string& id) {
  static const std::vector<std::pair<std::string, ToyShape>> all{
      {"circles", {2, 2, 1, circles, {0.08, 0.08, 0}}},
      {"sine2", {2, 1, 1, sine2, {0, 0.15, 0}}},
      {"moons", {2, 2, 1, moons, {0.08, 0.08, 0}}},
      {"s_curve", {3, 1, 2, sCurve, {0.2, 0.2, 0.2}}},
      {"swirl", {3, 1, 2, swirl, {1.25, 1.25, 1.25}}},
      {"alt_s_curve", {3, 1, 1, thin<sCurve>, {0.2, 0.5, 0.2}, false}},
      {"alt_swirl", {3, 1, 1, thin<swirl>, {1.25, 0.5, 1.25}, false}},
  };
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == id; });
  return it == all.end() ? nullptr : &it->second;
}

ToyNodes toyNodes(const ToyShape& shape, std::int64_t n) {
  // A sheet is several times as long along u, which bends, as along v.
  const auto vs = shape.parameters == 1 ? std::int64_t{1} : std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(n) / 5)));
  const std::int64_t us = std::max<std::int64_t>(1, n / (vs * shape.parts));
  ToyNodes nodes;
  nodes.dim = shape.dim, nodes.n = us * vs * shape.parts;
  nodes.noise.assign(shape.noise.begin(), shape.noise.begin() + shape.dim);
  nodes.centres.reserve(static_cast<std::size_t>(nodes.n * shape.dim));
  for (int part = 0; part < shape.parts; ++part)
    for (std::int64_t i = 0; i < us; ++i)
      for (std::int64_t k = 0; k < vs; ++k) {
        const Point p = shape.centre((static_cast<double>(i) + 0.5) / static_cast<double>(us),
                                     (static_cast<double>(k) + 0.5) / static_cast<double>(vs), part);
        nodes.centres.insert(nodes.centres.end(), p.begin(), p.begin() + shape.dim);
      }
  if (!shape.standardized) return nodes;
  const auto D = static_cast<std::size_t>(shape.dim);
  for (std::size_t j = 0; j < D; ++j) {
    double mean = 0, square = 0;
    for (std::size_t k = j; k < nodes.centres.size(); k += D) mean += nodes.centres[k];
    mean /= static_cast<double>(nodes.n);
    for (std::size_t k = j; k < nodes.centres.size(); k += D) square += (nodes.centres[k] - mean) * (nodes.centres[k] - mean);
    const double sd = std::sqrt(square / static_cast<double>(nodes.n) + nodes.noise[j] * nodes.noise[j]);
    for (std::size_t k = j; k < nodes.centres.size(); k += D) nodes.centres[k] = (nodes.centres[k] - mean) / sd;
    nodes.noise[j] /= sd;
  }
  return nodes;
}

}  // namespace inflaton
