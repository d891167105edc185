#include "ui/hmc/stage_options.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace inflaton::ui {
namespace {
QString tr(const char* s) { return QCoreApplication::translate("HmcStage", s); }
}  // namespace

QStringList hiddenFields() {
  return {"source",      "network",       "total_samples", "references", "data_name",    "data_file", "standardize",
          "augment_to",  "augment_noise", "schedule",      "data_dim",   "dims_to_keep", "g_type",    "inflation_gap",
          "g_rescaling", "rho",           "gamma0",        "tmin",       "tmax",         "outdir",    "desc",
          "nosubdir",    "resume",        "output",        "device",     "threads"};
}

QString subjectOf(const Session& session) {
  const auto& flow = session.experiment().flow;
  const QString score = flow.source == "net"
                            ? tr("network %1").arg(QFileInfo(QString::fromStdString(flow.network)).fileName())
                            : tr("exact score of %1 points").arg(flow.references > 0 ? flow.references : flow.total_samples);
  return tr("%1, %2, %3").arg(session.dataTitle(), session.scheduleName(), score);
}

bool isPlane(const Session& session) { return session.dataDim() == 2; }

}  // namespace inflaton::ui
