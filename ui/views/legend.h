#pragma once
// What the colours mean, in one line: marker and name of each class, or a colour bar with its ends.
#include <QPainter>

#include "ui/style/colors.h"

namespace inflaton::ui {

/// Draws right-aligned into `strip` and returns the width used; the title gives way where there is no room.
double drawLegend(QPainter&, const QRectF& strip, const PointColors&, const Theme&);

}  // namespace inflaton::ui
