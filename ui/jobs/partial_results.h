#pragma once
// The way of partial results from a job's thread to the GUI thread: guarded by who receives them, in order, and thinned when asked.
#include <QPointer>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace inflaton::ui {

/// newest: whoever is slower than the job sees only the latest; each: every one is delivered, in order.
enum class Delivery { newest, each };

/// Shared by a job, which publishes from its thread, and the GUI thread, which delivers. However fast the job, at most one
/// delivery waits in the event queue. Nothing is delivered once the receiver is gone.
template <class Update>
class PartialResults {
 public:
  /// Call on the receiver's own thread. `post` brings a call to that thread and may be used from any.
  PartialResults(QObject* receiver, std::function<void(const Update&)> onUpdate, Delivery delivery,
                 std::function<void(std::function<void()>)> post)
      : receiver_(receiver), onUpdate_(std::move(onUpdate)), delivery_(delivery), post_(std::move(post)) {}

  /// From the job's thread.
  static void publish(const std::shared_ptr<PartialResults>& self, const Update& update) {
    const std::lock_guard lock(self->mutex_);
    if (self->delivery_ == Delivery::newest) self->waiting_.clear();
    self->waiting_.push_back(update);
    if (!std::exchange(self->posted_, true)) self->post_([self] { self->deliver(); });
  }

  /// On the receiver's thread: what waits is delivered now. Called before the end of a job is, so that none comes after it.
  void deliver() {
    std::vector<Update> updates;
    {
      const std::lock_guard lock(mutex_);
      updates.swap(waiting_);
      posted_ = false;
    }
    for (const Update& update : updates)
      if (receiver_) onUpdate_(update);
  }

 private:
  std::mutex mutex_;
  std::vector<Update> waiting_;
  bool posted_ = false;
  const QPointer<QObject> receiver_;  // looked at on the receiver's thread only
  const std::function<void(const Update&)> onUpdate_;
  const Delivery delivery_;
  const std::function<void(std::function<void()>)> post_;
};

}  // namespace inflaton::ui
