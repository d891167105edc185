#pragma once
// Where jobs meet Qt: one JobQueue, its statuses as signals and its results as calls on the GUI thread. The thread rule sits here.
#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <memory>

#include "core/api/job.h"
#include "ui/jobs/partial_results.h"

namespace inflaton::ui {

/// Work beside the flow and the batch: each side lane has threads of its own, and a new job there supersedes only those before it
/// on the same lane. Ids are unique over all lanes.
enum class SideLane { none, densityMap, pointValues, comparison, race, residuals, hmcDemo, marginal, sbc, coverage, alphaShape };

class JobBridge : public QObject {
  Q_OBJECT
 public:
  explicit JobBridge(QObject* parent = nullptr);
  ~JobBridge() override;  ///< cancels everything and joins

  std::uint64_t submit(JobQueue::Request, SideLane = SideLane::none);
  void cancel(std::uint64_t id);
  void finish(std::uint64_t id);  ///< stop and keep
  void cancelAll();
  std::vector<JobStatus> statuses() const;

  /// Runs `work` as the job; `done` gets its end on the GUI thread, unless `receiver` is gone by then. A job that was
  /// cancelled before it started never gets there: watch changed() for that.
  template <class T>
  std::uint64_t run(JobQueue::Request request, std::function<Expected<T>(const JobContext&)> work, QObject* receiver,
                    std::function<void(const Expected<T>&)> done, SideLane side = SideLane::none) {
    request.work = [this, work = std::move(work), done = std::move(done),
                    receiver = QPointer<QObject>(receiver)](const JobContext& context) -> Expected<void> {
      auto result = std::make_shared<Expected<T>>(work(context));
      post([done, receiver, result] {
        if (receiver) done(*result);
      });
      if (!*result) return tl::unexpected(result->error());
      return {};
    };
    return submit(std::move(request), side);
  }

  /// The same with partial results: `work` hands them to `publish` on its own thread, and `onUpdate` gets them on the GUI thread,
  /// all before `done`, unless `receiver` is gone by then. `work` must not touch the receiver.
  template <class T, class Update>
  std::uint64_t run(JobQueue::Request request,
                    std::function<Expected<T>(const JobContext&, const std::function<void(const Update&)>& publish)> work,
                    QObject* receiver, std::function<void(const Update&)> onUpdate, std::function<void(const Expected<T>&)> done,
                    SideLane side = SideLane::none, Delivery delivery = Delivery::newest) {
    const auto partial = std::make_shared<PartialResults<Update>>(receiver, std::move(onUpdate), delivery,
                                                                  [this](std::function<void()> call) { post(std::move(call)); });
    return run<T>(
        std::move(request),
        [work = std::move(work), partial](const JobContext& context) {
          return work(context, [partial](const Update& update) { PartialResults<Update>::publish(partial, update); });
        },
        receiver,
        [done = std::move(done), partial](const Expected<T>& result) {
          partial->deliver();
          done(result);
        },
        side);
  }

  /// From any thread: `call` runs on the GUI thread, in order, as long as the bridge lives.
  void post(std::function<void()> call);

 Q_SIGNALS:
  void changed(const inflaton::JobStatus& status);

 private:
  JobQueue& queueOf(SideLane);
  JobQueue* queueOf(std::uint64_t id);
  std::map<SideLane, std::unique_ptr<JobQueue>> queues_;  ///< made when first used
};

}  // namespace inflaton::ui
