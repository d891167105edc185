#include "ui/jobs/job_bridge.h"

#include <QMetaObject>

namespace inflaton::ui {

namespace {
constexpr int kLaneBits = 48;  // an id is the lane, then the number of the job in its queue
}

JobBridge::JobBridge(QObject* parent) : QObject(parent) { queueOf(SideLane::none); }

// The queues join while this object can still take posts; what is posted after that is dropped with it.
JobBridge::~JobBridge() {
  cancelAll();
  for (auto& [lane, queue] : queues_) queue.reset();
}

JobQueue& JobBridge::queueOf(SideLane lane) {
  auto& queue = queues_[lane];
  if (!queue)
    queue = std::make_unique<JobQueue>([this, first = static_cast<std::uint64_t>(lane) << kLaneBits](const JobStatus& own) {
      JobStatus status = own;
      status.id += first;
      post([this, status] { Q_EMIT changed(status); });
    });
  return *queue;
}

JobQueue* JobBridge::queueOf(std::uint64_t id) {
  const auto found = queues_.find(static_cast<SideLane>(id >> kLaneBits));
  return found == queues_.end() ? nullptr : found->second.get();
}

std::uint64_t JobBridge::submit(JobQueue::Request request, SideLane lane) {
  return queueOf(lane).submit(std::move(request)) + (static_cast<std::uint64_t>(lane) << kLaneBits);
}

void JobBridge::cancel(std::uint64_t id) {
  if (auto* queue = queueOf(id)) queue->cancel(id & ((std::uint64_t{1} << kLaneBits) - 1));
}

void JobBridge::finish(std::uint64_t id) {
  if (auto* queue = queueOf(id)) queue->finish(id & ((std::uint64_t{1} << kLaneBits) - 1));
}

void JobBridge::cancelAll() {
  for (auto& [lane, queue] : queues_) queue->cancelAll();
}

std::vector<JobStatus> JobBridge::statuses() const {
  std::vector<JobStatus> all;
  for (const auto& [lane, queue] : queues_)
    for (JobStatus status : queue->statuses()) {
      status.id += static_cast<std::uint64_t>(lane) << kLaneBits;
      all.push_back(std::move(status));
    }
  return all;
}

void JobBridge::post(std::function<void()> call) { QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection); }

}  // namespace inflaton::ui
