#pragma once
// Short work off the GUI thread (thumbnails, reading a file) whose answer comes back on it. Long work is a job: see job_bridge.h.
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>
#include <QThreadPool>
#include <memory>
#include <utility>

namespace inflaton::ui {

/// Runs `work` on the global thread pool and `done(result)` on the thread of `receiver`. When the receiver dies first, the
/// answer is dropped. `work` must not throw: wrap it in atEdge.
template <class Work, class Done>
void inBackground(QObject* receiver, Work work, Done done) {
  using Result = std::invoke_result_t<Work>;
  auto promise = std::make_shared<QPromise<Result>>();
  auto* watcher = new QFutureWatcher<Result>(receiver);
  QObject::connect(watcher, &QFutureWatcherBase::finished, receiver, [watcher, done = std::move(done)]() mutable {
    if (watcher->future().resultCount() > 0) done(watcher->result());
    watcher->deleteLater();
  });
  promise->start();
  watcher->setFuture(promise->future());
  QThreadPool::globalInstance()->start([promise, work = std::move(work)]() mutable {
    promise->addResult(work());
    promise->finish();
  });
}

}  // namespace inflaton::ui
