#pragma once
// Works out and keeps the colours of the points of one view state.
#include <memory>
#include <vector>

#include "ui/style/colors.h"

namespace inflaton::ui {

class PointColorer {
 public:
  const PointColors& of(const ViewState&, const Theme&);

 private:
  void compute(const ViewState&, const Theme&);
  void byClass(const Simulation&, const Trajectory&, const Theme&);
  void byValue(std::vector<float> values, bool logarithmic, bool fixedRange, const Theme&);
  void speeds(const Simulation&, const Trajectory&, std::int64_t interval, std::vector<float>& into);

  PointColors colors_;
  std::shared_ptr<const Simulation> simulation_;
  Direction lane_ = Direction::inflation;
  ColorBy by_ = ColorBy::classLabel;
  Theme theme_;
  std::shared_ptr<const PointValues> known_;  ///< those that the colours were made from
  std::int64_t interval_ = -1;                ///< frame interval of the speeds shown
  std::vector<float> a_, b_, values_;
};

}  // namespace inflaton::ui
