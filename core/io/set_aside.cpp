#include "core/io/set_aside.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "core/io/atomic_file.h"
#include "core/io/temporary_file.h"

namespace inflaton {

SetAside::SetAside(const std::string& neighbour) : path_(neighbour) {
  const auto folder = std::filesystem::path(neighbour).parent_path();
  const auto made = makeTemporary(folder.empty() ? "." : folder.string(), "inflaton-spool");
  if (made.fd < 0) throwWriteError(path_, errno);
  fd_ = made.fd;
  ::unlink(made.path.c_str());
}

SetAside::~SetAside() { ::close(fd_); }

void SetAside::append(std::span<const float> values) {
  const auto* from = reinterpret_cast<const char*>(values.data());
  for (std::size_t left = values.size_bytes(); left > 0;) {
    const auto done = ::write(fd_, from, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throwWriteError(path_, errno);
    from += done, left -= static_cast<std::size_t>(done), bytes_ += static_cast<std::uint64_t>(done);
  }
}

void SetAside::replay(const std::function<void(std::span<const float>)>& take) const {
  std::vector<float> buffer(std::size_t{1} << 18);
  for (std::uint64_t at = 0; at < bytes_;) {
    const auto wanted = std::min<std::uint64_t>(bytes_ - at, buffer.size() * sizeof(float));
    std::uint64_t got = 0;
    while (got < wanted) {
      const auto n = ::pread(fd_, reinterpret_cast<char*>(buffer.data()) + got, wanted - got, static_cast<off_t>(at + got));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw Error(ErrorCode::failed, "cannot read back what was set aside for " + path_);
      got += static_cast<std::uint64_t>(n);
    }
    take(std::span<const float>(buffer.data(), wanted / sizeof(float)));
    at += wanted;
  }
}

}  // namespace inflaton
