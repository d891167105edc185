#include "ui/jobs/job_bridge.h"

#include <QMetaObject>

namespace inflaton::ui {

JobBridge::JobBridge(QObject* parent)
    : QObject(parent), queue_([this](const JobStatus& status) { post([this, status] { Q_EMIT changed(status); }); }) {}

// The calls cross in a queue of our own, and the event only says that one is there: so their data are handed over under a lock that
// whoever looks for races can see.
void JobBridge::post(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  QMetaObject::invokeMethod(this, &JobBridge::deliverOne, Qt::QueuedConnection);
}

void JobBridge::deliverOne() {
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    call = std::move(calls_.front());
    calls_.pop_front();
  }
  call();
}

}  // namespace inflaton::ui
