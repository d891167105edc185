#pragma once
// Works out and keeps the colours of the points of one view state.
#include <memory>
#include <vector>

#include "ui/style/colors.h"

namespace inflaton::ui {

class PointColorer {
 public:
  const PointColors& of(const ViewState&, const Theme&);

  // The ways of colouring (color_modes.h), for `of`: each fills in the colours of the present lane.
  void byClass(const ViewState&, const Theme&);
  void byRadius(const ViewState&, const Theme&);
  void bySpeed(const ViewState&, const Theme&);
  void byRoundTripError(const ViewState&, const Theme&);
  void byStretch(const ViewState&, const Theme&);
  void byLogDensity(const ViewState&, const Theme&);

 private:
  void compute(const ViewState&, const Theme&);
  void unknown(const ViewState&, const QString& title, const Theme&);  ///< all points alike
  void byValue(std::vector<float> values, bool logarithmic, bool fixedRange, const Theme&);
  void speeds(const Simulation&, const Trajectory&, std::int64_t interval, std::vector<float>& into);

  PointColors colors_;
  std::shared_ptr<const Simulation> simulation_;
  Direction lane_ = Direction::inflation;
  ColorBy by_ = ColorBy::classLabel;
  Theme theme_;
  std::shared_ptr<const PointValues> known_;  ///< those that the colours were made from
  std::int64_t interval_ = -1;                ///< frame interval of the speeds shown
  double fastest_ = 0;                        ///< of the whole lane: the upper end of its speeds' range
  std::vector<float> a_, b_, values_;
};

}  // namespace inflaton::ui
