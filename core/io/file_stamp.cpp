#include "core/io/file_stamp.h"

#include <sys/stat.h>

namespace inflaton {

std::optional<FileStamp> stampOf(const std::string& path) {
  struct stat s;
  if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return {};
  return FileStamp{static_cast<std::uint64_t>(s.st_ino), static_cast<std::uint64_t>(s.st_size), s.st_mtim.tv_sec, s.st_mtim.tv_nsec};
}

}  // namespace inflaton
