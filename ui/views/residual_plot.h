#pragma once
// The residual autocorrelation against the lag. Specification 4.1.
#include "core/api/residuals.h"
#include "ui/views/chart_pane.h"

namespace inflaton::ui {

/// Mean diagonal of the correlation with time 0, of residuals and, when `outputs`, of the network's outputs.
ChartPane::Content residualChart(std::shared_ptr<const ResidualCorrelations>, bool outputs, const QString& command);
/// Mean over the diagonal of [T, D, D].
std::vector<double> meanDiagonal(const std::vector<double>& correlations, int dim);

}  // namespace inflaton::ui
