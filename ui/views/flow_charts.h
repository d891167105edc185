#pragma once
// The charts of the flow, built anew from their numbers for the screen or for a figure.
#include <QChart>
#include <memory>

#include "ui/style/colors.h"
#include "ui/views/flow_curves.h"

namespace inflaton::ui {

enum class FlowChart { ratio, variances, errors };

QString flowChartTitle(FlowChart);
/// `compact`: for a strip less than 200 units high; no title at the left axis, the legend beside the plot.
std::unique_ptr<QChart> makeFlowChart(FlowChart, const FlowCurves&, const Simulation&, const Theme&, const QFont&, bool compact = false);

}  // namespace inflaton::ui
