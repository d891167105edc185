#pragma once
// The sign of life of whoever writes a run: a lock on a file that the kernel takes away when the process ends, however it ends.
#include <string>

namespace inflaton {

class LifeLock {
 public:
  /// Locks `file`, made if missing, for as long as this object lives. Throws Error(failed) when it cannot be made or somebody else who
  /// lives holds it. On file systems that know no locks nothing is held.
  explicit LifeLock(const std::string& file);
  ~LifeLock();
  LifeLock(LifeLock&&) noexcept;
  LifeLock& operator=(LifeLock&&) noexcept;

 private:
  int fd_;
};

enum class Life { held, free, unknown };  ///< unknown: no such file, or no locks there
/// Asks. This process counts as others do.
Life lifeOf(const std::string& file);
/// Whether this very process holds it.
bool isHeldHere(const std::string& file);

}  // namespace inflaton
