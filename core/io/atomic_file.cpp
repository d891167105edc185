#include "core/io/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace fs = std::filesystem;

namespace inflaton {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::string_view kTemporaryMark = ".tmp-";

std::string folderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// ".results.npz.tmp-<pid>-<number>": hidden, and telling whose it is.
std::string temporaryFor(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const std::string tail = std::string(kTemporaryMark) + std::to_string(::getpid()) + "-" + std::to_string(counter++);
  // Names end at 255 bytes; the target's own name is only for people here.
  const std::string name = fs::path(path).filename().string().substr(0, 255 - 1 - tail.size());
  return folderOf(path) + "/." + name + tail;
}

/// The process that a temporary file's name tells of; 0 for any other file.
pid_t ownerOf(const std::string& name) {
  const auto mark = name.rfind(kTemporaryMark);
  if (name.empty() || name.front() != '.' || mark == std::string::npos) return 0;
  const char* from = name.data() + mark + kTemporaryMark.size();
  pid_t pid = 0;
  const auto [end, fault] = std::from_chars(from, name.data() + name.size(), pid);
  return fault == std::errc() && *end == '-' ? pid : 0;
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

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(path_) {
  if (fs::path(path_).filename().empty()) throwWriteError(path_, path_.empty() ? ENOENT : EISDIR);
  std::error_code ignored;
  if (fs::is_symlink(path_, ignored)) {  // write what the link points at, keep the link
    const auto resolved = fs::weakly_canonical(path_, ignored);
    if (!ignored) target_ = resolved.string();
  }
  struct stat there {};
  if (::stat(target_.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) throwWriteError(path_, EISDIR);
    if (!S_ISREG(there.st_mode)) throw Error(ErrorCode::failed, "cannot write " + path_ + ": it is a device or pipe, not a regular file");
    if (::access(target_.c_str(), W_OK) != 0) throwWriteError(path_, errno);
  }
  temporary_ = temporaryFor(target_);
  fd_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (fd_ < 0) throwWriteError(path_, errno);
  buffer_.reserve(kBufferBytes);
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
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
  const int closed = ::close(fd_) == 0 ? 0 : errno;
  fd_ = -1;
  const int fault = closed != 0 ? closed : (::rename(temporary_.c_str(), target_.c_str()) == 0 ? 0 : errno);
  if (fault != 0) {
    ::unlink(temporary_.c_str());
    throwWriteError(path_, fault);
  }
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

void removeStaleTemporaries(const std::string& folder) {
  std::error_code fault;
  for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault)) {
    const pid_t owner = ownerOf(it->path().filename().string());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;  // somebody else may be tidying too
      fs::remove(it->path(), ignored);
    }
  }
}

}  // namespace inflaton
