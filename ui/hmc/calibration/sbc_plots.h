#pragma once
// Is it calibrated? The ECDF difference of the ranks with its simultaneous band, and the coverage of credible intervals.
#include <memory>

#include "core/api/calibration.h"
#include "ui/views/plot_pane.h"

namespace inflaton::ui {

PlotContent sbcEcdfPlot(std::shared_ptr<const SbcResult>, const QString& command);
PlotContent sbcCoveragePlot(std::shared_ptr<const SbcResult>, const QString& command);

}  // namespace inflaton::ui
