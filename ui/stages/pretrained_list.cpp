#include "ui/stages/pretrained_list.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "core/api/networks.h"
#include "ui/forms/inspector_parts.h"
#include "ui/session/session.h"

namespace inflaton::ui {

QString flowName(const NetworkInfo& info) {
  QString name = QString::fromStdString(info.schedule);
  try {
    const Schedule schedule = Schedule::make(info.scheduleOptions, info.dim);
    if (!schedule.preserving())
      name =
          PretrainedList::tr("PRR to %1D, gap %L2").arg(schedule.dimsToKeep()).arg(schedule.g().front() - schedule.g().back(), 0, 'f', 2);
    if (schedule.proportional()) name += PretrainedList::tr(", proportional");
  } catch (const Error&) {  // a schedule of its own: its name will do
  }
  return name;
}

PretrainedList::PretrainedList(Session* session, QWidget* parent) : QWidget(parent), session_(session), rows_(new QGridLayout) {
  setObjectName("pretrained");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 4);
  column->setSpacing(2);
  auto* title = new QLabel(tr("Pretrained, ready to use"));
  QFont bold = title->font();
  bold.setBold(true);
  title->setFont(bold);
  column->addWidget(title);
  rows_->setContentsMargins(0, 0, 0, 0);
  rows_->setVerticalSpacing(2);
  rows_->setColumnStretch(0, 1);
  column->addLayout(rows_);
  connect(session, &Session::experimentChanged, this, &PretrainedList::follow);
  follow();
}

void PretrainedList::follow() {
  const ToySimulateOptions& flow = session_->experiment().flow;
  const std::string used = flow.source == "net" ? flow.network : std::string();
  auto now = session_->pretrained();
  const bool same = used == used_ && std::equal(now.begin(), now.end(), shown_.begin(), shown_.end(),
                                                [](const NetworkInfo& a, const NetworkInfo& b) { return a.path == b.path; });
  setVisible(!now.empty());
  if (same) return;
  shown_ = std::move(now);
  used_ = used;
  while (QLayoutItem* item = rows_->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const NetworkInfo& info = shown_[i];
    const QString path = QString::fromStdString(info.path);
    auto* what = new QLabel(flowName(info));
    QStringList facts;
    if (info.validation_mean >= 0) facts << tr("error %L1").arg(info.validation_mean, 0, 'g', 2);
    facts << tr("%1 k parameters").arg((info.parameters + 500) / 1000) << tr("t max %L1").arg(info.scheduleOptions.tmax);
    auto* about = sideNote(facts.join(", "));
    auto* use = new QPushButton(info.path == used_ ? tr("In use") : tr("Use"));
    use->setObjectName(QStringLiteral("usePretrained_") + QFileInfo(path).completeBaseName());
    use->setEnabled(info.path != used_);
    use->setAutoDefault(false);
    use->setFocusPolicy(Qt::TabFocus);
    use->setAccessibleName(tr("Use the pretrained network for %1").arg(what->text()));
    use->setToolTip(tr("The flow uses this network, with its schedule and t max; one step to undo"));
    const QString tip = tr("<p>%1: %2%3. The error is the mean weighted error against the exact denoiser.</p>")
                            .arg(QFileInfo(path).fileName().toHtmlEscaped(), QString::fromStdString(info.arch).toHtmlEscaped(),
                                 info.mimg > 0 ? tr(", %L1 Mimg").arg(info.mimg) : QString());
    what->setToolTip(tip);
    about->setToolTip(tip);
    connect(use, &QPushButton::clicked, this, [this, path] { session_->usePretrained(path); });
    const int row = 2 * static_cast<int>(i);
    rows_->addWidget(what, row, 0);
    rows_->addWidget(about, row + 1, 0);
    rows_->addWidget(use, row, 1, 2, 1, Qt::AlignVCenter);
  }
}

}  // namespace inflaton::ui
