#include "ui/hmc/stage_options.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace inflaton::ui {
namespace {
QString tr(const char* s) { return QCoreApplication::translate("HmcStage", s); }
}  // namespace

FormLayout stageLayout() {
  FormLayout layout;
  layout.hiddenGroups = {"Flow", "Data", "Schedule"};
  layout.hidden = {"outdir", "desc", "nosubdir", "resume", "output", "device", "threads"};
  return layout;
}

QString subjectOf(const Session& session) {
  const auto& flow = session.experiment().flow;
  const QString score = flow.source == "net" ? tr("network %1").arg(QFileInfo(QString::fromStdString(flow.network)).fileName())
                                             : tr("exact score of %1").arg(scorePoints(flow));
  return tr("%1, %2, %3").arg(session.dataTitle(), session.scheduleName(), score);
}

bool isPlane(const Session& session) { return session.dataDim() == 2; }

}  // namespace inflaton::ui
