#pragma once
// What the coverage stage looks at: a result, and in it one shell (radius), one place, one kind of boundary, perhaps one point.
#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "core/api/coverage.h"

namespace inflaton::ui {

/// Of a test point, relative to the latent start: where it was and where it is now.
enum class PointStatus : std::uint8_t { outside, inside, left, entered };
constexpr int kPointStatuses = 4;

class CoverageModel : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  std::shared_ptr<const CoverageResult> result() const { return result_; }
  /// A new result, or the same one with more runs. Keeps radius, place and kind where they are still there.
  void setResult(std::shared_ptr<const CoverageResult>);

  int radius() const { return radius_; }  ///< index
  CoveragePlace place() const { return place_; }
  BoundaryKind kind() const { return kind_; }
  void select(int radius, CoveragePlace, BoundaryKind);  ///< what is not there is ignored
  void setRadius(int radius) { select(radius, place_, kind_); }
  void setPlace(CoveragePlace place) { select(radius_, place, kind_); }
  void setKind(BoundaryKind kind) { select(radius_, place_, kind); }

  int picked() const { return picked_; }  ///< test point; -1: none
  void setPicked(int point);

  /// A shape by another limit in the place of the selected alpha shape; nothing: the run's own.
  std::shared_ptr<const CoverageShell> trial() const { return trial_; }
  void setTrial(std::shared_ptr<const CoverageShell>);

  int dim() const { return result_ ? result_->dim : 0; }
  /// Of the first run; nullptr: not there.
  const CoverageShell* shell(BoundaryKind, CoveragePlace, int radius) const;
  /// The selected one, or the trial in its place.
  const CoverageShell* shown() const;
  const std::vector<float>& points(CoveragePlace) const;
  /// Positions [boundaryPoints, dim] of one shell's boundary points at a place, scaled eigen-coordinates.
  std::vector<double> boundaryPoints(CoveragePlace, int radius) const;
  /// [testPoints] of the selection; empty where the shells are not there.
  const std::vector<PointStatus>& status() const { return status_; }
  std::int64_t count(PointStatus s) const { return counts_[static_cast<std::size_t>(s)]; }
  /// Radius of the innermost shell that holds a point, 0: none holds it.
  double innermost(int point, CoveragePlace) const;

 Q_SIGNALS:
  void resultChanged();
  void selectionChanged();  ///< radius, place, kind or trial: the statuses too
  void pickedChanged();

 private:
  void renewStatus();
  std::shared_ptr<const CoverageResult> result_;
  std::shared_ptr<const CoverageShell> trial_;
  int radius_ = 0, picked_ = -1;
  CoveragePlace place_ = CoveragePlace::latentEnd;
  BoundaryKind kind_ = BoundaryKind::alphaShape;
  std::vector<PointStatus> status_;
  std::array<std::int64_t, kPointStatuses> counts_{};
};

QString placeName(CoveragePlace);
QString kindName(BoundaryKind);
QString statusName(PointStatus);

}  // namespace inflaton::ui
