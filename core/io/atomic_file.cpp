#include "core/io/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/io/temporary_file.h"

namespace fs = std::filesystem;

namespace inflaton {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

std::string folderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

int syncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  // Some file systems cannot sync a folder (EINVAL); the rename itself has been done all the same.
  const int fault = ::fsync(fd) != 0 && errno != EINVAL ? errno : 0;
  ::close(fd);
  return fault;
}

}  // namespace

void throwWriteError(const std::string& path, int errnum) {
  std::string reason = std::strerror(errnum), hint;
  switch (errnum) {
    case ENOSPC:
      reason = "the disk is full";
      hint = "Free some space or choose another folder; what was there before is unchanged.";
      break;
    case EDQUOT:
      reason = "the disk quota is used up";
      hint = "Free some space or choose another folder; what was there before is unchanged.";
      break;
    case EFBIG:
      reason = "the file would be larger than the system allows";
      hint = "Save fewer frames or points, or choose another file system.";
      break;
    case ENOENT:
      reason = "the folder " + folderOf(path) + " does not exist";
      hint = "Make the folder first, or choose another.";
      break;
    case ENOTDIR:
      reason = folderOf(path) + " is not a folder";
      hint = "Choose another folder.";
      break;
    case EISDIR:
      reason = "it is a folder (" + reason + ")";
      hint = "Give the name of a file in it.";
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      reason = "writing there is not allowed (" + reason + ")";
      hint = "Choose a folder that can be written to.";
      break;
    default:
      break;
  }
  throw Error(ErrorCode::failed, "cannot write " + path + ": " + reason, hint);
}

std::string writableTarget(const std::string& path) {
  if (fs::path(path).filename().empty()) throwWriteError(path, path.empty() ? ENOENT : EISDIR);
  std::string target = path;
  std::error_code fault;
  if (fs::is_symlink(path, fault))
    if (const auto resolved = fs::weakly_canonical(path, fault); !fault) target = resolved.string();
  struct stat there {};
  if (::stat(target.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) throwWriteError(path, EISDIR);
    if (!S_ISREG(there.st_mode)) throw Error(ErrorCode::failed, "cannot write " + path + ": it is a device or pipe, not a regular file");
    if (::access(target.c_str(), W_OK) != 0) throwWriteError(path, errno);
  } else if (errno != ENOENT) {
    throwWriteError(path, errno);
  }
  return target;
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(writableTarget(path_)) {
  const std::string folder = folderOf(target_);
  removeStaleTemporariesOnce(folder);
  auto made = makeTemporary(folder, fs::path(target_).filename().string());
  if (made.fd < 0) throwWriteError(path_, errno);
  temporary_ = std::move(made.path), fd_ = made.fd;
  buffer_.reserve(kBufferBytes);
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::unlink(temporary_.c_str());
  ::close(fd_);
}

namespace {
void writeAll(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throwWriteError(path, n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}
}  // namespace

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (fd_ < 0) throw Error(ErrorCode::failed, "cannot write " + path_ + ": it has been closed");
  if (buffer_.size() + bytes.size() > kBufferBytes) flush();
  if (bytes.size() > kBufferBytes) {
    writeAll(fd_, bytes, path_);
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
  written_ += bytes.size();
}

void AtomicFile::flush() {
  writeAll(fd_, buffer_, path_);
  buffer_.clear();
}

void AtomicFile::patch(std::uint64_t offset, std::span<const std::byte> bytes) {
  flush();
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throwWriteError(path_, n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void AtomicFile::commit() {
  if (fd_ < 0) throw Error(ErrorCode::failed, "cannot write " + path_ + ": it has been closed");
  flush();
  if (::fsync(fd_) != 0) throwWriteError(path_, errno);
  // Closed only under its own name: a temporary file that nobody holds is taken away.
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throwWriteError(path_, errno);
  ::close(std::exchange(fd_, -1));
  if (const int unsynced = syncFolder(folderOf(target_)); unsynced != 0 && unsynced != EACCES) throwWriteError(path_, unsynced);
}

void writeFileAtomically(const std::string& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void writeFileAtomically(const std::string& path, std::string_view text) {
  writeFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace inflaton
