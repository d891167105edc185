#include "ui/jobs/job_bridge.h"

#include <QMetaObject>

namespace inflaton::ui {

JobBridge::JobBridge(QObject* parent) : QObject(parent) {
  queue_ = std::make_unique<JobQueue>([this](const JobStatus& status) { post([this, status] { Q_EMIT changed(status); }); });
}

// The queue joins while this object can still take posts; what is posted after that is dropped with it.
JobBridge::~JobBridge() { queue_.reset(); }

std::uint64_t JobBridge::submit(JobQueue::Request request) { return queue_->submit(std::move(request)); }
void JobBridge::cancel(std::uint64_t id) { queue_->cancel(id); }
void JobBridge::finish(std::uint64_t id) { queue_->finish(id); }
void JobBridge::cancelAll() { queue_->cancelAll(); }
std::vector<JobStatus> JobBridge::statuses() const { return queue_->statuses(); }

void JobBridge::post(std::function<void()> call) { QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection); }

}  // namespace inflaton::ui
