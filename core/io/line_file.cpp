#include "core/io/line_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/io/atomic_file.h"
#include "core/io/input_file.h"

namespace inflaton {

LineFile::LineFile(std::string path) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) throwWriteError(path_, errno);
  const off_t size = ::lseek(fd_, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(fd_, &last, 1, size - 1) == 1 && last != '\n') write("");  // closes the line that a kill cut
}

LineFile::~LineFile() { ::close(fd_); }

void LineFile::write(std::string line) {
  line += '\n';
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t n = ::write(fd_, line.data() + done, line.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throwWriteError(path_, n == 0 ? ENOSPC : errno);
    done += static_cast<std::size_t>(n);
  }
}

void LineFile::cutTo(std::uint64_t bytes) {
  if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) throwWriteError(path_, errno);
}

void readLines(const std::string& path, const std::function<bool(std::string_view, std::uint64_t)>& take) {
  InputFile file(path);
  std::string line, piece(std::size_t{1} << 16, '\0');
  bool tooLong = false;
  std::uint64_t at = 0;
  while (const std::size_t n = file.readSome(piece.data(), piece.size())) {
    for (std::string_view rest(piece.data(), n); !rest.empty();) {
      const auto end = rest.find('\n');
      const auto part = rest.substr(0, end);
      if (!tooLong && line.size() + part.size() > kLongestLine) tooLong = true, line.clear();
      if (!tooLong) line += part;
      const std::size_t used = part.size() + (end != std::string_view::npos);
      at += used, rest.remove_prefix(used);
      if (end == std::string_view::npos) continue;
      if (!take(line, at)) return;
      line.clear(), tooLong = false;
    }
  }
  if (!line.empty() || tooLong) take(line, at);
}

}  // namespace inflaton
