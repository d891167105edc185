#pragma once
// Coverage against radius, as the paper's figure: each place with the binomial error of its shares, the ideal dashed, with the band that a
// calibrated flow stays in.
#include "core/api/coverage.h"
#include "ui/views/chart_pane.h"

namespace inflaton::ui {

/// `difference`: coverage minus the ideal, percentage points, where the eye sees what a share of 95 % hides.
ChartPane::Content coverageChart(std::shared_ptr<const CoverageResult>, BoundaryKind, bool difference);

}  // namespace inflaton::ui
