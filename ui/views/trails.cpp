#include "ui/views/trails.h"

#include <algorithm>

namespace inflaton::ui {

bool Trails::compute(const ViewState& state, Space space, std::vector<int> points) {
  const auto* lane = state.trajectory();
  if (simulation_ == state.simulation() && lane_ == state.lane() && space_ == space && points == points_ && (lane || points.empty()))
    return false;
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
  few.t = lane->t;
  const auto D = static_cast<std::size_t>(dim_), room = points_.size() * D;
  const auto take = [&](const std::vector<float>& from, std::vector<float>& into) {
    into.resize(few.t.size() * room);
    for (std::size_t k = 0; k < few.t.size(); ++k)
      for (std::size_t p = 0; p < points_.size(); ++p)
        std::copy_n(from.data() + (k * static_cast<std::size_t>(lane->n) + static_cast<std::size_t>(points_[p])) * D, D,
                    into.data() + k * room + p * D);
  };
  take(lane->x, few.x);
  if (!lane->slope.empty()) take(lane->slope, few.slope);
  // A path of sparse frames follows the solution between them; straight lines gain nothing from more pieces.
  const std::size_t pieces = few.slope.empty() || few.t.size() < 2 ? 1 : std::max<std::size_t>(1, kSmooth / (few.t.size() - 1));
  for (std::size_t k = 0; k + 1 < few.t.size(); ++k)
    for (std::size_t q = 0; q < pieces; ++q)
      t_.push_back(few.t[k] + (few.t[k + 1] - few.t[k]) * static_cast<double>(q) / static_cast<double>(pieces));
  t_.push_back(few.t.back());
  x_.resize(t_.size() * room);
  for (std::size_t k = 0; k < t_.size(); ++k) positionsAt(*simulation_, few, t_[k], space, x_.data() + k * room);
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
