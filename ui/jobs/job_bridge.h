#pragma once
// Where jobs meet Qt: the program's one JobQueue, its statuses as signals and its results as calls on the GUI thread. The thread rule
// sits here.
#include <QObject>
#include <QPointer>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "core/api/job.h"
#include "ui/jobs/partial_results.h"

namespace inflaton::ui {

class JobBridge : public QObject {
  Q_OBJECT
 public:
  explicit JobBridge(QObject* parent = nullptr);  ///< destroying it cancels everything and joins

  std::uint64_t submit(JobQueue::Request request) { return queue_.submit(std::move(request)); }
  void cancel(std::uint64_t id) {
    remember(id);
    queue_.cancel(id);
  }
  void finish(std::uint64_t id) { queue_.finish(id); }  ///< stop and keep
  void cancelAll() {
    for (const std::uint64_t id : active()) remember(id);
    queue_.cancelAll();
  }
  /// Somebody called cancel for it, and a newer request was not the reason.
  bool askedToCancel(std::uint64_t id) const { return cancelled_.contains(id); }
  std::vector<std::uint64_t> active() const { return queue_.active(); }  ///< what waits or runs
  JobLog log(std::uint64_t id) const { return queue_.log(id); }

  /// Runs `work` as the job; `done` gets its end on the GUI thread, once, unless `receiver` is gone by then: what the work gave, the
  /// error that it threw, or `cancelled` when it was cancelled while it waited.
  template <class T>
  std::uint64_t run(JobQueue::Request request, std::function<Expected<T>(const JobContext&)> work, QObject* receiver,
                    std::function<void(const Expected<T>&)> done) {
    const auto end = std::make_shared<End<T>>([this, done = std::move(done), receiver = QPointer<QObject>(receiver)](Expected<T> result) {
      post([done, receiver, result = std::make_shared<Expected<T>>(std::move(result))] {
        if (receiver) done(*result);
      });
    });
    request.work = [work = std::move(work), end](const JobContext& context) -> Expected<void> {
      Expected<T> result = [&]() -> Expected<T> {
        try {
          return work(context);
        } catch (...) {
          return tl::unexpected(currentExceptionAsJobError());
        }
      }();
      const Expected<void> said = result ? Expected<void>{} : tl::unexpected(result.error());
      end->tell(std::move(result));
      return said;
    };
    return submit(std::move(request));
  }

  /// The same with partial results: `work` hands them to `publish` on its own thread, and `onUpdate` gets them on the GUI thread,
  /// all before `done`, unless `receiver` is gone by then. `work` must not touch the receiver.
  template <class T, class Update>
  std::uint64_t run(JobQueue::Request request,
                    std::function<Expected<T>(const JobContext&, const std::function<void(const Update&)>& publish)> work,
                    QObject* receiver, std::function<void(const Update&)> onUpdate, std::function<void(const Expected<T>&)> done,
                    Delivery delivery = Delivery::newest) {
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
        });
  }

  /// From any thread: `call` runs on the GUI thread, in order, as long as the bridge lives.
  void post(std::function<void()> call);

 Q_SIGNALS:
  void changed(const inflaton::JobStatus& status);

 private:
  void remember(std::uint64_t id) {
    cancelled_.insert(id);
    if (cancelled_.size() > 2 * JobQueue::kEndedKept) cancelled_.erase(cancelled_.begin());  // of a job long ended
  }

  /// Goes with a job's work and tells the end once: at the latest when the queue lets the work go that never ran.
  template <class T>
  class End {
   public:
    explicit End(std::function<void(Expected<T>)> told) : told_(std::move(told)) {}
    ~End() {
      if (told_) told_(tl::unexpected(JobError{ErrorCode::cancelled, "cancelled", {}}));
    }
    End(const End&) = delete;
    End& operator=(const End&) = delete;
    void tell(Expected<T> result) { std::exchange(told_, nullptr)(std::move(result)); }

   private:
    std::function<void(Expected<T>)> told_;
  };

  void deliverOne();

  std::set<std::uint64_t> cancelled_;

  std::mutex mutex_;
  std::deque<std::function<void()>> calls_;  ///< one for each event under way, in order
  JobQueue queue_;  ///< its threads join while this object can still take posts; what is posted after that is dropped with it
};

}  // namespace inflaton::ui
