#include "ui/shell/status_line.h"

#include <QFile>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <thread>

#include "core/api/system.h"
#include "ui/jobs/background.h"

#ifdef __linux__
#include <unistd.h>
#endif

namespace inflaton::ui {

namespace {

/// Resident memory of this program in MiB; 0 where the system does not tell.
double residentMiB() {
#ifdef __linux__
  QFile file("/proc/self/statm");
  if (!file.open(QIODevice::ReadOnly)) return 0;
  const QList<QByteArray> parts = file.readAll().split(' ');
  return parts.size() > 1 ? parts[1].toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20) : 0;
#else
  return 0;
#endif
}

}  // namespace

StatusLine::StatusLine(Session* session, QWidget* parent)
    : QStatusBar(parent),
      session_(session),
      hint_(new QLabel),
      message_(new QLabel),
      job_(new QLabel),
      machine_(new QLabel),
      seed_(new QLabel),
      bar_(new QProgressBar),
      stop_(new QToolButton) {
  setSizeGripEnabled(false);
  setContentsMargins(6, 0, 8, 0);
  hint_->setForegroundRole(QPalette::PlaceholderText);
  message_->setObjectName("statusMessage");
  message_->setContentsMargins(10, 0, 0, 0);
  message_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // a long one must not widen the window; its tooltip has it all
  bar_->setObjectName("jobBar");
  bar_->setRange(0, 1000);
  bar_->setFixedWidth(110);
  bar_->setMaximumHeight(fontMetrics().height() + 4);
  stop_->setObjectName("jobCancel");
  stop_->setText(QStringLiteral("\u2715"));
  stop_->setAutoRaise(true);
  stop_->setToolTip(tr("Cancel this job"));
  addWidget(hint_);
  addWidget(message_, 1);
  for (QWidget* w : {static_cast<QWidget*>(job_), static_cast<QWidget*>(bar_), static_cast<QWidget*>(stop_),
                     static_cast<QWidget*>(machine_), static_cast<QWidget*>(seed_)})
    addPermanentWidget(w);
  for (QWidget* w : {static_cast<QWidget*>(job_), static_cast<QWidget*>(bar_), static_cast<QWidget*>(stop_)}) w->hide();

  forget_.setSingleShot(true);
  forget_.setInterval(10000);
  connect(&forget_, &QTimer::timeout, message_, &QLabel::clear);
  late_.setSingleShot(true);
  late_.setInterval(150);  // quick jobs do not flicker
  connect(&late_, &QTimer::timeout, this, &StatusLine::followJob);
  machineTimer_.setInterval(2000);
  connect(&machineTimer_, &QTimer::timeout, this, &StatusLine::showMachine);
  machineTimer_.start();

  connect(session->jobs(), &JobBridge::changed, this, [this] {
    if (job_->isVisible())
      followJob();
    else if (!late_.isActive())
      late_.start();
  });
  connect(stop_, &QToolButton::clicked, this, [this] { session_->jobs()->cancel(shownJob_); });
  const auto showSeed = [this] { seed_->setText(tr("seed %1").arg(session_->experiment().flow.seed)); };
  connect(session, &Session::experimentChanged, seed_, showSeed);
  showSeed();
  seed_->setToolTip(tr("Every random draw follows from the seed (--seed)"));

  hardware_ = tr("%1 cores").arg(std::thread::hardware_concurrency());
  inBackground(
      this,
      [] {
        useThreads(0);
        return systemInfo();
      },
      [this](const SystemInfo& info) {
        const QString device = info.devices.empty() ? "cpu" : QString::fromStdString(info.devices.back()).section(' ', 0, 0);
        hardware_ = info.cores == 1 ? tr("%1, 1 thread").arg(device) : tr("%1, %2 threads").arg(device).arg(info.cores);
        QStringList tip{
            tr("Inflaton %1, LibTorch %2, %3")
                .arg(QString::fromStdString(info.version), QString::fromStdString(info.torch), QString::fromStdString(info.blas))};
        for (const std::string& warning : info.warnings) tip << QString::fromStdString(warning);
        machine_->setToolTip(tip.join('\n'));
        showMachine();
      });
  showMachine();
}

void StatusLine::setHint(const QString& keys) { hint_->setText(keys); }
QString StatusLine::message() const { return message_->text(); }

void StatusLine::say(const QString& text) {
  message_->setText(text);
  message_->setToolTip(text);
  forget_.start();
}

void StatusLine::showMachine() {
  const double mib = residentMiB();
  machine_->setText(mib > 0 ? tr("%1, %2 MB").arg(hardware_).arg(mib, 0, 'f', 0) : hardware_);
}

void StatusLine::followJob() {
  const JobStatus* job = session_->jobsModel()->running();
  for (QWidget* w : {static_cast<QWidget*>(job_), static_cast<QWidget*>(bar_), static_cast<QWidget*>(stop_)}) w->setVisible(job);
  if (!job) return;
  shownJob_ = job->id;
  QString text = QString::fromStdString(job->title);
  const QString eta = etaText(job->progress.etaSeconds);
  job_->setText(eta.isEmpty() ? text : text + ", " + eta);
  if (job->progress.total > 0) {
    bar_->setRange(0, 1000);
    bar_->setValue(static_cast<int>(1000 * job->progress.fraction()));
  } else {
    bar_->setRange(0, 0);
  }
}

}  // namespace inflaton::ui
