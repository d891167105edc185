#include "ui/model/density_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inflaton::ui {

QTransform DensityMap::toSpace(Space space) const {
  const auto& b = simulation->basis;
  const double s = space == Space::dataScaled || space == Space::latentScaled ? simulation->schedule.s(t, b.eigenvalues.front()) : 1;
  const QTransform eigen(stepX, 0, 0, stepY, left, bottom);
  if (space == Space::latentScaled || space == Space::latentUnscaled) return eigen * QTransform::fromScale(s, s);
  // Columns of W are the axes; QTransform multiplies rows from the left.
  return eigen * QTransform(s * b.W[0], s * b.W[2], s * b.W[1], s * b.W[3], s * b.mean[0], s * b.mean[1]);
}

double DensityMap::logFactor(Space space) const {
  if (space != Space::dataScaled && space != Space::latentScaled) return 0;
  return -2 * std::log(simulation->schedule.s(t, simulation->basis.eigenvalues.front()));
}

DensityMap densityLattice(std::shared_ptr<const Simulation> sim, double t, int nodes) {
  DensityMap map;
  // What the points reach at t = 0, smoothed by the kernel of t to where it falls below a thousandth, and what they reach at t.
  double half[2] = {0, 0};
  const auto reach = [&](double at, double share) {
    for (const auto& lane : sim->lanes) {
      const auto x = positionsAt(*sim, lane, at, Space::latentUnscaled);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto j = static_cast<int>(i % 2);
        const double most = 6 * std::sqrt(sim->basis.eigenvalues[i % 2] + sim->schedule.gamma(j, at));  // strays do not spoil the picture
        if (std::isfinite(x[i])) half[j] = std::max(half[j], std::min(most, share * std::abs(x[i])));
      }
    }
  };
  reach(0, 1.15);
  for (int j = 0; j < 2; ++j) half[j] += 3.8 * std::sqrt(sim->schedule.gamma(j, t));
  reach(t, 1.1);
  map.simulation = std::move(sim);
  map.t = t;
  map.nodes = nodes;
  map.left = -half[0], map.bottom = -half[1];
  map.stepX = 2 * half[0] / (nodes - 1), map.stepY = 2 * half[1] / (nodes - 1);
  return map;
}

std::vector<float> latticePoints(const DensityMap& map) {
  const QTransform to = map.toSpace(Space::dataUnscaled);
  std::vector<float> points;
  points.reserve(static_cast<std::size_t>(map.nodes) * static_cast<std::size_t>(map.nodes) * 2);
  for (int row = 0; row < map.nodes; ++row)
    for (int column = 0; column < map.nodes; ++column) {
      const QPointF p = to.map(QPointF(column, row));
      points.push_back(static_cast<float>(p.x()));
      points.push_back(static_cast<float>(p.y()));
    }
  return points;
}

std::shared_ptr<const DensityMap> withValues(DensityMap map, const std::vector<double>& logDensity) {
  if (logDensity.size() != static_cast<std::size_t>(map.nodes) * static_cast<std::size_t>(map.nodes)) return nullptr;
  map.peak = -std::numeric_limits<double>::infinity();
  for (const double v : logDensity) {
    map.logDensity.push_back(static_cast<float>(v));
    if (!std::isfinite(v)) continue;
    map.peak = std::max(map.peak, v);
    map.mass += std::exp(v) * map.stepX * map.stepY;
  }
  return std::make_shared<const DensityMap>(std::move(map));
}

}  // namespace inflaton::ui
