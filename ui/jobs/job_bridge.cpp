#include "ui/jobs/job_bridge.h"

#include <QMetaObject>

namespace inflaton::ui {

JobBridge::JobBridge(QObject* parent)
    : QObject(parent), queue_([this](const JobStatus& status) { post([this, status] { Q_EMIT changed(status); }); }) {}

void JobBridge::post(std::function<void()> call) { QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection); }

}  // namespace inflaton::ui
