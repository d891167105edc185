#include "ui/coverage/point_path.h"

#include <algorithm>
#include <cmath>

namespace inflaton::ui {

namespace {

/// The lane with this point alone, so that the solution between its frames costs no more than one point.
Trajectory alone(const Trajectory& lane, std::int64_t point) {
  Trajectory one;
  one.direction = lane.direction, one.n = 1, one.dim = lane.dim, one.t = lane.t;
  const auto pick = [&](const std::vector<float>& from, std::vector<float>& into) {
    if (from.empty()) return;
    for (std::int64_t f = 0; f < lane.frames(); ++f) {
      const auto at = from.begin() + (f * lane.n + point) * lane.dim;
      into.insert(into.end(), at, at + lane.dim);
    }
  };
  pick(lane.x, one.x);
  pick(lane.slope, one.slope);
  return one;
}

}  // namespace

double coverageScale(const CoverageResult& result) {
  if (!result.flows || result.flows->lanes.empty() || result.points[0].empty()) return 1;
  const Trajectory one = alone(result.flows->lanes[0], 0);
  if (one.t.empty()) return 1;
  std::vector<float> x(static_cast<std::size_t>(one.dim));
  framePositions(*result.flows, one, 0, Space::latentScaled, x.data());
  double here = 0, there = 0;
  for (std::size_t a = 0; a < x.size(); ++a) here += double(x[a]) * x[a], there += double(result.points[0][a]) * result.points[0][a];
  return here > 0 ? std::sqrt(there / here) : 1;
}

std::array<std::vector<PathPoint>, 2> pathOf(const CoverageResult& result, int point, int steps) {
  std::array<std::vector<PathPoint>, 2> path;
  const auto flows = result.flows;
  if (!flows || flows->lanes.size() < 2 || point < 0 || point >= result.testPoints) return path;
  Simulation frame;  // what the coordinates need, without the lanes
  frame.basis = flows->basis;
  frame.schedule = flows->schedule;
  const auto scale = static_cast<float>(coverageScale(result));
  for (std::size_t l = 0; l < 2; ++l) {
    const Trajectory one = alone(flows->lanes[l], point);
    if (one.t.empty()) continue;
    std::vector<float> x(static_cast<std::size_t>(one.dim));
    for (int k = 0; k <= steps; ++k) {
      const double t = one.t.front() + (one.t.back() - one.t.front()) * k / steps;
      positionsAt(frame, one, t, Space::latentScaled, x.data());
      PathPoint p{t, {}};
      for (std::size_t a = 0; a < std::min<std::size_t>(3, x.size()); ++a) p.x[a] = x[a] * scale;
      path[l].push_back(p);
    }
  }
  return path;
}

}  // namespace inflaton::ui
