#pragma once
// A regular file opened for reading, with clear errors. All readers of core/io start here.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/api/error.h"

namespace inflaton {

/// Memory that one file, or one array of it, may ask for unless a caller says otherwise.
inline constexpr std::uint64_t kDefaultByteLimit = std::uint64_t{8} << 30;

/// Error(failed) "<path>: <reason>".
[[noreturn]] void throwBadFile(const std::string& path, const std::string& reason, const std::string& hint = {});

class InputFile {
 public:
  /// Throws Error(failed) when the file is missing, unreadable, or no regular file.
  explicit InputFile(std::string path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// Up to n bytes from the current position; fewer only at the end.
  std::size_t readSome(void* into, std::size_t n);
  /// Exactly n bytes at `offset`; throws Error(failed) "truncated" otherwise. Moves no position.
  void readAt(std::uint64_t offset, void* into, std::size_t n) const;

 private:
  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

/// The whole file; throws Error(failed) when it is larger than `limit` bytes.
std::string readTextFile(const std::string& path, std::uint64_t limit = 64u << 20);

}  // namespace inflaton
