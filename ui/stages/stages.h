#pragma once
// The stages that share the views: each is an inspector and what its button does.
#include "ui/session/stage_page.h"

namespace inflaton::ui {

Stage dataStage();
Stage trainStage();
Stage flowStage();

}  // namespace inflaton::ui
