// The seven toy sets of the reference (specification 2.1 and 1.3 item 7).
#include "core/data/toy_sets.h"

#include <cmath>
#include <numbers>

#include "core/data/counter_rng.h"
#include "core/data/shape_draw.h"

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

// Draws that differ from the usual one, kept so that their bytes stay.

/// The one noisy axis takes the first normal.
std::int32_t drawSine(const DataSet& set, const CounterRng& rng, std::uint64_t i, std::span<double> x) {
  const double u = rng.uniforms(i, 0)[0];
  placePoint(*set.shape, u, 0, 0, {0, rng.normals(i, 1)[0], 0, 0}, x);
  return curveBin(u);
}

/// The thin axis has a draw of its own.
std::int32_t drawThin(const DataSet& set, const CounterRng& rng, std::uint64_t i, std::span<double> x) {
  const double u = rng.uniforms(i, 0)[0];
  auto z = rng.normals(i, 1);
  z[1] = rng.normals(i, 2)[0];
  placePoint(*set.shape, u, 0, 0, z, x);
  return curveBin(u);
}

}  // namespace

std::vector<DataSet> toySetRows() {
  // id, title, dimensions, one sentence; stream; parts, parameters, centre, noise per axis; standardised; draw, where it is not the usual
  // one. A new set takes the next free stream, wherever it stands, and no set ever changes its own.
  return {
      {{"circles", "Circles", 2, "Two concentric rings, radii 1 and 0.5, noise 0.08."}, 1, ToyShape{2, 1, circles, {0.08, 0.08, 0}}},
      {{"sine2", "Sine", 2, "Two periods of a sine with noise 0.15."}, 2, ToyShape{1, 1, sine2, {0, 0.15, 0}}, true, drawSine},
      {{"moons", "Moons", 2, "Two interleaved half rings, noise 0.08."}, 3, ToyShape{2, 1, moons, {0.08, 0.08, 0}}},
      {{"s_curve", "S-curve", 3, "A sheet bent into an S, noise 0.2."}, 4, ToyShape{1, 2, sCurve, {0.2, 0.2, 0.2}}},
      {{"swirl", "Swirl", 3, "A rolled-up sheet (Swiss roll), noise 1.25 before standardisation."},
       5,
       ToyShape{1, 2, swirl, {1.25, 1.25, 1.25}}},
      {{"alt_s_curve", "S-curve, thin", 3, "The S-curve's two bent axes, not standardised, with a Gaussian axis of sd 0.5."},
       6,
       ToyShape{1, 1, thin<sCurve>, {0.2, 0.5, 0.2}},
       false,
       drawThin},
      {{"alt_swirl", "Swirl, thin", 3, "The swirl's two rolled axes, not standardised, with a Gaussian axis of sd 0.5."},
       7,
       ToyShape{1, 1, thin<swirl>, {1.25, 0.5, 1.25}},
       false,
       drawThin},
  };
}

}  // namespace inflaton
