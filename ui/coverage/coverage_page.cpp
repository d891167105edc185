#include "ui/coverage/coverage_page.h"

#include <QVBoxLayout>

#include "ui/shell/session.h"
#include "ui/stages/inspector_parts.h"

namespace inflaton::ui {

CoveragePage::CoveragePage(Session* session, QObject* parent) : StagePage(parent), session_(session), inspector_(new QWidget), centre_(new QWidget) {
  auto* column = new QVBoxLayout(inspector_);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(heading(tr("Coverage")));
  column->addStretch();
}

QString CoveragePage::runText() const { return tr("Run coverage"); }
bool CoveragePage::canRun() const { return false; }
void CoveragePage::run() {}
QString CoveragePage::command() const { return {}; }
Figure* CoveragePage::currentFigure() const { return nullptr; }
QString CoveragePage::hint() const { return tr("Ctrl+Return run  \u00b7  R reset view  \u00b7  F1 keys"); }

}  // namespace inflaton::ui
