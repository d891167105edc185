#pragma once
// How far the points reach along an axis.
#include <utility>

#include "ui/model/view_state.h"

namespace inflaton::ui {

/// Where nearly all points of all lanes are at any time, so that nothing jumps while scrubbing. {-3, 3} without a flow.
std::pair<double, double> axisExtent(const ViewState&, Space, int axis);

}  // namespace inflaton::ui
