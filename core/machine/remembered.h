#pragma once
// The last answer of a function that is asked for the same again and again: slices of points at one time, stages that meet.
#include <mutex>
#include <optional>
#include <utility>

namespace inflaton {

/// Any thread may ask; who asks while the answer is being made waits for it.
template <class Key, class Value>
class Remembered {
 public:
  /// The value for `key`: that of the last call if its key was the same, or make().
  template <class Make>
  Value operator()(const Key& key, const Make& make) const {
    const std::lock_guard lock(mutex_);
    if (!last_ || !(last_->first == key)) last_.emplace(key, make());
    return last_->second;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::optional<std::pair<Key, Value>> last_;
};

}  // namespace inflaton
