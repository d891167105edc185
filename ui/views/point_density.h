#pragma once
// How many points lie where: counted in cells of the plot, blurred, shown as a wash of one colour.
#include <QImage>
#include <vector>

#include "ui/style/colors.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

class Density {
 public:
  /// positions [n, dim]; columns x and y are shown. The image covers frame.plot and is to be drawn smoothly scaled.
  const QImage& image(const PlotFrame&, const std::vector<float>& positions, int dim, int x, int y, const Theme&);

 private:
  std::vector<float> cells_, room_;
  QImage image_;
};

}  // namespace inflaton::ui
