#pragma once
// A small picture of a point set, drawn on any thread.
#include <QImage>
#include <QSize>

#include "core/api/points.h"
#include "ui/style/colors.h"

namespace inflaton::ui {

/// Points in their class colours on a transparent ground. Sets of three dimensions show axes 0 and 2 with a little of axis 1:
/// the view in which the toy curves read best.
QImage thumbnail(const PointSet&, const QSize& size, double pixelRatio, const Theme&);

}  // namespace inflaton::ui
