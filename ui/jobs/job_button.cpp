#include "ui/jobs/job_button.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include "ui/jobs/jobs_model.h"

namespace inflaton::ui {

JobButton::JobButton(JobBridge* jobs, const QString& run, const QString& tip, QWidget* parent)
    : QWidget(parent), jobs_(jobs), run_(run), button_(new QPushButton(run)), bar_(new QProgressBar), text_(new QLabel) {
  button_->setToolTip(tip);
  button_->setAutoDefault(false);
  button_->setObjectName("run");
  bar_->setRange(0, 1000);
  bar_->setFixedWidth(64);
  bar_->setMaximumHeight(fontMetrics().height() + 4);
  bar_->hide();
  text_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // it gives way, the button does not
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(button_);
  row->addWidget(bar_);
  row->addWidget(text_, 1);
  connect(button_, &QPushButton::clicked, this, &JobButton::press);
  connect(jobs, &JobBridge::changed, this, [this](const JobStatus& status) {
    if (job_ && status.id == job_) show(status);
  });
}

void JobButton::press() { running() ? jobs_->cancel(job_) : Q_EMIT runRequested(); }

void JobButton::started(std::uint64_t job) {
  job_ = job;
  since_.start();
  button_->setText(tr("Cancel"));
  bar_->setValue(0);
  bar_->show();
}

void JobButton::say(const QString& text) {
  text_->setText(text);
  text_->setToolTip(text);
}

QString JobButton::text() const { return text_->text(); }

void JobButton::show(const JobStatus& status) {
  if (isActive(status)) {
    bar_->setValue(static_cast<int>(1000 * status.progress.fraction()));
    const QString eta = etaText(status.progress.etaSeconds), stage = QString::fromStdString(status.progress.stage);
    return say(eta.isEmpty() ? stage : stage + ", " + eta);
  }
  job_ = 0;
  button_->setText(run_);
  bar_->hide();
  if (status.state == JobState::cancelled) say(tr("Cancelled"));
  if (status.state == JobState::failed) say(tr("Failed: %1").arg(QString::fromStdString(status.error.message)));
  Q_EMIT ended();
}

}  // namespace inflaton::ui
