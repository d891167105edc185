#include "core/api/writable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "core/api/job.h"
#include "core/io/atomic_file.h"
#include "core/io/temporary_file.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

/// 0, or the errno of making a file in this folder. Rights alone do not tell: root has all of them on file systems that take no files.
int cannotHoldFiles(const std::string& folder) {
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return errno;
#ifdef O_TMPFILE
  // A file without a name: nobody sees it, and it is gone with its descriptor.
  if (const int fd = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600); fd >= 0) {
    ::close(fd);
    return 0;
  }
  if (errno == EACCES || errno == EPERM || errno == EROFS || errno == ENOSPC || errno == EDQUOT) return errno;
#endif
  const auto made = makeTemporary(folder, "check");          // file systems without such files
  if (made.fd < 0) return errno == ENOENT ? EACCES : errno;  // the folder is there, so it is one that takes no files: /proc, say
  ::unlink(made.path.c_str());
  ::close(made.fd);
  return 0;
}

/// The folder that holds what is there, or is to be made in it.
void requireFolder(const std::string& path, fs::path folder, MissingFolders missing) {
  if (folder.empty()) folder = ".";
  struct stat there {};
  while (::stat(folder.c_str(), &there) != 0) {
    if (errno != ENOENT || missing == MissingFolders::refused) throwWriteError(path, errno);
    folder = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  }
  if (!S_ISDIR(there.st_mode)) throwWriteError(path, ENOTDIR);
  if (const int fault = cannotHoldFiles(folder.string()); fault != 0) throwWriteError(path, fault);
}

void requireWritable(const std::string& path, MissingFolders missing) {
  const bool isFolder = fs::path(path).filename().empty();
  if (isFolder && missing == MissingFolders::made) return requireFolder(path, fs::path(path).parent_path(), missing);
  requireFolder(path, fs::path(writableTarget(path)).parent_path(), missing);
}

}  // namespace

Expected<void> checkWritable(const std::string& path, MissingFolders missing) {
  return atEdge([&] { requireWritable(path, missing); });
}

}  // namespace inflaton
