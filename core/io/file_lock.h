#pragma once
// Locks of open files (flock). The kernel takes one away when the last process that holds the file open ends, however it ends, so
// nobody needs to know a process by its number: zombies, containers and numbers that were given away again do not matter.

namespace inflaton {

enum class FileLock {
  taken,
  refused,     ///< somebody else has it, maybe this same process by another opening of the file
  unsupported  ///< there are no locks on this file system
};
/// Neither of them waits. The lock goes with the last close of this opening.
FileLock tryExclusiveLock(int fd);
FileLock trySharedLock(int fd);

}  // namespace inflaton
