#include "ui/stages/flow_inspector.h"
#include "ui/stages/stages.h"
#include "ui/stages/views_page.h"

namespace inflaton::ui {
namespace {

class FlowPage : public ViewsPage {
 public:
  FlowPage(Session* session, FlowInspector* inspector, QObject* parent) : ViewsPage(session, inspector, parent) {
    connect(inspector, &FlowInspector::trainRequested, this, [this] { Q_EMIT stageRequested(QStringLiteral("train")); });
  }
  QPair<QString, QString> dockInFront() const override { return {QStringLiteral("Plots"), QStringLiteral("Training")}; }
};

}  // namespace

Stage flowStage() {
  return {QStringLiteral("flow"),
          StagePage::tr("Flow"),
          {{QStringLiteral("flow"), StagePage::tr("About the &flow, PRP and PRR")},
           {QStringLiteral("analysis"), StagePage::tr("About so&lvers, densities and residuals")}},
          [](Session* session, QObject* parent) { return new FlowPage(session, new FlowInspector(session), parent); }};
}

}  // namespace inflaton::ui
