#include "ui/views/trails.h"

#include <algorithm>

namespace inflaton::ui {

bool Trails::compute(const ViewState& state, Space space, std::vector<int> points) {
  const auto* lane = state.trajectory();
  if (simulation_ == state.simulation() && lane_ == state.lane() && space_ == space && points == points_ && (lane || points.empty())) return false;
  simulation_ = state.simulation();
  lane_ = state.lane();
  space_ = space;
  points_ = std::move(points);
  ++computations_;
  x_.clear(), t_.clear(), dim_ = 0;
  if (!lane || points_.empty()) return true;
  // A lane of these points alone, so that the mapping costs what they cost and not what all points would.
  Trajectory few;
  few.direction = lane->direction;
  few.n = static_cast<std::int64_t>(points_.size());
  few.dim = dim_ = lane->dim;
  few.t = t_ = lane->t;
  const auto D = static_cast<std::size_t>(dim_);
  few.x.resize(t_.size() * points_.size() * D);
  x_.resize(few.x.size());
  for (std::size_t k = 0; k < t_.size(); ++k)
    for (std::size_t p = 0; p < points_.size(); ++p)
      std::copy_n(lane->x.data() + (k * static_cast<std::size_t>(lane->n) + static_cast<std::size_t>(points_[p])) * D, D,
                  few.x.data() + (k * points_.size() + p) * D);
  for (std::int64_t k = 0; k < few.frames(); ++k) framePositions(*simulation_, few, k, space, x_.data() + static_cast<std::size_t>(k) * points_.size() * D);
  return true;
}

bool Trails::update(const ViewState& state, Space space, int sample) {
  // QVector is shared: comparing an unchanged selection costs nothing.
  const bool known = simulation_ && simulation_ == state.simulation() && lane_ == state.lane() && space_ == space && sample_ == sample &&
                     selection_.constData() == state.selection().constData();
  if (known) return false;
  sample_ = sample;
  selection_ = state.selection();
  std::vector<int> points;
  const auto* lane = state.trajectory();
  const int n = lane ? static_cast<int>(lane->n) : 0;
  const int selected = lane ? state.selectedCount() : 0;
  const int want = selected > 0 ? kMost : sample, have = selected > 0 ? selected : n;
  const int stride = std::max(1, (have + want - 1) / want);
  int seen = 0;
  for (int i = 0; i < n; ++i)
    if (selected == 0 || selection_[i])
      if (seen++ % stride == 0) points.push_back(i);
  return compute(state, space, std::move(points));
}

bool Trails::updateOne(const ViewState& state, Space space, int point) {
  const auto* lane = state.trajectory();
  std::vector<int> points;
  if (lane && point >= 0 && point < lane->n) points.push_back(point);
  return compute(state, space, std::move(points));
}

int Trails::passed(double t) const {
  if (t_.empty()) return 0;
  const bool forward = t_.front() <= t_.back();
  return static_cast<int>(std::find_if(t_.begin(), t_.end(), [&](double x) { return forward ? x > t : x < t; }) - t_.begin());
}

}  // namespace inflaton::ui
