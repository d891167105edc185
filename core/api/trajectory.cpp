#include "core/api/trajectory.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace inflaton {
namespace {

/// Unscaled eigen-coordinates to `space`: a factor per axis, then perhaps a rotation.
struct Map {
  std::vector<double> factor;  ///< [D], applied in eigen-coordinates
  bool rotate = false;
  double meanFactor = 0;
};

Map mapTo(const Simulation& s, double t, Space space) {
  const auto& xi = s.basis.eigenvalues;
  Map m;
  m.factor.assign(xi.size(), 1.0);
  const bool scaled = space == Space::dataScaled || space == Space::latentScaled;
  const double scale = scaled ? s.schedule.s(t, xi.front()) : 1.0;
  for (std::size_t j = 0; j < xi.size(); ++j)
    m.factor[j] = space == Space::whitened ? 1 / std::sqrt(xi[j] + s.schedule.gamma(static_cast<int>(j), t)) : scale;
  m.rotate = space == Space::dataScaled || space == Space::dataUnscaled;
  m.meanFactor = scale;
  return m;
}

/// a and b are two frames; the result is (a * fa + b * fb) per axis, then rotated.
void combine(const Simulation& s, const Map& map, std::int64_t n, int dim, const float* a, const std::vector<double>& fa, const float* b,
             const std::vector<double>& fb, float* into) {
  const auto D = static_cast<std::size_t>(dim);
  float mix[16][2], W[16][16], mean[16];
  for (std::size_t j = 0; j < D; ++j) {
    mix[j][0] = static_cast<float>(fa[j] * map.factor[j]), mix[j][1] = static_cast<float>(fb[j] * map.factor[j]);
    mean[j] = static_cast<float>(s.basis.mean[j] * map.meanFactor);
    for (std::size_t k = 0; k < D; ++k) W[j][k] = static_cast<float>(s.basis.W[j * D + k]);
  }
  for (std::int64_t i = 0; i < n; ++i, a += dim, b += dim, into += dim) {
    float v[16];
    for (std::size_t j = 0; j < D; ++j) v[j] = a[j] * mix[j][0] + b[j] * mix[j][1];
    if (!map.rotate) {
      std::copy_n(v, D, into);
      continue;
    }
    for (std::size_t j = 0; j < D; ++j) {
      float sum = mean[j];
      for (std::size_t k = 0; k < D; ++k) sum += W[j][k] * v[k];
      into[j] = sum;
    }
  }
}

}  // namespace

const Trajectory* Simulation::lane(Direction d) const {
  const auto it = std::find_if(lanes.begin(), lanes.end(), [&](const Trajectory& t) { return t.direction == d; });
  return it == lanes.end() ? nullptr : &*it;
}

void framePositions(const Simulation& s, const Trajectory& lane, std::int64_t k, Space space, float* into) {
  const float* x = lane.x.data() + k * lane.n * lane.dim;
  const std::vector<double> one(static_cast<std::size_t>(lane.dim), 1.0), none(static_cast<std::size_t>(lane.dim), 0.0);
  combine(s, mapTo(s, lane.t[static_cast<std::size_t>(k)], space), lane.n, lane.dim, x, one, x, none, into);
}

void positionsAt(const Simulation& s, const Trajectory& lane, double t, Space space, float* into, bool* interpolated) {
  const auto& times = lane.t;
  const bool forward = times.back() >= times.front();
  t = std::clamp(t, std::min(times.front(), times.back()), std::max(times.front(), times.back()));
  // First frame at or past t in the lane's own order.
  const auto it = forward ? std::lower_bound(times.begin(), times.end(), t) : std::lower_bound(times.begin(), times.end(), t, std::greater<>());
  const auto k = std::min<std::int64_t>(it - times.begin(), lane.frames() - 1);
  const double tk = times[static_cast<std::size_t>(k)];
  const bool between = k > 0 && std::abs(tk - t) > 1e-12 * std::max(1.0, std::abs(tk));
  if (interpolated) *interpolated = between;
  if (!between) return framePositions(s, lane, k, space, into);
  const double t0 = times[static_cast<std::size_t>(k - 1)], a = (t - t0) / (tk - t0);
  const auto D = static_cast<std::size_t>(lane.dim);
  std::vector<double> f0(D), f1(D);
  for (std::size_t j = 0; j < D; ++j) {
    const auto sd = [&](double at) { return std::sqrt(s.basis.eigenvalues[j] + s.schedule.gamma(static_cast<int>(j), at)); };
    f0[j] = (1 - a) * sd(t) / sd(t0), f1[j] = a * sd(t) / sd(tk);
  }
  const std::int64_t size = lane.n * lane.dim;
  combine(s, mapTo(s, t, space), lane.n, lane.dim, lane.x.data() + (k - 1) * size, f0, lane.x.data() + k * size, f1, into);
}

std::vector<float> positionsAt(const Simulation& s, const Trajectory& lane, double t, Space space, bool* interpolated) {
  std::vector<float> out(static_cast<std::size_t>(lane.n * lane.dim));
  positionsAt(s, lane, t, space, out.data(), interpolated);
  return out;
}

}  // namespace inflaton
