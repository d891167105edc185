#include "ui/coverage/coverage_model.h"

#include <algorithm>

#include "ui/coverage/point_path.h"

namespace inflaton::ui {

QString placeName(CoveragePlace place) {
  switch (place) {
    case CoveragePlace::latentStart:
      return CoverageModel::tr("Latent start");
    case CoveragePlace::data:
      return CoverageModel::tr("Data");
    case CoveragePlace::latentEnd:
      return CoverageModel::tr("Latent end");
  }
  return {};
}

QString kindName(BoundaryKind kind) {
  return kind == BoundaryKind::alphaShape ? CoverageModel::tr("Alpha shape") : CoverageModel::tr("Advected");
}

QString statusName(PointStatus status) {
  switch (status) {
    case PointStatus::outside:
      return CoverageModel::tr("outside");
    case PointStatus::inside:
      return CoverageModel::tr("inside");
    case PointStatus::left:
      return CoverageModel::tr("left");
    case PointStatus::entered:
      return CoverageModel::tr("entered");
  }
  return {};
}

void CoverageModel::setResult(std::shared_ptr<const CoverageResult> result) {
  // More runs of the same experiment leave the first as it is: the selection and the trial stay.
  const bool grows = result && result_ && !result->runs.empty() && !result_->runs.empty() && result->flows == result_->flows &&
                     result->radii == result_->radii;
  result_ = std::move(result);
  if (!grows) {
    trial_.reset();
    if (std::exchange(picked_, -1) >= 0) Q_EMIT pickedChanged();
    const int radii = result_ ? static_cast<int>(result_->radii.size()) : 0;
    if (radius_ >= radii || radius_ == 0) radius_ = radii / 2;
    if (result_ && !result_->has(kind_)) kind_ = kind_ == BoundaryKind::alphaShape ? BoundaryKind::advected : BoundaryKind::alphaShape;
    renewStatus();
  }
  Q_EMIT resultChanged();
  if (!grows) Q_EMIT selectionChanged();
}

void CoverageModel::select(int radius, CoveragePlace place, BoundaryKind kind) {
  if (!shell(kind, place, radius) || (radius == radius_ && place == place_ && kind == kind_)) return;
  radius_ = radius, place_ = place, kind_ = kind;
  trial_.reset();
  renewStatus();
  Q_EMIT selectionChanged();
}

void CoverageModel::setPicked(int point) {
  if (point == picked_ || !result_ || point >= result_->testPoints) return;
  picked_ = point;
  Q_EMIT pickedChanged();
}

void CoverageModel::setTrial(std::shared_ptr<const CoverageShell> trial) {
  if (trial == trial_) return;
  trial_ = std::move(trial);
  renewStatus();
  Q_EMIT selectionChanged();
}

const CoverageShell* CoverageModel::shell(BoundaryKind kind, CoveragePlace place, int radius) const {
  if (!result_ || result_->runs.empty()) return nullptr;
  const auto& shells = result_->runs.front().shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)];
  return radius >= 0 && radius < static_cast<int>(shells.size()) ? &shells[static_cast<std::size_t>(radius)] : nullptr;
}

const CoverageShell* CoverageModel::shown() const { return trial_ ? trial_.get() : shell(kind_, place_, radius_); }

const std::vector<float>& CoverageModel::points(CoveragePlace place) const {
  static const std::vector<float> none;
  return result_ ? result_->points[static_cast<std::size_t>(place)] : none;
}

std::vector<double> CoverageModel::boundaryPoints(CoveragePlace place, int radius) const {
  if (!result_ || !result_->flows || result_->flows->lanes.size() < 2) return {};
  const Simulation& flows = *result_->flows;
  const Trajectory& lane = flows.lanes[place == CoveragePlace::latentEnd ? 1 : 0];
  std::vector<float> all(static_cast<std::size_t>(lane.n * lane.dim));
  framePositions(flows, lane, place == CoveragePlace::latentStart ? 0 : lane.frames() - 1, Space::latentScaled, all.data());
  const auto first = static_cast<std::size_t>((result_->testPoints + radius * result_->boundaryPoints) * lane.dim),
             count = static_cast<std::size_t>(result_->boundaryPoints * lane.dim);
  if (radius < 0 || first + count > all.size()) return {};
  const auto scale = static_cast<float>(coverageScale(*result_));
  for (float& v : all) v *= scale;
  return {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

double CoverageModel::innermost(int point, CoveragePlace place) const {
  for (int r = 0; result_ && r < static_cast<int>(result_->radii.size()); ++r) {
    const CoverageShell* s = shell(kind_, place, r);
    if (s && static_cast<std::size_t>(point) < s->isInside.size() && s->isInside[static_cast<std::size_t>(point)])
      return result_->radii[static_cast<std::size_t>(r)];
  }
  return 0;
}

void CoverageModel::renewStatus() {
  status_.clear();
  counts_.fill(0);
  const CoverageShell *before = shell(kind_, CoveragePlace::latentStart, radius_), *now = shown();
  if (!before || !now || before->isInside.size() != now->isInside.size()) return;
  status_.resize(now->isInside.size());
  for (std::size_t i = 0; i < status_.size(); ++i) {
    const bool was = before->isInside[i], is = now->isInside[i];
    status_[i] = was ? (is ? PointStatus::inside : PointStatus::left) : is ? PointStatus::entered : PointStatus::outside;
    ++counts_[static_cast<std::size_t>(status_[i])];
  }
}

}  // namespace inflaton::ui
