#include "core/io/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace inflaton {

void throwBadFile(const std::string& path, const std::string& reason, const std::string& hint) {
  throw Error(ErrorCode::failed, path + ": " + reason, hint);
}

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  // O_NONBLOCK: a pipe without a writer must not hang the program.
  fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd_ < 0) {
    if (errno == ENOENT || errno == ENOTDIR) throwBadFile(path_.empty() ? "(no file name)" : path_, "there is no such file");
    throwBadFile(path_, std::string("cannot be read: ") + std::strerror(errno));
  }
  struct stat status {};
  const bool known = ::fstat(fd_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) {
    ::close(fd_);
    throwBadFile(path_, known && S_ISDIR(status.st_mode) ? "is a folder, not a file" : "is not a regular file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(fd_); }

std::size_t InputFile::readSome(void* into, std::size_t n) {
  std::size_t done = 0;
  while (done < n) {
    const ssize_t got = ::read(fd_, static_cast<char*>(into) + done, n - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throwBadFile(path_, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void InputFile::readAt(std::uint64_t offset, void* into, std::size_t n) const {
  std::size_t done = 0;
  while (done < n) {
    const ssize_t got = ::pread(fd_, static_cast<char*>(into) + done, n - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throwBadFile(path_, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) throwBadFile(path_, "is truncated: it ends at byte " + std::to_string(offset + done));
    done += static_cast<std::size_t>(got);
  }
}

std::string readTextFile(const std::string& path, std::uint64_t limit) {
  InputFile file(path);
  if (file.size() > limit)
    throwBadFile(path, "has " + std::to_string(file.size()) + " bytes; at most " + std::to_string(limit) + " are allowed here");
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  text.resize(file.readSome(text.data(), text.size()));
  return text;
}

}  // namespace inflaton
