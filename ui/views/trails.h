#pragma once
// The paths of a few points through the whole lane: those selected, else an even sample. Worked out once and kept.
#include <memory>
#include <vector>

#include "ui/model/view_state.h"

namespace inflaton::ui {

class Trails {
 public:
  static constexpr int kMost = 300;            ///< selected paths shown at most
  static constexpr int kSample = 120;          ///< without a selection
  static constexpr std::size_t kSmooth = 120;  ///< pieces of a path, where the frames are fewer and the lane has slopes

  /// Brings the paths up to date; true when they changed.
  bool update(const ViewState&, Space, int sample = kSample);
  /// The same for one point, -1: none.
  bool updateOne(const ViewState&, Space, int point);

  const std::vector<int>& points() const { return points_; }  ///< indices of the points
  int frames() const { return static_cast<int>(t_.size()); }  ///< places along a path: the stored frames, and some between sparse ones
  int dim() const { return dim_; }
  const std::vector<double>& times() const { return t_; }  ///< [frames] in the order integrated
  /// Position [dim] of path p at place k.
  const float* at(int p, int k) const {
    return x_.data() + (static_cast<std::size_t>(k) * points_.size() + static_cast<std::size_t>(p)) * static_cast<std::size_t>(dim_);
  }
  /// Places that the cursor has passed, counted from the start of the lane.
  int passed(double t) const;
  int computations() const { return computations_; }  ///< for tests: how often paths were worked out

 private:
  bool compute(const ViewState&, Space, std::vector<int> points);

  std::shared_ptr<const Simulation> simulation_;
  Direction lane_ = Direction::inflation;
  Space space_ = Space::dataScaled;
  std::vector<int> points_;
  std::vector<float> x_;  ///< [frames, points, dim]
  std::vector<double> t_;
  int dim_ = 0;
  QVector<bool> selection_;
  int sample_ = -1;
  int computations_ = 0;
};

}  // namespace inflaton::ui
