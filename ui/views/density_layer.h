#pragma once
// The model's log-density behind the points: colours that fade where there is next to nothing, a bar that says what they mean, and
// of which time they are whenever that is not the cursor's.
#include <QImage>
#include <memory>

#include "ui/model/density_map.h"
#include "ui/model/view_state.h"
#include "ui/style/colors.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

class DensityLayer {
 public:
  /// Shown down to this part of the peak.
  static constexpr double kFloor = 1e-3;
  void draw(QPainter&, const PlotFrame&, const ViewState&, Space, int axisX, const Theme&);
  /// Over the points: colour bar with ticks, and the note.
  void drawBar(QPainter&, const PlotFrame&, const ViewState&, Space, const Theme&) const;

 private:
  std::shared_ptr<const DensityMap> shown_;
  Theme theme_;
  QImage image_;  ///< row 0 is the lattice's lowest
};

}  // namespace inflaton::ui
