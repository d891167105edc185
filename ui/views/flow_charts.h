#pragma once
// The charts of the flow, built anew from their numbers for the screen or for a figure.
#include <QChart>
#include <memory>

#include "ui/style/colors.h"
#include "ui/views/flow_curves.h"

namespace inflaton::ui {

enum class FlowChart { ratio, variances, errors };

QString flowChartTitle(FlowChart);
std::unique_ptr<QChart> makeFlowChart(FlowChart, const FlowCurves&, const Simulation&, const Theme&, const QFont&);

}  // namespace inflaton::ui
