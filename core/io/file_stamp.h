#pragma once
// Has a file changed since it was looked at?
#include <cstdint>
#include <optional>
#include <string>

namespace inflaton {

/// Two files of one name that differ in content differ here, also when one replaced the other within a tick of the clock.
struct FileStamp {
  std::uint64_t file = 0;  ///< the file system's number of it
  std::uint64_t bytes = 0;
  std::int64_t seconds = 0, nanoseconds = 0;  ///< of the last change, since 1970
  bool operator==(const FileStamp&) const = default;
};

/// Of a regular file; nothing where there is none.
std::optional<FileStamp> stampOf(const std::string& path);

}  // namespace inflaton
