#pragma once
// The work-precision diagram: which error each solver leaves for which number of evaluations, both axes logarithmic.
#include "core/api/compare.h"
#include "ui/views/chart_pane.h"

namespace inflaton::ui {

/// One curve for each solver, told apart by colour, dash and marker, and a dashed line at the error of the reference's 701 Euler points.
ChartPane::Content workPrecisionChart(const WorkPrecision&, const QString& command);
/// "adams: 24 evaluations reach the error of 701 Euler points; ..." of the solver that needs fewest.
QString workPrecisionSummary(const WorkPrecision&);
/// Label of a solver as the flow's form has it, "Runge-Kutta 4 in the angle"; the id where it is unknown.
QString solverLabel(const std::string& id);

}  // namespace inflaton::ui
