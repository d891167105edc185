#pragma once
// How shells and points of the coverage scene look; safe for colour-blind eyes, and never by colour alone.
#include "ui/coverage/coverage_model.h"
#include "ui/style/colors.h"

namespace inflaton::ui {

struct StatusLook {
  QColor color;
  Marker marker;
  double size;  ///< in painter units
};
StatusLook statusLook(PointStatus, const Theme&);
/// Of shell k of n, from the innermost on.
QColor shellColor(int k, int n, const Theme&);
/// Of a place in curves and paths.
QColor placeColor(CoveragePlace, const Theme&);

}  // namespace inflaton::ui
