#pragma once
// The stages of the window. A workspace is one such list; there is one so far, the points'.
#include "ui/session/stage_page.h"

namespace inflaton::ui {

/// From left to right in the stage bar. Ids are unique.
QList<Stage> pointsStages();

}  // namespace inflaton::ui
