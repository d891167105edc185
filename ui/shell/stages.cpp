#include "ui/shell/stages.h"

#include "ui/coverage/coverage_page.h"
#include "ui/hmc/hmc_page.h"
#include "ui/stages/stages.h"

namespace inflaton::ui {

QList<Stage> pointsStages() { return {dataStage(), trainStage(), flowStage(), coverageStage(), hmcStage()}; }

}  // namespace inflaton::ui
