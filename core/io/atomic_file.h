#pragma once
// Files appear whole or not at all: bytes go to a temporary name in the same folder, are flushed to the disk, then renamed.
// A crash, a kill or a full disk leaves what was there before. design.md section 4.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/error.h"

namespace inflaton {

/// Error(failed) "cannot write /a/b.npz: the disk is full", with a hint that fits the errno.
[[noreturn]] void throwWriteError(const std::string& path, int errnum);

/// The file that writing `path` replaces: itself, or what a link points at, since links are kept. Throws Error(failed) where it is a
/// folder, a device, or protected, and when a folder on the way cannot be entered.
std::string writableTarget(const std::string& path);

/// A file being written. Nothing shows under `path` until commit(); the destructor without commit() discards everything.
class AtomicFile {
 public:
  /// Throws Error(failed) when the folder is missing or not writable, or when `path` is a folder or a device.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. Throws Error(failed) naming the file and the reason (disk full, quota, size limit).
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  /// Overwrites bytes that were already written, for headers whose content is known only afterwards.
  void patch(std::uint64_t offset, std::span<const std::byte> bytes);
  std::uint64_t written() const { return written_; }

  /// Flushes to the disk and renames over `path`. Throws as write(); then the old file, if any, is untouched.
  void commit();

  const std::string& path() const { return path_; }

 private:
  void flush();
  std::string path_, target_, temporary_;
  int fd_ = -1;
  std::uint64_t written_ = 0;
  std::vector<std::byte> buffer_;
};

void writeFileAtomically(const std::string& path, std::span<const std::byte> bytes);
void writeFileAtomically(const std::string& path, std::string_view text);

}  // namespace inflaton
