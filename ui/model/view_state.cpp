#include "ui/model/view_state.h"

#include <algorithm>
#include <cmath>

#include "ui/model/density_map.h"
#include "ui/model/point_values.h"

namespace inflaton::ui {

ViewState::ViewState(QObject* parent) : QObject(parent) {}
ViewState::~ViewState() = default;

void ViewState::dropCaches() {
  for (auto& c : cache_) c.t = -1;
  for (auto& c : gridCache_) c.t = -1;
}

void ViewState::setSimulation(std::shared_ptr<const Simulation> s) {
  if (s == simulation_) return;
  const auto before = lane_;
  simulation_ = std::move(s);
  if (simulation_ && !simulation_->lane(lane_) && !simulation_->lanes.empty()) lane_ = simulation_->lanes.front().direction;
  dropCaches();
  densityMap_ = nullptr;  // of another model
  pointValues_ = nullptr;
  const auto n = trajectory() ? trajectory()->n : 0;
  const bool cleared = selection_.size() != n;
  if (cleared) selection_ = QVector<bool>(n, false);
  hovered_ = -1;
  const double t = time_;
  if (trajectory()) time_ = std::clamp(time_, frameTime(0), frameTime(frameCount() - 1));
  Q_EMIT simulationChanged();
  if (lane_ != before) Q_EMIT laneChanged();
  if (cleared) Q_EMIT selectionChanged();
  if (time_ != t) Q_EMIT timeChanged(time_);
}

void ViewState::setTime(double t) {
  const auto* lane = trajectory();
  if (!lane || !std::isfinite(t)) return;
  t = std::clamp(t, frameTime(0), frameTime(frameCount() - 1));
  if (t == time_) return;
  time_ = t;
  Q_EMIT timeChanged(t);
}

void ViewState::setLane(Direction d) {
  if (d == lane_ || !simulation_ || !simulation_->lane(d)) return;
  lane_ = d;
  dropCaches();
  setHovered(-1);
  const auto n = trajectory()->n;
  const bool cleared = selection_.size() != n;
  if (cleared) selection_ = QVector<bool>(n, false);
  Q_EMIT laneChanged();
  if (cleared) Q_EMIT selectionChanged();
  setTime(time_);
}

const Trajectory* ViewState::trajectory() const {
  const auto* lane = simulation_ ? simulation_->lane(lane_) : nullptr;
  return lane && lane->frames() > 0 ? lane : nullptr;
}

namespace {
// Room is kept between calls, so scrubbing allocates nothing.
const std::vector<float>& at(const Simulation& sim, const Trajectory& lane, double t, Space space, std::vector<float>& x, double& cached) {
  if (cached == t) return x;
  x.resize(static_cast<std::size_t>(lane.n) * static_cast<std::size_t>(lane.dim));
  positionsAt(sim, lane, t, space, x.data());
  cached = t;
  return x;
}
const std::vector<float> none;
}  // namespace

const std::vector<float>& ViewState::positions(Space space) const {
  auto& c = cache_[static_cast<int>(space)];
  const auto* lane = trajectory();
  return lane ? at(*simulation_, *lane, time_, space, c.x, c.t) : none;
}

const std::vector<float>& ViewState::gridPositions(Space space) const {
  auto& c = gridCache_[static_cast<int>(space)];
  const auto* lane = gridFlow_ ? gridFlow_->lane(lane_) : nullptr;
  return lane ? at(*gridFlow_, *lane, time_, space, c.x, c.t) : none;
}

int ViewState::frameCount() const { return trajectory() ? static_cast<int>(trajectory()->frames()) : 0; }

// Frames are stored as integrated; the ruler runs with t.
double ViewState::frameTime(int frame) const {
  const auto* lane = trajectory();
  if (!lane) return 0;
  const int last = frameCount() - 1;
  frame = std::clamp(frame, 0, last);
  return lane->t[static_cast<std::size_t>(lane->t.front() <= lane->t.back() ? frame : last - frame)];
}

int ViewState::frameNear(double t) const {
  const int n = frameCount();
  if (n == 0) return -1;
  int low = 0, high = n - 1;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (frameTime(middle) <= t ? low : high) = middle;
  }
  return std::abs(frameTime(low) - t) <= std::abs(frameTime(high) - t) ? low : high;
}

bool ViewState::interpolated() const {
  const int k = frameNear(time_);
  return k >= 0 && frameTime(k) != time_;
}

bool ViewState::dense() const {
  const auto* lane = trajectory();
  return lane && !lane->slope.empty();
}

void ViewState::setDensityMap(std::shared_ptr<const DensityMap> map) {
  if (map == densityMap_ || (map && map->simulation != simulation_)) return;
  densityMap_ = std::move(map);
  Q_EMIT densityMapChanged();
}

void ViewState::setDensityNote(const QString& note) {
  if (note == densityNote_) return;
  densityNote_ = note;
  Q_EMIT densityMapChanged();
}

std::shared_ptr<const PointValues> ViewState::pointValues() const {
  return pointValues_ && pointValues_->lane == lane_ ? pointValues_ : nullptr;
}

void ViewState::setPointValues(std::shared_ptr<const PointValues> values) {
  if (values == pointValues_ || (values && values->simulation != simulation_)) return;
  pointValues_ = std::move(values);
  Q_EMIT pointValuesChanged();
}

void ViewState::setGridFlow(std::shared_ptr<const Simulation> flow, int rows, int columns) {
  if (flow && (flow->lanes.empty() || flow->lanes.front().n != static_cast<std::int64_t>(rows) * columns)) flow = nullptr;
  gridFlow_ = std::move(flow);
  gridRows_ = gridFlow_ ? rows : 0;
  gridColumns_ = gridFlow_ ? columns : 0;
  for (auto& c : gridCache_) c.t = -1;
  Q_EMIT gridFlowChanged();
}

int ViewState::selectedCount() const { return static_cast<int>(selection_.count(true)); }

void ViewState::setSelection(QVector<bool> s) {
  if (s.size() != selection_.size() || s == selection_) return;
  selection_ = std::move(s);
  Q_EMIT selectionChanged();
}
void ViewState::selectAll() { setSelection(QVector<bool>(selection_.size(), true)); }
void ViewState::clearSelection() { setSelection(QVector<bool>(selection_.size(), false)); }
void ViewState::invertSelection() {
  auto s = selection_;
  for (auto& b : s) b = !b;
  setSelection(std::move(s));
}

void ViewState::setHovered(int point) {
  if (point < 0 || point >= selection_.size()) point = -1;
  if (point == hovered_) return;
  hovered_ = point;
  Q_EMIT hoveredChanged(point);
}

#define INFLATON_APPEARANCE(setter, type, member) \
  void ViewState::setter(type v) {                \
    if (v == member) return;                      \
    member = v;                                   \
    Q_EMIT appearanceChanged();                   \
  }
INFLATON_APPEARANCE(setSolo, bool, solo_)
INFLATON_APPEARANCE(setGhost, bool, ghost_)
INFLATON_APPEARANCE(setColorBy, ColorBy, colorBy_)
INFLATON_APPEARANCE(setTrails, bool, trails_)
INFLATON_APPEARANCE(setDensity, bool, density_)
INFLATON_APPEARANCE(setModelDensity, bool, modelDensity_)
INFLATON_APPEARANCE(setGrid, bool, grid_)
INFLATON_APPEARANCE(setPoints, bool, points_)
#undef INFLATON_APPEARANCE

void ViewState::setPointSize(double size) {
  size = std::clamp(size, 1.0, 20.0);
  if (!(size != pointSize_)) return;
  pointSize_ = size;
  Q_EMIT appearanceChanged();
}

}  // namespace inflaton::ui
