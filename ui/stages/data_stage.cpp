#include "ui/stages/data_inspector.h"
#include "ui/stages/stages.h"
#include "ui/stages/views_page.h"

namespace inflaton::ui {

Stage dataStage() {
  return {QStringLiteral("data"),
          StagePage::tr("Data"),
          {{QStringLiteral("data"), StagePage::tr("About &data sets")}},
          [](Session* session, QObject* parent) { return new ViewsPage(session, new DataInspector(session), parent); }};
}

}  // namespace inflaton::ui
